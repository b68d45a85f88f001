// What the readers of Google's credential files share.
#pragma once

#include <string>

namespace train::auth {

// Where a secret may be sent: to nobody in the clear but this machine.
bool is_https_or_loopback(const std::string& url);

}  // namespace train::auth
