// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/servers.h"

#include <algorithm>

namespace tlslens {
namespace {

template <typename T>
void add(std::vector<T>& all, T one) {
  if (one.value != 0 && all.size() < Servers::kMaxChoices &&
      std::ranges::find(all, one) == all.end()) {
    all.push_back(one);
  }
}

}  // namespace

const Accepted* Servers::find(const Endpoint& server) const {
  const auto at = all_.find(server);
  return at == all_.end() ? nullptr : &at->second;
}

void Servers::remember(const Endpoint& server, uint32_t frame, uint32_t hello_length,
                       Version version, CipherSuite suite, NamedGroup group) {
  if (all_.size() >= kMaxServers && !all_.contains(server)) {
    return;
  }
  Accepted& known = all_[server];
  known.frame = known.frame == 0 ? frame : known.frame;
  known.shortest_hello =
      known.shortest_hello == 0 ? hello_length : std::min(known.shortest_hello, hello_length);
  add(known.versions, version);
  add(known.suites, suite);
  add(known.groups, group);
}

}  // namespace tlslens
