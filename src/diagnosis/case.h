// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <initializer_list>
#include <string>

#include "diagnosis/causes.h"

// What the rules for causes share: how a case ended, and how that is said.

namespace tlslens {

// is_one_of tells that the alert of a case is one of several.
bool is_one_of(const Case& c, std::initializer_list<AlertDescription> descriptions);

// client and server name the two; sender is the one that ended the handshake, receiver the other.
std::string client(const Case& c);
std::string server(const Case& c);
std::string sender(const Case& c);
std::string receiver(const Case& c);
// name_of is the name that the client asked for, or else the server's address.
std::string name_of(const Case& c);

// span_of writes a time in microseconds, after the time from a moment to the end of a case.
std::string span_of(int64_t microseconds);
std::string after(const Case& c, Moment what);

// alert_text names the alert, how tells what the sender did.
std::string alert_text(const Case& c);
std::string how(const Case& c);

bool before_server_hello(const Case& c);

}  // namespace tlslens
