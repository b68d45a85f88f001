#include "document.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::rehearsal {

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const auto near = did_you_mean(word, candidates);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : std::string();
}

void Document::problem(const Node& at, std::string text) {
  problems.push_back({file, at.line, at.column, std::move(text)});
}

Document read_document(std::string_view yaml, const std::string& file) {
  return {yaml::parse_tree(yaml, file, k_scenario_rules), file};
}

}  // namespace train::rehearsal
