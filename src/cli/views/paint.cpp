#include "paint.hpp"

#include "train/base/text.hpp"

namespace train::cli {
namespace {

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::good:
      return "\x1b[32m";
    case Ink::bad:
      return "\x1b[31;1m";
    case Ink::attention:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Ink ink, std::string_view text) const {
  if (!coloured_ || ink == Ink::plain) return std::string(text);
  return std::string(code_of(ink)) + std::string(text) + "\x1b[0m";
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
