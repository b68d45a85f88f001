// The views for people.
#pragma once

#include <ostream>
#include <string>

#include "context.hpp"
#include "paint.hpp"
#include "status_model.hpp"
#include "train/engine/forecast.hpp"
#include "train/rehearsal/rehearsal.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

struct Screen {
  std::ostream& out;
  Paint paint;
  std::size_t columns = 0;  // 0: a pipe, lines are not fitted
  Zone zone;                // the calendar's: times are shown in it
  bool verbose = false;
};

Screen screen_of(const Context& context);
Screen screen_of(const Context& context, const Definition& definition);

void show_status(const StatusModel& model, const Screen& screen);
void show_waiting(const Plan& plan, const Screen& screen, Instant now);  // nothing where nothing is waited for
void show_plan(const Plan& plan, const Screen& screen, Instant now);
// What the gates can prove with the audience that the definition tells of.
void show_forecasts(const std::vector<engine::GateForecast>& forecasts, const Screen& screen);
void show_advance(const runner::Report& report, const Screen& screen, Instant now);
void show_timeline_entry(const rehearsal::TimelineEntry& entry, const Screen& screen);
void show_rehearsal_end(const rehearsal::Outcome& outcome, const Screen& screen);

// "android set_percent to 20 %", "set_flag new_checkout = false": one step in one line.
std::string step_text(const Step& step);
// "raise the rollout to 5 %": what comes next, in words for people. A step that is done is shown by its own word, as in
// the log and the JSON: scripts look for it.
std::string action_text(Action action, std::optional<Percent> to);
// "not started" for "not_started".
std::string spaced(std::string_view word);
// "→ standby: one call": the recommended one has the arrow.
std::string way_text(const Wait& wait, const Remedy& way);
// "2 Dec 10:00 (in 22h)" in the calendar's zone.
std::string when_text(Instant at, Instant now, const Zone& zone);

}  // namespace train::cli
