#include "paint.hpp"

#include "train/base/text.hpp"

namespace train::cli {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[31;1m";
    case Style::attention:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Style style, std::string_view text) const {
  if (!coloured_ || style == Style::plain) return std::string(text);
  return std::string(code_of(style)) + std::string(text) + "\x1b[0m";
}

std::size_t width_of(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    while (i < text.size() && text[i] != 'm') ++i;
  }
  return utf8_length(plain);
}

std::string pad(std::string_view text, std::size_t columns) {
  const auto width = width_of(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t start, std::size_t indent) {
  if (columns == 0) return std::string(text);
  std::string out;
  std::size_t at = start;
  bool first = true;
  for (const auto& word : split(text, ' ')) {
    const auto width = width_of(word);
    if (!first && at + 1 + width > columns && at > indent) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out += word;
    at += width;
    first = false;
  }
  return out;
}

}  // namespace train::cli
