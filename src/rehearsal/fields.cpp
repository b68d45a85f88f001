#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "document.hpp"
#include "train/base/text.hpp"

namespace train::rehearsal {

Fields::Fields(Document& document, const Node& node, std::string what)
    : document_(document), node_(node), what_(std::move(what)) {
  if (node.kind != Node::Kind::map) problem(node, "must be a map of names and values");
}

void Fields::problem(const Node& at, const std::string& text) { document_.problem(at, what_ + ": " + text); }

void Fields::wrong(const Node& at, std::string_view key, std::string_view wanted) {
  const auto seen = at.kind == Node::Kind::scalar ? in_quotes(at.text) : std::string("no single value");
  problem(at, fmt::format("{} is {}; wanted: {}", key, seen, wanted));
}

const Node* Fields::find(std::string_view key) {
  const auto at = std::find_if(node_.entries.begin(), node_.entries.end(),
                               [&](const Entry& entry) { return entry.key->text == key; });
  return at == node_.entries.end() ? nullptr : at->value;
}

std::optional<std::string> Fields::text(std::string_view key) {
  const Node* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == Node::Kind::scalar && !value->text.empty()) return value->text;
  wrong(*value, key, "text");
  return std::nullopt;
}

std::optional<Duration> Fields::duration(std::string_view key) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  if (const auto length = parse_duration(*word)) return length;
  wrong(*find(key), key, "a duration such as 90s, 15m, 26h, 2d");
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view key, double most) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  const bool percent = word->back() == '%';
  const std::string digits = percent ? word->substr(0, word->size() - 1) : *word;
  char* end = nullptr;
  const double value = std::strtod(digits.c_str(), &end) / (percent ? 100 : 1);
  if (!digits.empty() && *end == '\0' && std::isfinite(value) && value >= 0 && value <= most) return value;
  wrong(*find(key), key, fmt::format("a number from 0 to {:g}, or a percentage", most));
  return std::nullopt;
}

std::optional<int> Fields::whole(std::string_view key, int least, int most) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error == std::errc() && end == word->data() + word->size() && value >= least && value <= most) return value;
  wrong(*find(key), key, fmt::format("a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<bool> Fields::truth(std::string_view key) {
  static constexpr std::string_view words[] = {"true", "false"};
  const auto word = one_of(key, words);
  if (!word) return std::nullopt;
  return *word == "true";
}

std::optional<std::string> Fields::one_of(std::string_view key, std::span<const std::string_view> words) {
  const auto word = text(key);
  if (!word) return std::nullopt;
  if (std::find(words.begin(), words.end(), *word) != words.end()) return word;
  const std::vector<std::string> allowed(words.begin(), words.end());
  wrong(*find(key), key, join(allowed, ", ") + suggestion(*word, words));
  return std::nullopt;
}

void Fields::check_keys(std::span<const std::string_view> allowed) {
  for (const auto& entry : node_.entries) {
    if (std::find(allowed.begin(), allowed.end(), entry.key->text) != allowed.end()) continue;
    const std::vector<std::string> names(allowed.begin(), allowed.end());
    problem(*entry.key,
            fmt::format("there is no key {} here{} Allowed: {}", in_quotes(entry.key->text),
                        suggestion(entry.key->text, allowed).empty() ? "." : suggestion(entry.key->text, allowed),
                        join(names, ", ")));
  }
}

}  // namespace train::rehearsal
