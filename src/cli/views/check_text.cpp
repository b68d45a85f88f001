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

Mark mark_of(preflight::Level result) {
  switch (result) {
    case preflight::Level::ok:
      return {"✓", Style::good};
    case preflight::Level::warning:
      return {"!", Style::attention};
    case preflight::Level::failure:
      return {"✗", Style::bad};
    case preflight::Level::not_asked:
      return {"?", Style::dim};
    case preflight::Level::inactive:
      return {"·", Style::dim};
  }
  return {"✗", Style::bad};
}

void show_line(const preflight::Line& line, const Screen& screen) {
  const auto mark = mark_of(line.level);
  const auto what = printable(line.subject, 200);
  auto head = pad(what, k_detail_column - k_what_column - 1) + " ";
  // A long name keeps its own line, so that the details stay in one column.
  const bool overlong = k_what_column + width_of(head) > k_detail_column;
  if (overlong) head = what + "\n" + std::string(k_detail_column, ' ');
  const auto detail = wrap(printable(line.sentence), screen.columns, k_detail_column, k_detail_column);
  screen.out << "  " << screen.paint(mark.style, mark.sign) << " " << head << detail << "\n";
  if (line.remedy.empty()) return;
  const auto hint = wrap(printable(line.remedy), screen.columns, k_detail_column, k_detail_column);
  screen.out << std::string(k_detail_column, ' ') << screen.paint(Style::dim, hint) << "\n";
}

std::size_t count(const preflight::Lines& lines, preflight::Level result) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const preflight::Line& line) { return line.level == result; }));
}

void show_end(const preflight::Lines& lines, const Screen& screen) {
  const auto failed = count(lines, preflight::Level::failure);
  const auto warnings = count(lines, preflight::Level::warning);
  const auto unasked = count(lines, preflight::Level::not_asked);
  const auto verdict = failed != 0 ? screen.paint(Style::bad, fmt::format("{} failed", failed))
                                   : screen.paint(Style::good, "Nothing failed");
  screen.out << verdict
             << fmt::format(", {} warning{}, {}{} not active yet, {} ok.\n", warnings, warnings == 1 ? "" : "s",
                            unasked == 0 ? "" : fmt::format("{} not asked, ", unasked),
                            count(lines, preflight::Level::inactive), count(lines, preflight::Level::ok));
}

}  // namespace

preflight::Lines problem_lines(const definition::Problems& problems) {
  preflight::Lines lines;
  for (const auto& problem : problems) {
    const auto place =
        problem.line == 0 ? problem.file : fmt::format("{}:{}:{}", problem.file, problem.line, problem.column);
    lines.push_back({"Definition", place, preflight::Level::failure, problem.text, "", ErrorKind::definition});
  }
  return lines;
}

void show_check(const preflight::Lines& lines, Amount amount, const Screen& screen) {
  std::string group;
  for (const auto& line : lines) {
    const bool trouble = line.level == preflight::Level::failure || line.level == preflight::Level::warning;
    if (amount == Amount::only_trouble && !trouble) continue;
    if (line.group != group) screen.out << screen.paint(Style::bold, line.group) << "\n";
    group = line.group;
    show_line(line, screen);
  }
  show_end(lines, screen);
}

}  // namespace train::cli
