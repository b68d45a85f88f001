#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "signals_view.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

constexpr std::size_t k_wide = 120;  // from here on what is missing stands on the signal's own line

struct Cell {
  std::string text;
  Style style = Style::plain;
  std::size_t width = 0;
};

std::string fitted(std::string text, std::size_t width) {
  text = printable(text, width * 4);
  if (width_of(text) > width) text = text.substr(0, width);
  text.append(width - std::min(width, width_of(text)), ' ');
  return text;
}

std::string number_words(const Signal& signal, double value) {
  switch (signal.kind) {
    case SignalKind::proportion:
      return fmt::format("{:.3g} %", value * 100);
    case SignalKind::rate:
      return fmt::format("{:.3g}", value);
    case SignalKind::level:
      return fmt::format("{:.3g}{}{}", value, signal.unit.empty() ? "" : " ", signal.unit);
    case SignalKind::alarm:
      return value > 0 ? "raised" : "quiet";
  }
  return {};
}

std::string measured_words(const Signal& signal, const std::optional<Measurement>& seen) {
  if (!seen) return "-";
  switch (seen->state) {
    case Measurement::State::no_data:
      return "no data";
    case Measurement::State::stale:
      return "stale";
    case Measurement::State::failed:
      return "failed";
    case Measurement::State::measured:
      break;
  }
  const Counts& counts = seen->counts;
  const bool level = signal.kind == SignalKind::level;
  if (signal.kind == SignalKind::alarm) return number_words(signal, seen->raised ? 1 : 0);
  if (!level && !(counts.exposures > 0)) return "none yet";
  return number_words(signal, level ? seen->value : counts.events / counts.exposures);
}

// Since the release began where a gate judges it, else as the provider counts.
std::string candidate_words(const SignalRow& row) {
  const bool counted = row.judged && row.judged->exposures > 0 &&
                       (row.signal->kind == SignalKind::proportion || row.signal->kind == SignalKind::rate);
  const bool measured = row.candidate && row.candidate->state == Measurement::State::measured;
  return counted && measured ? number_words(*row.signal, row.judged->estimate)
                             : measured_words(*row.signal, row.candidate);
}

std::string bounds_words(const SignalRow& row) {
  const bool counts = row.signal->kind == SignalKind::proportion || row.signal->kind == SignalKind::rate;
  if (!row.judged || !counts || !(row.judged->exposures > 0)) return "";
  const double scale = row.signal->kind == SignalKind::proportion ? 100 : 1;
  if (!std::isfinite(row.judged->upper)) return fmt::format("from {:.2g}", row.judged->lower * scale);
  return fmt::format("{:.2g} .. {:.2g}", row.judged->lower * scale, row.judged->upper * scale);
}

std::string limit_words(const SignalRow& row) {
  if (row.gate == nullptr) return "";
  std::string out = row.gate->limit ? number_words(*row.signal, *row.gate->limit) : "";
  if (row.gate->regress) out += fmt::format("{}{:.3g}x", out.empty() ? "" : ", ", 1 + *row.gate->regress);
  return out;
}

std::string age_words(const std::optional<Measurement>& seen, Instant now) {
  if (!seen || seen->state != Measurement::State::measured) return "";
  const Duration age = std::max(Duration(0), now - seen->as_of);
  if (age < Duration(60)) return "now";
  if (age < Duration(3600)) return fmt::format("{}m", age.count() / 60);
  if (age < Duration(2 * 86400)) return fmt::format("{}h", age.count() / 3600);
  return fmt::format("{}d", age.count() / 86400);
}

Cell verdict_cell(const SignalRow& row) {
  if (row.gate == nullptr) return {"no gate", Style::dim, 8};
  if (!row.judged) return {"", Style::plain, 8};
  switch (row.judged->verdict) {
    case Verdict::pass:
      return {"pass", Style::good, 8};
    case Verdict::hold:
      return {"hold", Style::attention, 8};
    case Verdict::breach:
      return {"breach", Style::bad, 8};
  }
  return {"", Style::plain, 8};
}

std::string missing_words(const SignalRow& row) {
  if (row.judged && !row.judged->missing.empty()) return row.judged->missing;
  for (const auto* seen : {&row.candidate, &row.live}) {
    if (*seen && (*seen)->state != Measurement::State::measured) return (*seen)->detail;
  }
  return {};
}

std::string link_words(const SignalRow& row) {
  for (const auto* seen : {&row.candidate, &row.live}) {
    if (*seen && !(*seen)->link.empty()) return (*seen)->link;
  }
  return {};
}

std::vector<Cell> cells_of(const SignalRow& row, Instant now) {
  return {{row.signal->name, Style::bold, 17},
          {candidate_words(row), Style::plain, 10},
          {bounds_words(row), Style::dim, 15},
          {limit_words(row), Style::plain, 11},
          {measured_words(*row.signal, row.live), Style::plain, 9},
          {age_words(row.candidate ? row.candidate : row.live, now), Style::dim, 5},
          verdict_cell(row)};
}

void show_line(const std::vector<Cell>& cells, const std::string& rest, const Screen& screen) {
  screen.out << "  ";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool last = i + 1 == cells.size() && rest.empty();
    screen.out << screen.paint(cells[i].style, last ? cells[i].text : fitted(cells[i].text, cells[i].width - 1) + " ");
  }
  screen.out << rest << "\n";
}

void show_row(const SignalRow& row, const Screen& screen, Instant now) {
  constexpr std::size_t beside = 77;  // the cells' width
  const bool wide = screen.columns >= k_wide;
  const std::string missing = printable(missing_words(row), 600);
  const std::string link = printable(link_words(row), 300);
  const auto dim = [&](const std::string& text, std::size_t indent) {
    return screen.paint(Style::dim, wrap(text, screen.columns, indent, indent));
  };
  show_line(cells_of(row, now), wide && !missing.empty() ? dim(missing, beside + 2) : "", screen);
  if (!wide && !missing.empty()) screen.out << "      " << dim(missing, 6) << "\n";
  if (!link.empty()) screen.out << "      " << dim(link, 6) << "\n";
}

}  // namespace

void show_signals(const SignalsModel& model, const Screen& screen) {
  bool first = true;
  for (const auto& app : model.apps) {
    if (!first) screen.out << "\n";
    first = false;
    std::string head = app.app;
    if (app.version) head += fmt::format(" {} at {}", app.version->text(), app.percent.text());
    head += app.live ? " · live " + app.live->text() : " · no live version is known";
    screen.out << screen.paint(Style::bold, printable(head)) << "\n";
    if (app.rows.empty()) {
      screen.out << "  no signal is measured for it\n";
      continue;
    }
    const std::vector<Cell> header{{"signal", Style::dim, 17}, {"new", Style::dim, 10}, {"95 % bounds", Style::dim, 15},
                                   {"limit", Style::dim, 11},  {"live", Style::dim, 9}, {"age", Style::dim, 5},
                                   {"verdict", Style::dim, 8}};
    show_line(header, "", screen);
    for (const auto& row : app.rows) show_row(row, screen, model.now);
  }
}

}  // namespace train::cli
