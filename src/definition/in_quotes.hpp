// What a message may show of the file's text.
#pragma once

#include <string>
#include <string_view>

namespace train::definition {

// The text in quotes: printable, at most 60 bytes, and never key material.
std::string in_quotes(std::string_view text);

}  // namespace train::definition
