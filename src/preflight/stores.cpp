#include "train/preflight/stores.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "train/domain/launch_risk.hpp"

namespace train::preflight {
namespace {

Line probe_line(const std::string& group, const Store::Probe& probe) {
  const auto good = probe.worth_a_look ? Level::warning : Level::ok;
  return {group, probe.what, probe.ok ? good : Level::failure, probe.detail, probe.hint};
}

Line live_line(const std::string& group, const Asked<LiveVersion>& live) {
  Line line{group, "live version", Level::ok, "", ""};
  if (live) {
    line.sentence = fmt::format("{} (build {})", live->version.text(), live->build.text());
    return line;
  }
  if (live.error().why != Unanswered::absent) return unanswered_line(group, line.subject, live.error());
  line.level = Level::warning;
  line.sentence = "no version is live yet: this would be a first release";
  return line;
}

}  // namespace

std::string store_of(const App& app) { return std::string(app.facts().in_sentence); }

Asked<LiveVersion> live_version(const Asked<StoreView>& view) {
  if (view && view->live) return *view->live;
  if (view) return tl::unexpected(NoAnswer{Unanswered::absent, {ErrorKind::not_found, "No version is live.", ""}});
  auto no = view.error();
  if (no.why == Unanswered::absent) no.why = Unanswered::refused;
  return tl::unexpected(std::move(no));
}

Lines store_lines(const App& app, const StoreAnswers& answers) {
  const auto group = app.name + " on " + store_of(app);
  if (!answers.account) return {unanswered_line(group, "account", answers.account.error())};
  Lines lines;
  for (const auto& probe : *answers.account) lines.push_back(probe_line(group, probe));
  const auto live = live_line(group, live_version(answers.view));
  const auto failed =
      std::find_if(lines.begin(), lines.end(), [](const Line& line) { return line.level == Level::failure; });
  // The same trouble, told once; only the look knows its kind.
  if (live.level == Level::failure && failed != lines.end())
    failed->because = live.because;
  else
    lines.push_back(live);
  return lines;
}

Line halt_line(const App& app, const Asked<LiveVersion>& live) {
  Line line{"Way back", app.name + " halt", Level::ok, "", ""};
  line.waiver_item = text_of(risk::halt(app.name));
  if (live) {
    const bool after_full = app.facts().halts_after_full;
    line.sentence = after_full ? "can be halted at any percentage, 100 % too" : "can be halted until 100 %, not after";
    return line;
  }
  line.remedy = "Release to testers first, and keep a fix at hand.";
  if (live.error().why != Unanswered::absent) {
    line.remedy.clear();
    return inconclusive(line, {"what a halt would leave users with", store_of(app), "which version is live"},
                        live.error());
  }
  line.level = Level::warning;
  line.sentence = "no earlier version is live: a first release cannot be halted";
  return line;
}

}  // namespace train::preflight
