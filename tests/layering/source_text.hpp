// What the rules need to know about a C++ file: its includes, its code without comments and literals, its functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace train::layering {

struct Include {
  int line = 0;
  std::string path;
  bool quoted = false;  // "path", else <path>
};
std::vector<Include> includes_of(std::string_view text);

// The same text, line by line, with comments, the contents of literals and preprocessor lines blanked out.
std::string code_of(std::string_view text);

struct Function {
  std::string head;  // its first line
  int line = 0;
  int length = 0;  // in lines, from the head to the closing brace
};
// Functions and lambdas at namespace or class level; what is nested in one counts as part of it.
std::vector<Function> functions_of(std::string_view text);

int lines_of(std::string_view text);

}  // namespace train::layering
