# SPDX-License-Identifier: GPL-2.0-or-later
"""Each finding is raised where the manifest says, and stays away where it says so."""

import re

import pytest
from joined import join
from samples import FINDINGS, FOLDER, SAMPLES, payloads

SERIOUS = ("warn", "error")
EXPERT = re.compile(r' name="tlslens\.finding\.(\w+)" showname')
NO_EXPERT = {"severity", "reference", "frame"}


# A sample with a key that another has, too; in one capture that is a finding.
ALONE = {"sslv2-negotiated"}


@pytest.fixture(scope="module")
def frames_of(shark):
    """The frames of a sample, read with its options, all samples with the same options at once."""
    groups = {}
    for sample in SAMPLES:
        alone = sample if str(sample) in ALONE else None
        groups.setdefault((sample.options, alone), []).append(sample)
    frames = {}
    for number, ((options, _), samples) in enumerate(groups.items()):
        joined = join(samples, shark.captures / f"findings-{number}.pcapng")
        run = shark.start(joined.path, *options)
        frames |= {part.sample: (part, run) for part in joined.parts}
    return lambda sample: frames[sample][0].of(frames[sample][1].result())


def test_manifest_lists_the_folder():
    assert sorted(path.name for path in FOLDER.glob("*.pcap*")) == sorted(s.file for s in SAMPLES)
    keys = {path.name for path in FOLDER.glob("*.keylog")}
    assert keys == {s.keylog for s in SAMPLES if s.keylog}


def test_manifest_names_findings_that_exist():
    for sample in SAMPLES:
        assert set(sample.raises) | set(sample.near_miss) <= set(FINDINGS), sample
        assert not set(sample.raises) & set(sample.near_miss), sample


@pytest.mark.parametrize("name", FINDINGS)
def test_has_a_capture_that_raises_it_and_one_that_just_does_not(name):
    assert [s.file for s in SAMPLES if name in s.raises], "no capture raises it"
    assert [s.file for s in SAMPLES if name in s.near_miss], "no near miss"


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_raised_as_the_manifest_says(sample, frames_of):
    found = [pair for frame in frames_of(sample) for pair in frame.severities()]
    names = {name for name, _ in found}
    assert set(sample.raises) <= names
    assert not set(sample.near_miss) & names
    assert {name for name, severity in found if severity in SERIOUS} <= set(sample.raises)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_severity_and_expert_info_agree_with_the_table(sample, frames_of):
    for frame in frames_of(sample):
        assert all(severity in FINDINGS[name] for name, severity in frame.severities())
        experts = EXPERT.findall("\n".join(x for layer in frame.ours for x in layer))
        experts = [name for name in experts if name not in NO_EXPERT]
        assert sorted(experts) == sorted(frame.findings())


# A capture, a finding, the bytes around it as they stand on the wire, and which of them it marks:
# the offset in those bytes, and a size. The bytes occur once in the capture's segments.
PINNED = [
    # alert: fatal, handshake_failure; RFC 8446 §6: two bytes behind the record header
    ("alert-handshake-failure", "alert_fatal", "15 0303 0002 02 28", 5, 2),
    # warning, no_certificate (41) in an SSL 3.0 record; RFC 6101 §5.4
    ("alert-no-certificate", "alert_warning", "15 0300 0002 01 29", 5, 2),
    # the level 3 is not assigned; RFC 8446 §6
    ("alert-level-3", "alert_malformed", "15 0303 0002 03", 5, 2),
    ("alert-description-99", "alert_malformed", "15 0303 0002 01 63", 5, 2),
    # ChangeCipherSpec of the value 2; RFC 5246 §7.1
    ("ccs-value-2", "ccs_malformed", "14 0303 0001 02", 5, 1),
    ("ccs-length-2", "ccs_malformed", "14 0303 0002", 5, 2),
    # the content type 99 = 0x63; RFC 8446 §5 has 20 to 24 only
    ("record-type-99", "record_type_unknown", "63 0303", 0, 1),
    # versions are two bytes behind the type; RFC 8446 §5.1
    ("record-version-0305", "record_version_unknown", "17 0305", 1, 2),
    ("record-version-0505", "record_version_unknown", "16 0505", 1, 2),
    # an empty handshake record: its length, two bytes behind type and version
    ("record-empty-handshake", "record_empty", "16 0303 0000", 3, 2),
    ("record-empty-alert", "record_empty", "15 0303 0000", 3, 2),
    # cipher suites of 9 bytes, each has 2; the length stands behind an empty session id
    ("length-suites-odd", "malformed_length", "00 0009", 1, 2),
    # ServerHello: suite, compression method, length of the extensions; RFC 5246 §7.4.1.3
    ("suite-not-offered", "suite_not_offered", "C02B 00 001E", 0, 2),
    ("suite-wrong-for-version", "suite_wrong_for_version", "C02B 00 002E", 0, 2),
    ("weak-cipher-selected", "weak_cipher_selected", "C007 00 001E", 0, 2),
    ("weak-cipher-selected-3des", "weak_cipher_selected", "C008 00 001E", 0, 2),
    ("resumed-differently", "resumed_differently", "C02C 00 001E", 0, 2),
    ("compression-selected", "compression_selected", "C02B 01 001E", 2, 1),
    ("compression-not-offered", "compression_not_offered", "C02B 01 001E", 2, 1),
    # its version, behind type and length
    ("version-not-offered", "version_not_offered", "02 000066 0303", 4, 2),
    ("sslv3-selected", "sslv3_selected", "02 00004D 0300", 4, 2),
    ("poodle", "sslv3_selected", "02 00004D 0300", 4, 2),
    ("tls10-selected", "tls10_selected", "02 000066 0301", 4, 2),
    ("tls11-selected", "tls11_selected", "02 000066 0302", 4, 2),
    # the end of its random; RFC 8446 §4.1.3
    ("downgrade-sentinel", "downgrade_sentinel", "444F574E47524401", 0, 8),
    # its session id; RFC 5246 §7.4.1.2 allows up to 32 bytes
    ("ticketbleed-echo", "ticketbleed_echo", "20 41 251ECF", 1, 32),
    # its extensions: type, length, value
    ("supported-versions-below-tls13", "supported_versions_below_tls13", "002B 0002 0303", 4, 2),
    ("extension-not-offered", "extension_not_offered", "0005 0000", 0, 2),
    # behind ALPN comes the next record
    ("extension-not-for-server-hello", "extension_not_for_server_hello",
     "0010 000B 0009 08 687474702F312E31 14 0303", 0, 2),
    ("etm-with-aead", "etm_with_aead", "0016 0000 16 0303", 0, 2),
    ("psk-selected-invalid", "psk_selected_invalid", "0029 0002 0001", 4, 2),
    ("alpn-not-offered", "alpn_not_offered", "0010 0005 0003 02 6832", 7, 2),
    # ClientHello: its version, behind type and length
    ("supported-versions-missing", "supported_versions_missing", "01 0000D2 0304", 4, 2),
    # the last suite, then the compression methods; RFC 3749 §2
    ("compression-offered", "compression_offered", "C030 02 01 00", 3, 2),
    ("compression-null-missing", "compression_null_missing", "C030 01 01", 3, 1),
    # its extensions
    ("cookie-unexpected", "cookie_unexpected", "002C 0022 0020", 0, 2),
    ("early-data-without-psk", "early_data_without_psk", "002A 0000", 0, 2),
    ("alpn-invalid", "alpn_invalid",
     "0010 0011 000F 02 6832 08 687474702F312E31 02 6832", 19, 2),
    ("max-fragment-invalid", "max_fragment_invalid", "0001 0001 05", 4, 1),
    ("record-size-limit-invalid", "record_size_limit_invalid", "001C 0002 003F", 4, 2),
    # records: the version behind the type; RFC 8446 §5.1
    ("record-version-tls13", "record_version_tls13", "16 0304", 1, 2),
    ("record-version-changed", "record_version_changed", "17 0302", 1, 2),
    # an alert: level and description; RFC 6066 §3
    ("alert-practically-fatal", "alert_practically_fatal", "15 0303 0002 01 70", 5, 2),
    # the prime of ServerDHParams behind its length; RFC 5246 §7.4.3
    # the modulus of ServerRSAParams; RFC 4346 §7.4.3
    # curve_type explicit_prime, then the prime; RFC 4492 §5.4
    ("explicit-curve", "explicit_curve", "01 20 FFFFFFFF00000001", 0, 1),
    # the scheme in front of the signature; RFC 5246 §4.7
    ("signature-not-offered", "signature_not_offered", "0603 0046 3044", 0, 2),
    ("signature-weak-sha1", "signature_weak", "0203 0046 3044", 0, 2),
    # the length of EncryptedPreMasterSecret; RFC 5246 §7.4.7.1
    ("premaster-length", "premaster_length", "10 000082 0080", 4, 2),
    # the whole certificate, behind its length; RFC 5246 §7.4.2
    ("certificate-not-yet-valid", "certificate_not_yet_valid", "0001BD 308201B9", 3, 0x1BD),
    # a certificate_list of no bytes; RFC 5246 §7.4.2
    ("certificate-list-empty", "certificate_list_empty", "0B 000003 000000", 4, 3),
    # the payload_length of a heartbeat; RFC 6520 §4
    ("heartbleed-request", "heartbleed_request", "18 0303 0003 01 4000", 6, 2),
]


@pytest.mark.parametrize(("name", "finding", "pattern", "offset", "size"), PINNED)
def test_marks_the_right_bytes_of_the_right_frame(name, finding, pattern, offset, size, shark):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    wanted = bytes.fromhex(pattern)
    frames = [(n, data.index(wanted)) for n, data in payloads(sample.path) if wanted in data]
    assert len(frames) == 1, "the pattern is no good"
    found = []
    for frame in shark.frames(sample.path, *sample.options):
        marks = zip(frame.findings(), frame.places("tlslens.finding"))
        found += [(frame.number, place) for mark, place in marks if mark == finding]
    number, at = frames[0]
    assert found == [(number, (at + offset, size))]


# 2^14 in the clear, RFC 8446 §5.1; + 256 in TLS 1.3, §5.2; + 2048 in TLS 1.2, RFC 5246 §6.2.3;
# + 1024 for compression, §6.2.2, and + 20 for HMAC-SHA1, §6.2.3.1
@pytest.mark.parametrize(
    ("name", "length", "limit"),
    [
        ("record-plain-16385", 16385, 16384),
        ("record-tls13-16641", 16641, 16640),
        ("record-tls12-18433", 18433, 18432),
        ("record-compressed-17409", 17429, 17428),
    ],
)
def test_oversize_names_length_and_limit(name, length, limit, tshark):
    (sample,) = [s for s in SAMPLES if str(s) == name]
    fields = "-T fields -e _ws.expert.message -Y tlslens.finding.record_oversize".split()
    text = tshark(sample.path, *fields)
    assert {str(length), str(limit)} <= set(re.findall(r"\d+", text)), text


def test_fatal_alert_is_a_warning_among_expert_infos(tshark):
    (sample,) = [s for s in SAMPLES if str(s) == "alert-handshake-failure"]
    out = tshark(sample.path, "-q", "-z", "expert")
    warnings = out.split("Warns (")[1].split("\n\n")[0]
    assert re.search(r"TLSLens\s+Fatal alert: handshake_failure \(40\)", warnings), out
