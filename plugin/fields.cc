// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <vector>

#include "plugin.h"

namespace tlslens::plugin {
namespace {

// What epan is given at registration it keeps pointers to, so these live as long as the program.
std::vector<hf_register_info> g_hf_rows;
std::vector<ei_register_info> g_ei_rows;
std::vector<int*> g_ett_rows;
std::vector<std::string> g_names;
std::vector<std::vector<value_string>> g_values;
std::vector<value_string_ext*> g_value_strings;

ftenum type_of(const FieldInfo& field) {
  switch (field.shape) {
    case Shape::group:
      return FT_NONE;
    case Shape::u8:
    case Shape::x8:
      return FT_UINT8;
    case Shape::u16:
    case Shape::x16:
      return FT_UINT16;
    case Shape::u24:
    case Shape::x24:
      return FT_UINT24;
    case Shape::u32:
      return FT_UINT32;
    case Shape::bytes:
      return FT_BYTES;
    case Shape::text:
      return FT_STRING;
    case Shape::oid:
      return FT_OID;
    case Shape::time:
    case Shape::time_ms:
      return FT_ABSOLUTE_TIME;
    case Shape::flag:
      return FT_BOOLEAN;
    case Shape::frame:
      return FT_FRAMENUM;
    case Shape::milliseconds:
      return FT_DOUBLE;
  }
  return FT_NONE;
}

int display_of(const FieldInfo& field) {
  switch (type_of(field)) {
    case FT_UINT8:
    case FT_UINT16:
    case FT_UINT24:
    case FT_UINT32: {
      const bool hex =
          field.shape == Shape::x8 || field.shape == Shape::x16 || field.shape == Shape::x24;
      return (hex ? BASE_HEX : BASE_DEC) | (field.registry == Registry::none ? 0 : BASE_EXT_STRING);
    }
    case FT_ABSOLUTE_TIME:
      // As the built-in's fields are shown that have the same bytes.
      return field.shape == Shape::time_ms ? ABSOLUTE_TIME_UTC : ABSOLUTE_TIME_LOCAL;
    default:
      return BASE_NONE;
  }
}

// value_strings makes Wireshark's form of a registry, with the GREASE values where it has them.
std::vector<value_string> value_strings(Registry registry) {
  std::vector<value_string> rows;
  for (const CodePoint& point : code_points(registry)) {
    rows.push_back({point.value, point.name});
  }
  for (const uint32_t value : grease_values(registry)) {
    rows.push_back({value, "GREASE"});
  }
  std::ranges::sort(rows, {}, &value_string::value);
  rows.push_back({0, nullptr});
  return rows;
}

void make_value_strings() {
  constexpr auto kRegistries = static_cast<size_t>(Registry::count);
  g_values.resize(kRegistries);
  g_value_strings.resize(kRegistries);
  for (size_t i = 1; i < kRegistries; ++i) {
    g_values[i] = value_strings(static_cast<Registry>(i));
    g_value_strings[i] =
        ext_value_strings(g_values[i].data(), static_cast<unsigned>(g_values[i].size()), "tlslens");
  }
}

void make_field_rows() {
  g.hf.fill(-1);
  g.ett.fill(-1);
  for (size_t i = 1; i < kFieldCount; ++i) {
    const FieldInfo& field = fields()[i];
    g_names.push_back(std::string("tlslens.") + field.filter);
    const auto registry = static_cast<size_t>(field.registry);
    g_hf_rows.push_back({&g.hf[i],
                         {field.label, g_names.back().c_str(), type_of(field), display_of(field),
                          g_value_strings[registry], 0, field.sentence, HFILL}});
    g_ett_rows.push_back(&g.ett[i]);
  }
  g_ett_rows.push_back(&g.ett_protocol);
}

int severity_of(Severity severity) {
  constexpr int kSeverities[] = {PI_CHAT, PI_NOTE, PI_WARN, PI_ERROR};
  return kSeverities[static_cast<size_t>(severity)];
}

int group_of(const FindingInfo& row) {
  constexpr int kGroups[] = {PI_PROTOCOL,  PI_SECURITY,  PI_SEQUENCE,  PI_RESPONSE_CODE,
                             PI_MALFORMED, PI_UNDECODED, PI_DEPRECATED};
  return kGroups[static_cast<size_t>(row.group)];
}

void make_expert_rows() {
  for (const FindingInfo& row : findings()) {
    const auto i = static_cast<size_t>(row.id);
    g.ei[i] = EI_INIT;
    g_names.push_back(std::string("tlslens.finding.") + row.name);
    const char* name = g_names.back().c_str();
    g.milder[i] = EI_INIT;
    if (row.milder != row.severity) {
      g_ei_rows.push_back(
          {&g.milder[i], {name, group_of(row), severity_of(row.milder), row.text, EXPFILL}});
    }
    g_ei_rows.push_back(
        {&g.ei[i], {name, group_of(row), severity_of(row.severity), row.text, EXPFILL}});
  }
}

}  // namespace

unsigned encoding(Field f) {
  switch (info(f).shape) {
    case Shape::text:
      return ENC_ASCII | ENC_NA;
    case Shape::time:
      return ENC_TIME_SECS | ENC_BIG_ENDIAN;
    case Shape::time_ms:
      return ENC_TIME_MSECS | ENC_BIG_ENDIAN;
    case Shape::group:
    case Shape::bytes:
    case Shape::oid:
      return ENC_NA;
    default:
      return ENC_BIG_ENDIAN;
  }
}

void register_fields() {
  g_names.reserve(kFieldCount + kFindingCount);  // c_str() of its elements is given away
  make_value_strings();
  make_field_rows();
  make_expert_rows();
  proto_register_field_array(g.proto, g_hf_rows.data(), static_cast<int>(g_hf_rows.size()));
  proto_register_subtree_array(g_ett_rows.data(), static_cast<int>(g_ett_rows.size()));
  expert_module_t* experts = expert_register_protocol(g.proto);
  expert_register_field_array(experts, g_ei_rows.data(), static_cast<int>(g_ei_rows.size()));
}

}  // namespace tlslens::plugin
