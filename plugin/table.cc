// SPDX-License-Identifier: GPL-2.0-or-later
// The table of handshakes, the same as JSON, and the overview.
#include <cstdio>
#include <string>
#include <vector>

#include "diagnosis/columns.h"
#include "plugin.h"
#include "statistics.h"

namespace tlslens::plugin {
namespace {

// Seen tells of each row whether a frame of it passed a filter.
using Seen = std::vector<bool>;

std::vector<const Row*> rows_of(const Seen& seen) {
  conclude_connections();
  std::vector<const Row*> rows;
  for (const Row& row : capture().ledger.rows()) {
    if (row.index < seen.size() && seen[row.index]) {
      rows.push_back(&row);
    }
  }
  return in_order(std::move(rows), capture().last_time);
}

void add(Seen& seen, const void* tapped) {
  const uint32_t index = static_cast<const Tapped*>(tapped)->row->index;
  if (index >= seen.size()) {
    seen.resize(index + 1);
  }
  seen[index] = true;
}

// The table. What a row says is settled at the end only, so all rows are written when it is drawn:
// a listener that is registered after the table's is drawn before it.
stat_tap_table_item g_table_columns[kColumnCount];
stat_tap_table_ui g_table_ui;
Seen g_table_rows;
bool g_fills_table = false;
char g_no_data;

void set_text(stat_tap_table_item_type& item, const std::string& text) {
  char* copy = g_strdup(text.c_str());
  item.type = TABLE_ITEM_STRING;
  item.value.string_value = copy;
  item.user_data.ptr_value = copy;
}

void free_text(stat_tap_table_item_type& item) {
  g_free(item.user_data.ptr_value);
  item = {};
}

void free_texts(stat_tap_table* table) {
  for (unsigned row = 0; row < table->num_elements; ++row) {
    for (unsigned i = 0; i < table->num_fields; ++i) {
      stat_tap_table_item_type* item = stat_tap_get_field_data(table, row, i);
      free_text(*item);
    }
  }
}

void write_row(stat_tap_table* table, unsigned at, const Row& row) {
  stat_tap_table_item_type items[kColumnCount] = {};
  items[0].type = TABLE_ITEM_UINT;  // the index, which the window sorts by
  items[0].value.uint_value = row.index;
  for (size_t i = 1; i < kColumnCount; ++i) {
    set_text(items[i], columns()[i].text(row, capture().last_time));
  }
  stat_tap_init_table_row(table, at, kColumnCount, items);
}

void fill_table(void*) {
  if (g_table_ui.tables == nullptr || g_table_ui.tables->len == 0) {
    return;
  }
  stat_tap_table* table = g_array_index(g_table_ui.tables, stat_tap_table*, 0);
  free_texts(table);
  unsigned at = 0;
  for (const Row* row : rows_of(g_table_rows)) {
    write_row(table, at++, *row);
  }
}

void start_table(stat_tap_table_ui* ui) {
  static constexpr char kTitle[] = "Handshakes";  // the table keeps the pointer
  stat_tap_table* table = stat_tap_find_table(ui, kTitle);
  if (table != nullptr) {
    ui->stat_tap_reset_table_cb(table);
  } else {
    stat_tap_add_table(ui, stat_tap_init_table(kTitle, kColumnCount, 0, nullptr));
  }
}

void reset_table(stat_tap_table* table) {
  g_table_rows.clear();
  free_texts(table);
}

void free_item(stat_tap_table*, unsigned, unsigned, stat_tap_table_item_type* item) {
  free_text(*item);
}

tap_packet_status count_in_table(void*, packet_info*, epan_dissect_t*, const void* tapped,
                                 tap_flags_t) {
  if (!g_fills_table) {
    GString* failure = register_tap_listener("tlslens", &g_no_data, nullptr, TL_REQUIRES_NOTHING,
                                             nullptr, nullptr, fill_table, nullptr);
    g_fills_table = failure == nullptr;
  }
  add(g_table_rows, tapped);
  return TAP_PACKET_REDRAW;
}

void register_table() {
  g_table_columns[0] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, columns()[0].title, "%u"};
  for (size_t i = 1; i < kColumnCount; ++i) {
    g_table_columns[i] = {TABLE_ITEM_STRING,
                          columns()[i].is_number ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT,
                          columns()[i].title, "%s"};
  }
  g_table_ui = {};
  g_table_ui.group = REGISTER_PACKET_STAT_GROUP_UNSORTED;
  g_table_ui.title = "TLSLens Handshakes";
  g_table_ui.tap_name = "tlslens";
  g_table_ui.cli_string = "tlslens,handshakes";
  g_table_ui.stat_tap_init_cb = start_table;
  g_table_ui.packet_func = count_in_table;
  g_table_ui.stat_tap_reset_table_cb = reset_table;
  g_table_ui.stat_tap_free_table_item_cb = free_item;
  g_table_ui.nfields = kColumnCount;
  g_table_ui.fields = g_table_columns;
  register_stat_tap_table_ui(&g_table_ui);
}

// One JSON object for each handshake, on lines of their own.
Seen g_json_rows;

tap_packet_status count_in_json(void*, packet_info*, epan_dissect_t*, const void* tapped,
                                tap_flags_t) {
  add(g_json_rows, tapped);
  return TAP_PACKET_DONT_REDRAW;
}

void print_json(void*) {
  for (const Row* row : rows_of(g_json_rows)) {
    puts(json_line(*row, capture().last_time).c_str());
  }
}

StatStarted start_json(const char* argument, void*) {
  const std::string command = "tlslens,json,";
  const std::string given = argument;
  const char* filter = given.starts_with(command) ? argument + command.size() : nullptr;
  g_json_rows.clear();
  GString* failure = register_tap_listener("tlslens", &g_json_rows, filter, TL_REQUIRES_NOTHING,
                                           nullptr, count_in_json, print_json, nullptr);
  if (failure != nullptr) {
    fprintf(stderr, "tlslens,json: %s\n", failure->str);
    exit(1);
  }
  return StatStarted(true);
}

void register_json() {
  static stat_tap_ui ui = {
      REGISTER_STAT_GROUP_GENERIC, nullptr, "tlslens,json", start_json, 0, nullptr};
  register_stat_tap_ui(&ui, nullptr);
}

// The overview counts a handshake in the frame that decides it.
int g_outcomes, g_causes, g_versions, g_suites, g_findings, g_servers;

void start_overview(stats_tree* tree) {
  g_outcomes = stats_tree_create_node(tree, "Outcomes", 0, STAT_DT_INT, TRUE);
  g_causes = stats_tree_create_node(tree, "Causes", 0, STAT_DT_INT, TRUE);
  g_versions = stats_tree_create_node(tree, "Versions", 0, STAT_DT_INT, TRUE);
  g_suites = stats_tree_create_node(tree, "Cipher Suites", 0, STAT_DT_INT, TRUE);
  g_findings = stats_tree_create_node(tree, "Findings", 0, STAT_DT_INT, TRUE);
  g_servers = stats_tree_create_node(tree, "Servers", 0, STAT_DT_INT, TRUE);
}

void tick(stats_tree* tree, const char* group, int id, const std::string& name) {
  tick_stat_node(tree, group, 0, TRUE);
  tick_stat_node(tree, name.c_str(), id, FALSE);
}

void count_decided(stats_tree* tree, const Row& row) {
  constexpr size_t kVersion = 4;
  constexpr size_t kSuite = 5;
  tick(tree, "Outcomes", g_outcomes, name(row.outcome));
  if (row.cause != Cause::none) {
    tick(tree, "Causes", g_causes, name(row.cause));
  }
  if (row.version != version::unknown) {
    tick(tree, "Versions", g_versions, columns()[kVersion].text(row, 0));
    tick(tree, "Cipher Suites", g_suites, columns()[kSuite].text(row, 0));
  }
  const std::string server = text(row.server);
  tick_stat_node(tree, "Servers", 0, TRUE);
  const int node = tick_stat_node(tree, server.c_str(), g_servers, TRUE);
  tick_stat_node(tree, name(row.outcome), node, FALSE);
}

tap_packet_status count_in_overview(stats_tree* tree, packet_info* pinfo, epan_dissect_t*,
                                    const void* tapped, tap_flags_t) {
  const auto& all = *static_cast<const Tapped*>(tapped);
  if (all.row->decided.frame == pinfo->num) {
    count_decided(tree, *all.row);
  }
  for (size_t i = 0; i < all.n_findings; ++i) {
    tick(tree, "Findings", g_findings, info(all.findings[i]).name);
  }
  return TAP_PACKET_REDRAW;
}

void register_overview() {
  stats_tree_register_plugin("tlslens", "tlslens", "TLSLens" STATS_TREE_MENU_SEPARATOR "Overview",
                             0, count_in_overview, start_overview, nullptr);
}

}  // namespace

void register_statistics() {
  register_table();
  register_json();
  register_overview();
}

}  // namespace tlslens::plugin
