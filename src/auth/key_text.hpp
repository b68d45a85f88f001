// Keys as people keep them in CI: with a byte order mark, in quotes, as base64, on one line. What is unambiguous is
// taken; what is something else is named.
#pragma once

#include <string>
#include <string_view>

namespace train::auth {

// Without byte order mark, spaces around and quotes around; base64 of a JSON object, of PEM or of a binary key is
// undone, once. Nothing else is changed.
std::string bare_key_text(std::string_view text);

// What a text is that is not the key that is wanted: "the path of a file, not its contents"; empty where it is not
// recognised.
std::string kind_of_key_text(std::string_view bare);

// PEM as OpenSSL reads it: line ends where spaces or "\n" stand for them. What is no PEM comes back as it is.
std::string mended_pem(std::string_view bare);

}  // namespace train::auth
