// Text for a terminal: colour where there is one, lines that fit, nothing foreign that could steer it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace train::cli {

enum class Style { plain, bold, dim, good, bad, attention };

class Paint {
 public:
  explicit Paint(bool coloured) : coloured_(coloured) {}
  std::string operator()(Style style, std::string_view text) const;

 private:
  bool coloured_;
};

std::size_t width_of(std::string_view text);                  // columns, colour not counted
std::string pad(std::string_view text, std::size_t columns);  // spaces behind, never cut

// Breaks `text` at spaces so that no line is wider than `columns` (0: never); each line after the first starts with
// `indent` spaces. The text itself starts at column `start`.
std::string wrap(std::string_view text, std::size_t columns, std::size_t start, std::size_t indent);

}  // namespace train::cli
