// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin.h"

#ifdef __clang__
// What TRY does with a volatile integer is out of favour in C++20.
#pragma clang diagnostic ignored "-Wdeprecated-volatile"
#endif

namespace tlslens::plugin {
namespace {

dissector_handle_t handle_for(Field field) {
  switch (field) {
    case Field::certificate:
      return dissector_get_string_handle(find_dissector_table("rfc7468.preeb_label"),
                                         "CERTIFICATE");
    case Field::ocsp_response:
      return dissector_get_string_handle(find_dissector_table("media_type"),
                                         "application/ocsp-response");
    default:
      return nullptr;
  }
}

}  // namespace

void show_der(Field field, tvbuff_t* tvb, int offset, int length, packet_info* pinfo,
              proto_item* item) {
  const dissector_handle_t handle = handle_for(field);
  // Each of these trees leaves its dissectors in the frame's list, which epan bounds.
  constexpr unsigned kMaxLayers = 100;
  if (handle == nullptr || wmem_list_count(pinfo->layers) > kMaxLayers) {
    return;
  }
  tvbuff_t* der = tvb_new_subset_length(tvb, offset, length);
  proto_tree* tree = proto_item_add_subtree(item, g.ett[static_cast<size_t>(field)]);
  // An exception costs this item only. TRY is setjmp: no value that it changes is used behind it.
  TRY { call_dissector(handle, der, pinfo, tree); }
  CATCH_NONFATAL_ERRORS { show_exception(der, pinfo, tree, EXCEPT_CODE, GET_MESSAGE); }
  ENDTRY;
}

}  // namespace tlslens::plugin
