#include "text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "train/base/text.hpp"

namespace train::cli {

Screen screen_of(const Context& context) {
  return {context.out(), Paint(context.coloured()), static_cast<std::size_t>(context.columns()), Zone(),
          context.verbose > 0};
}

Screen screen_of(const Context& context, const Definition& definition) {
  Screen screen = screen_of(context);
  screen.zone = definition.calendar.zone;
  return screen;
}

std::string step_text(const Step& step) {
  std::string out(to_string(step.action));
  if (!step.app.empty()) out = step.app + " " + out;
  if (step.action == Action::set_flag) return out + " " + step.subject + " = " + step.value;
  if (step.action == Action::notify) return out + " " + (step.because.empty() ? step.value : step.because.front().seen);
  if (step.build &&
      (step.action == Action::attach_build || step.action == Action::upload_build || step.action == Action::distribute))
    out += " " + step.build->text();
  if (step.to_percent) out += " to " + step.to_percent->text();
  if (step.action == Action::distribute) out += " to " + step.subject;
  if (step.app.empty() && !step.subject.empty()) out += " " + step.subject;
  return out;
}

std::string spaced(std::string_view word) {
  std::string out(word);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string way_text(const Wait& wait, const Remedy& way) {
  return (&way == &wait.ways.front() ? "→ " : "  ") + spaced(way.way) + ": " + printable(way.takes);
}

std::string when_text(Instant at, Instant now, const Zone& zone) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto local = zone.to_local(at);
  const auto stamp = fmt::format("{} {} {:02}:{:02}", local.day, months[local.month - 1], local.hour, local.minute);
  if (at > now) return fmt::format("{} (in {})", stamp, format_duration(at - now));
  return fmt::format("{} ({})", stamp, format_age(now - at));
}

namespace {

void show_reasons(const std::vector<Reason>& reasons, const Screen& screen) {
  for (const auto& reason : reasons) {
    const auto line = fmt::format("{}: {}; wanted {}", reason.rule, printable(reason.seen), printable(reason.wanted));
    screen.out << "      " << screen.paint(Style::dim, wrap(line, screen.columns, 6, 8)) << "\n";
  }
}

void show_wait(const Wait& wait, const Screen& screen, Instant now) {
  const auto mark = wait.needs_person ? screen.paint(Style::bad, "!") : screen.paint(Style::dim, "·");
  auto line = fmt::format("{} {}", wait.app.empty() ? "train" : wait.app, std::string(to_string(wait.kind)));
  line = pad(line, 20) + " " + printable(wait.detail);
  if (wait.until) line += ", until " + when_text(*wait.until, now, screen.zone);
  if (!wait.item.empty()) line += "  [" + wait.item + "]";
  screen.out << "  " << mark << " " << wrap(line, screen.columns, 4, 25) << "\n";
  for (const auto& way : wait.ways)
    screen.out << std::string(25, ' ') << wrap(way_text(wait, way), screen.columns, 25, 27) << "\n";
}

}  // namespace

void show_waiting(const Plan& plan, const Screen& screen, Instant now) {
  if (!plan.waits.empty()) screen.out << "Waiting for:\n";
  for (const auto& wait : plan.waits) show_wait(wait, screen, now);
}

void show_plan(const Plan& plan, const Screen& screen, Instant now) {
  if (plan.steps.empty()) screen.out << "Nothing is due.\n";
  for (const auto& step : plan.steps) {
    screen.out << "  " << screen.paint(Style::good, "+") << " " << screen.paint(Style::bold, printable(step_text(step)))
               << "\n";
    show_reasons(step.because, screen);
  }
  if (!plan.then.empty()) screen.out << "Expected to follow in the same run:\n";
  for (const auto& step : plan.then)
    screen.out << "  " << screen.paint(Style::dim, "then " + printable(step_text(step))) << "\n";
  show_waiting(plan, screen, now);
}

void show_forecasts(const std::vector<engine::GateForecast>& forecasts, const Screen& screen) {
  if (forecasts.empty()) return;
  screen.out << "What the gates can prove:\n";
  for (const auto& gate : forecasts) {
    const auto time = gate.usual ? format_duration(Duration((gate.usual->count() + 3599) / 3600 * 3600)) : "never";
    auto line = fmt::format("  {} {} at {}: ", gate.app, gate.signal, gate.percent.text());
    line += gate.at_half_the_limit
                ? fmt::format("about {:.0f} exposures at half its limit, {}", *gate.at_half_the_limit, time)
                : std::string("cannot pass");
    if (!gate.can_conclude()) line += "; not within its longest wait of " + format_duration(gate.max_wait);
    screen.out << screen.paint(gate.can_conclude() ? Style::plain : Style::attention, printable(line)) << "\n";
  }
}

void show_advance(const runner::Report& report, const Screen& screen, Instant now) {
  for (const auto& failed : report.failed) {
    screen.out << "  " << screen.paint(Style::bad, "✗") << " " << printable(step_text(failed.step)) << "\n";
    screen.out << "      " << wrap(printable(failed.error.message), screen.columns, 6, 6) << "\n";
    if (!failed.error.hint.empty())
      screen.out << "      " << screen.paint(Style::dim, wrap(printable(failed.error.hint), screen.columns, 6, 6))
                 << "\n";
  }
  for (const auto& failed : report.failed_looks) {
    screen.out << "  " << screen.paint(Style::bad, "✗") << " " << failed.app << " could not be looked at\n";
    screen.out << "      " << wrap(printable(failed.error.message), screen.columns, 6, 6) << "\n";
    if (!failed.error.hint.empty())
      screen.out << "      " << screen.paint(Style::dim, wrap(printable(failed.error.hint), screen.columns, 6, 6))
                 << "\n";
  }
  if (report.done.empty() && report.failed.empty() && report.failed_looks.empty()) screen.out << "Nothing was due.\n";
  show_waiting(report.plan, screen, now);
  if (report.plan.next_due)
    screen.out << screen.paint(Style::dim, "Next look at " + when_text(*report.plan.next_due, now, screen.zone) + ".")
               << "\n";
}

namespace {

Style ink_of(const std::string& event) {
  if (event == "phase:halted" || event == "halt" || event == "phase:rejected") return Style::bad;
  if (event == "phase:completed" || event == "phase:done" || event == "complete") return Style::good;
  if (event == "pause" || event == "set_flag") return Style::attention;
  return starts_with(event, "phase:") ? Style::bold : Style::plain;
}

}  // namespace

void show_timeline_entry(const rehearsal::TimelineEntry& entry, const Screen& screen) {
  const auto percent = entry.percent ? entry.percent->text() : std::string();
  const auto head = fmt::format("{}  {}  {:>7}  ", format_rfc3339(entry.at),
                                pad(entry.app.empty() ? "train" : entry.app, 8), percent);
  screen.out << screen.paint(Style::dim, head) << screen.paint(ink_of(entry.event), pad(entry.event, 20));
  const auto start = width_of(head) + 20;
  if (!entry.detail.empty()) {
    // The detail is cut rather than wrapped: a timeline is read down its columns.
    const auto room = screen.columns > start + 12 ? screen.columns - start - 1 : std::size_t{200};
    screen.out << " "
               << screen.paint(Style::dim, screen.columns == 0 || screen.columns > start + 12
                                               ? printable(entry.detail, room > 4 ? room - 3 : room)
                                               : "");
  }
  screen.out << "\n";
}

void show_rehearsal_end(const rehearsal::Outcome& outcome, const Screen& screen) {
  screen.out << "\n"
             << screen.paint(Style::bold, outcome.scenario) << " ended after "
             << format_duration(outcome.end - outcome.began) << ", " << outcome.looks
             << " looks: " << wrap(printable(outcome.ended), 0, 0, 0) << "\n";
  for (const auto& expectation : outcome.expectations) {
    screen.out << "  " << (expectation.met ? screen.paint(Style::good, "✓") : screen.paint(Style::bad, "✗")) << " "
               << printable(expectation.text);
    if (!expectation.met && !expectation.seen.empty())
      screen.out << "\n      " << wrap("seen: " + printable(expectation.seen), screen.columns, 6, 6);
    screen.out << "\n";
  }
}

}  // namespace train::cli
