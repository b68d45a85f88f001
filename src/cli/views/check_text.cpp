#include <fmt/core.h>
#include <algorithm>

#include "check_view.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

constexpr std::size_t k_what_column = 4;
constexpr std::size_t k_detail_column = 30;

struct Mark {
  std::string_view sign;
  Style style;
};

Mark mark_of(CheckResult result) {
  switch (result) {
    case CheckResult::ok:
      return {"✓", Style::good};
    case CheckResult::warning:
      return {"!", Style::attention};
    case CheckResult::failed:
      return {"✗", Style::bad};
    case CheckResult::inactive:
      return {"·", Style::dim};
  }
  return {"✗", Style::bad};
}

void show_line(const CheckLine& line, const Screen& screen) {
  const auto mark = mark_of(line.result);
  const auto what = printable(line.what, 200);
  auto head = pad(what, k_detail_column - k_what_column - 1) + " ";
  // A long name keeps its own line, so that the details stay in one column.
  const bool overlong = k_what_column + width_of(head) > k_detail_column;
  if (overlong) head = what + "\n" + std::string(k_detail_column, ' ');
  const auto detail = wrap(printable(line.detail), screen.columns, k_detail_column, k_detail_column);
  screen.out << "  " << screen.paint(mark.style, mark.sign) << " " << head << detail << "\n";
  if (line.hint.empty()) return;
  const auto hint = wrap(printable(line.hint), screen.columns, k_detail_column, k_detail_column);
  screen.out << std::string(k_detail_column, ' ') << screen.paint(Style::dim, hint) << "\n";
}

std::size_t count(const CheckLines& lines, CheckResult result) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const CheckLine& line) { return line.result == result; }));
}

void show_end(const CheckLines& lines, const Screen& screen) {
  const auto failed = count(lines, CheckResult::failed);
  const auto warnings = count(lines, CheckResult::warning);
  const auto verdict = failed != 0 ? screen.paint(Style::bad, fmt::format("{} failed", failed))
                                   : screen.paint(Style::good, "Nothing failed");
  screen.out << verdict
             << fmt::format(", {} warning{}, {} not active yet, {} ok.\n", warnings, warnings == 1 ? "" : "s",
                            count(lines, CheckResult::inactive), count(lines, CheckResult::ok));
}

}  // namespace

void show_check(const CheckLines& lines, Amount amount, const Screen& screen) {
  std::string group;
  for (const auto& line : lines) {
    const bool trouble = line.result == CheckResult::failed || line.result == CheckResult::warning;
    if (amount == Amount::only_trouble && !trouble) continue;
    if (line.group != group) screen.out << screen.paint(Style::bold, line.group) << "\n";
    group = line.group;
    show_line(line, screen);
  }
  show_end(lines, screen);
}

}  // namespace train::cli
