#include "report.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "train/base/text.hpp"

namespace train::definition {

Report::Report(const std::string& file, std::filesystem::path directory)
    : file_(printable(file)), directory_(std::move(directory)) {}

void Report::problem(const Node& at, const std::string& text) {
  // Names from the file stand in many texts, also where they are not quoted.
  problems_.push_back({file_, at.line, at.column, printable(text)});
}

void Report::inactive(const Node& at, std::string where, std::string what) {
  inactive_.push_back({std::move(where), std::move(what), at.line});
}

void Report::add(Problems problems) { std::move(problems.begin(), problems.end(), std::back_inserter(problems_)); }

Problems Report::take_problems() {
  // Stable: several problems of one value stay in the order they were found.
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(problems_);
}

std::vector<Inactive> Report::take_inactive() {
  std::stable_sort(inactive_.begin(), inactive_.end(),
                   [](const Inactive& a, const Inactive& b) { return a.line < b.line; });
  return std::move(inactive_);
}

}  // namespace train::definition
