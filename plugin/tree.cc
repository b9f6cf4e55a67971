// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <vector>

#include "plugin.h"

namespace tlslens::plugin {
namespace {

// Words are the texts of a look's findings. They stand here because the functions that show them
// may be left by longjmp.
struct Words {
  std::string text;
  std::string url;
};
std::vector<Words> g_words;

// The item of the protocol in the frame that is dissected, if there is one.
proto_item* g_own_item = nullptr;
std::vector<FindingId> g_found;

constexpr size_t kMaxSources = Reading::kMaxSources + 1;

// Canvas is what drawing one look needs; no member has a destructor.
struct Canvas {
  const Look* look;
  packet_info* pinfo;
  tvbuff_t* sources[kMaxSources];
  proto_item* items[Tape::kMaxDepth + 2];  // the last item drawn at each depth; [0] the protocol's
  proto_tree* trees[Tape::kMaxDepth + 2];  // its subtree, made when it is needed
  Field fields[Tape::kMaxDepth + 2];
  uint64_t shown;             // findings that an item has; a bit each
  Span places[kMaxFindings];  // of those
  bool alone;                 // the built-in dissector does not get the bytes
};
static_assert(kMaxFindings <= 64);

// url_of makes the address of a section of an RFC: "RFC 8446 §5.1".
std::string url_of(const std::string& reference) {
  constexpr char kSection[] = " §";
  const size_t section = reference.find(kSection);
  if (!reference.starts_with("RFC ") || section == std::string::npos) {
    return {};
  }
  const std::string number = reference.substr(section + sizeof(kSection) - 1);
  const bool appendix = number[0] >= 'A' && number[0] <= 'Z';
  return "https://www.rfc-editor.org/rfc/rfc" + reference.substr(4, section - 4) +
         (appendix ? "#appendix-" : "#section-") + number;
}

void make_words(const Look& look) {
  g_words.clear();
  for (const Finding& finding : look.findings) {
    g_words.push_back({text(finding), url_of(info(finding.id).reference)});
    g_found.push_back(finding.id);
  }
}

proto_tree* tree_at(Canvas& canvas, size_t depth) {
  if (canvas.trees[depth] == nullptr) {
    const auto field = static_cast<size_t>(canvas.fields[depth]);
    const int ett = depth == 0 ? g.ett_protocol : g.ett[field];
    canvas.trees[depth] = proto_item_add_subtree(canvas.items[depth], ett);
  }
  return canvas.trees[depth];
}

void add_expert(const Canvas& canvas, proto_item* item, size_t i) {
  const Finding& finding = canvas.look->findings[i];
  const auto id = static_cast<size_t>(finding.id);
  const bool mild = finding.severity() != info(finding.id).severity;
  expert_add_info_format(canvas.pinfo, item, mild ? &g.milder[id] : &g.ei[id], "%s",
                         g_words[i].text.c_str());
}

bool is_at(const Place& place, const Mark& mark) {
  if (place.field != mark.field || place.source != mark.source) {
    return false;
  }
  const uint32_t end = place.span.offset + place.span.length;
  return place.within
             ? mark.span.offset >= place.span.offset && mark.span.offset + mark.span.length <= end
             : place.span == mark.span;
}

void attach_findings(Canvas& canvas, const Mark& mark, proto_item* item) {
  const std::vector<Finding>& findings = canvas.look->findings;
  for (size_t i = 0; i < findings.size(); ++i) {
    const uint64_t bit = uint64_t{1} << i;
    if ((canvas.shown & bit) == 0 && is_at(findings[i].evidence.place, mark)) {
      canvas.shown |= bit;
      canvas.places[i] = mark.span;
      add_expert(canvas, item, i);
    }
  }
}

proto_item* add_number(proto_tree* tree, const Mark& mark, tvbuff_t* tvb, int hf) {
  const auto offset = static_cast<int>(mark.span.offset);
  const auto length = static_cast<int>(mark.span.length);
  switch (info(mark.field).shape) {
    case Shape::group:
      return proto_tree_add_item(tree, hf, tvb, offset, length, ENC_NA);
    case Shape::milliseconds: {
      constexpr double kMicroseconds = 1000;
      return proto_tree_add_double(tree, hf, tvb, offset, length,
                                   static_cast<double>(mark.value) / kMicroseconds);
    }
    case Shape::flag:
      return proto_tree_add_boolean(tree, hf, tvb, offset, length, mark.value != 0);
    case Shape::time: {
      const nstime_t moment = {static_cast<time_t>(static_cast<int64_t>(mark.value)), 0};
      return proto_tree_add_time(tree, hf, tvb, offset, length, &moment);
    }
    default:
      return proto_tree_add_uint(tree, hf, tvb, offset, length, static_cast<uint32_t>(mark.value));
  }
}

proto_item* add_mark(Canvas& canvas, const Mark& mark) {
  proto_tree* tree = tree_at(canvas, mark.depth);
  tvbuff_t* tvb = canvas.sources[mark.source];
  const int hf = g.hf[static_cast<size_t>(mark.field)];
  const auto offset = static_cast<int>(mark.span.offset);
  const auto length = static_cast<int>(mark.span.length);
  proto_item* item = nullptr;
  if (mark.kind == MarkKind::wire) {
    return proto_tree_add_item(tree, hf, tvb, offset, length, encoding(mark.field));
  }
  if (mark.kind == MarkKind::number) {
    item = add_number(tree, mark, tvb, hf);
  } else {
    item = proto_tree_add_string(tree, hf, tvb, offset, length,
                                 canvas.look->tape.texts[mark.value].c_str());
  }
  proto_item_set_generated(item);
  return item;
}

void draw_mark(Canvas& canvas, const Mark& mark) {
  if (mark.field == Field::ticket_as_data && g.names_ticket) {
    return;  // it has no other name then
  }
  if (mark.kind == MarkKind::title) {
    proto_item_append_text(canvas.items[mark.depth], "%s",
                           canvas.look->tape.texts[mark.value].c_str());
    return;
  }
  proto_item* item = add_mark(canvas, mark);
  const size_t own = mark.depth + size_t{1};
  canvas.items[own] = item;
  canvas.trees[own] = nullptr;
  canvas.fields[own] = mark.field;
  attach_findings(canvas, mark, item);
  if (canvas.alone && mark.kind == MarkKind::wire) {
    show_der(mark.field, canvas.sources[mark.source], static_cast<int>(mark.span.offset),
             static_cast<int>(mark.span.length), canvas.pinfo, item);
  }
}

void draw_finding(Canvas& canvas, size_t i) {
  const Finding& finding = canvas.look->findings[i];
  const FindingInfo& row = info(finding.id);
  const Place& place = finding.evidence.place;
  const Span span = (canvas.shown & uint64_t{1} << i) != 0 ? canvas.places[i] : place.span;
  const char* severity = name(finding.severity());
  tvbuff_t* tvb = canvas.sources[place.source];
  proto_item* item = proto_tree_add_string_format(
      tree_at(canvas, 0), g.hf[static_cast<size_t>(Field::finding)], tvb,
      static_cast<int>(span.offset), static_cast<int>(span.length), row.name,
      "Finding: %s (%s): %s", row.name, severity, g_words[i].text.c_str());
  proto_item_set_generated(item);
  proto_tree* tree = proto_item_add_subtree(item, g.ett[static_cast<size_t>(Field::finding)]);
  proto_item_set_generated(proto_tree_add_string(
      tree, g.hf[static_cast<size_t>(Field::finding_severity)], tvb, 0, 0, severity));
  if (finding.evidence.frame != 0) {
    proto_item_set_generated(proto_tree_add_uint(
        tree, g.hf[static_cast<size_t>(Field::finding_frame)], tvb, 0, 0, finding.evidence.frame));
  }
  if (g_words[i].url.empty()) {
    return;
  }
  item =
      proto_tree_add_string_format_value(tree, g.hf[static_cast<size_t>(Field::finding_reference)],
                                         tvb, 0, 0, g_words[i].url.c_str(), "%s", row.reference);
  proto_item_set_generated(item);
  proto_item_set_url(item);  // a double click opens the value
}

// start prepares drawing a look.
Canvas start(const Look& look, packet_info* pinfo) {
  make_words(look);
  Canvas canvas;
  canvas.look = &look;
  canvas.pinfo = pinfo;
  canvas.shown = 0;
  canvas.alone = !builtin_wanted();
  return canvas;
}

// add_experts is for a frame of which nobody wants the tree. Wireshark keeps the worst severity of
// the capture all the same; the words are for `-z expert` and its like.
void add_experts(const Look& look, packet_info* pinfo) {
  if (look.findings.empty()) {
    return;
  }
  if (have_tap_listener(g.expert_tap)) {
    Canvas canvas = start(look, pinfo);
    for (size_t i = 0; i < look.findings.size(); ++i) {
      add_expert(canvas, nullptr, i);
    }
    return;
  }
  for (const Finding& finding : look.findings) {
    const auto id = static_cast<size_t>(finding.id);
    const bool mild = finding.severity() != info(finding.id).severity;
    expert_add_info(pinfo, nullptr, mild ? &g.milder[id] : &g.ei[id]);
    g_found.push_back(finding.id);
  }
}

// start_tree: what is drawn from now on stands below the item of the protocol.
void start_tree(Canvas& canvas) {
  canvas.items[0] = g_own_item;
  canvas.trees[0] = nullptr;
  canvas.fields[0] = Field::none;
}

void draw_all(Canvas& canvas) {
  for (const Mark& mark : canvas.look->tape.marks) {
    draw_mark(canvas, mark);
  }
  for (size_t i = 0; i < canvas.look->findings.size(); ++i) {
    if ((canvas.shown & uint64_t{1} << i) == 0) {
      add_expert(canvas, canvas.items[0], i);
    }
    draw_finding(canvas, i);
  }
}

void add_sources(Canvas& canvas, tvbuff_t* tvb) {
  canvas.sources[0] = tvb;
  const std::vector<Pieces>& sources = canvas.look->reading.sources;
  for (size_t i = 0; i < sources.size(); ++i) {
    const uint32_t n = sources[i].have;
    auto* copy =
        static_cast<uint8_t*>(wmem_memdup(canvas.pinfo->pool, sources[i].buffer->data(), n));
    canvas.sources[i + 1] = tvb_new_child_real_data(tvb, copy, n, static_cast<int>(n));
    add_new_data_source(canvas.pinfo, canvas.sources[i + 1], "Reassembled TLSLens");
  }
}

// draw_tree is not part of draw, because most deliveries are not drawn, and a canvas has a price.
// Only pointers and integers live in its frame and in draw_session's: every call that adds an item
// may leave by longjmp.
[[gnu::noinline]] void draw_tree(const Look& look, uint32_t stream, tvbuff_t* tvb,
                                 packet_info* pinfo, proto_tree* tree) {
  Canvas canvas = start(look, pinfo);
  add_sources(canvas, tvb);
  g_own_item = look.reading.summary.empty()
                   ? proto_tree_add_item(tree, g.proto, tvb, 0, -1, ENC_NA)
                   : proto_tree_add_protocol_format(tree, g.proto, tvb, 0, -1, "TLSLens, %s",
                                                    look.reading.summary.c_str());
  start_tree(canvas);
  const int hf = g.hf[static_cast<size_t>(Field::stream)];
  proto_item_set_generated(proto_tree_add_uint(tree_at(canvas, 0), hf, tvb, 0, 0, stream));
  draw_all(canvas);
}

}  // namespace

proto_tree* wanted_tree(proto_tree* tree) {
  const bool wanted =
      tree != nullptr && (proto_field_is_referenced(tree, g.proto) ||
                          proto_field_is_referenced(tree, g.expert) || !builtin_wanted());
  return wanted ? tree : nullptr;
}

bool has_own_item() { return g_own_item != nullptr; }

const std::vector<FindingId>& found_in_frame() { return g_found; }

void forget_drawn() {
  g_own_item = nullptr;
  g_found.clear();
}

void draw(const Look& look, uint32_t stream, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
  if (tree == nullptr) {
    add_experts(look, pinfo);
  } else {
    draw_tree(look, stream, tvb, pinfo, tree);
  }
}

void draw_session(const Look& look, tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree) {
  if (tree == nullptr) {
    add_experts(look, pinfo);
    return;
  }
  Canvas canvas = start(look, pinfo);
  canvas.sources[0] = tvb;
  if (g_own_item == nullptr) {
    g_own_item = proto_tree_add_item(tree, g.proto, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(g_own_item);
  }
  start_tree(canvas);
  draw_all(canvas);
}

}  // namespace tlslens::plugin
