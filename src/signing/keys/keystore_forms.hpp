// The two forms of a keystore; all keys in it, opened.
#pragma once

#include <string_view>
#include <vector>

#include "keys/keystore.hpp"

namespace train::signing {

// What is wrong with it is a sentence's end ("… is damaged"), for keystore.cpp to complete; `auth` is the wrong
// password. In both, keys other than `alias` are listed but not opened unless `alias` is empty: they may have other
// passwords.
Result<std::vector<KeyEntry>> open_pkcs12(std::string_view bytes, const Secret& password);
Result<std::vector<KeyEntry>> open_jks(std::string_view bytes, const std::string& alias, const Secret& password);

bool is_jks(std::string_view bytes);

}  // namespace train::signing
