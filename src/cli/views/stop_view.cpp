#include "stop_view.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::cli {

void show_stops(const std::vector<engine::AppStop>& stops, const std::vector<Step>& flags, std::ostream& out) {
  std::size_t width = 0;
  for (const auto& stop : stops) width = std::max(width, stop.app.size());
  if (!flags.empty()) width = std::max(width, std::string_view("flags").size());
  for (const auto& stop : stops) out << "  " << pad(stop.app, width) << "  " << printable(stop.words) << "\n";
  for (const auto& flag : flags)
    out << "  " << pad("flags", width) << "  set " << printable(flag.subject) << " to " << printable(flag.value)
        << "\n";
}

void show_unstopped(const runner::StoppedApp& app, const Screen& screen) {
  if (!app.error) return;
  screen.out << "  " << screen.paint(Style::bad, "✗") << " " << app.app << ": " << printable(app.words) << "\n";
  for (const auto& text : {app.error->message, app.error->hint}) {
    if (!text.empty()) screen.out << "      " << wrap(printable(text), screen.columns, 6, 6) << "\n";
  }
}

void show_stopped(const runner::StopReport& report, const Screen& screen, Instant now) {
  for (const auto& app : report.apps) {
    if (app.end != runner::StoppedApp::End::stopped) show_unstopped(app, screen);
  }
  for (const auto& note : report.notes)
    screen.out << "  " << screen.paint(Style::attention, "!") << " " << wrap(printable(note), screen.columns, 4, 4)
               << "\n";
  show_waiting(report.report.plan, screen, now);
}

std::vector<std::string> consoles_of(const Definition& definition, const AppName& app) {
  std::vector<std::string> out;
  for (const auto& each : definition.apps) {
    if (!app.empty() && each.name != app) continue;
    const auto line = fmt::format("{}, {}", each.facts().console, each.facts().console_address);
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(line);
  }
  return out;
}

}  // namespace train::cli
