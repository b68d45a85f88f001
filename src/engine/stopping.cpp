#include "train/engine/stopping.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "detect.hpp"
#include "steps.hpp"
#include "train/base/fault.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {
namespace {

// Where an app of a release stands, for the choice of what a stop is about.
enum class Place { none, prepared, on_its_way, out };

Place place_of(const Release& release, const AppName& app) {
  const auto* progress = release.find(app);
  if (progress == nullptr) return release.is_open() ? Place::prepared : Place::none;
  switch (app_phase(*progress)) {
    case AppPhase::awaiting_build:
    case AppPhase::candidate:
    case AppPhase::rejected:
      return Place::prepared;
    case AppPhase::submitted:
    case AppPhase::in_review:
    case AppPhase::approved:
      return Place::on_its_way;
    case AppPhase::rolling_out:
    case AppPhase::completed:
    case AppPhase::halted:
      return Place::out;
    case AppPhase::rolled_back:
    case AppPhase::superseded:
      break;
  }
  return Place::none;
}

std::vector<const Release*> open_ones(const State& state, const AppName& app, Place place) {
  std::vector<const Release*> out;
  for (const auto& release : state.releases) {
    if (release.is_open() && place_of(release, app) == place) out.push_back(&release);
  }
  return out;
}

const Release* last_that_is_out(const State& state, const AppName& app) {
  for (auto at = state.releases.rbegin(); at != state.releases.rend(); ++at) {
    if (!at->is_open() && place_of(*at, app) == Place::out) return &*at;
  }
  return nullptr;
}

std::vector<const Release*> releases_meant(const State& state, const AppName& app) {
  for (const Place place : {Place::out, Place::on_its_way}) {
    if (auto found = open_ones(state, app, place); !found.empty()) return found;
  }
  if (const auto* ended = last_that_is_out(state, app)) return {ended};
  return open_ones(state, app, Place::prepared);
}

std::string age_of(const AppProgress& app, Instant now) {
  const auto at = app.percent_as_of ? app.percent_as_of : app.seen_at;
  return at && *at < now ? fmt::format(", as seen {}", format_age(now - *at)) : std::string();
}

AppStop stop_of_served(const App& app, const AppProgress& progress, AppStop stop, Instant now) {
  const auto& seen = *progress.seen;
  const auto version = stop.version.text();
  if (seen.percent.is_all() && !app.facts().halts_after_full) {
    stop.kind = StopKind::cannot;
    stop.words = fmt::format("cannot stop {}: at 100 % only a newer version, or removal from sale, can", version);
    return stop;
  }
  if (seen.percent.is_all() && !progress.live) {
    stop.kind = StopKind::cannot;
    stop.words = fmt::format("cannot stop {}: a first release has nothing behind it that could be served", version);
    return stop;
  }
  stop.kind = StopKind::halt;
  stop.words = fmt::format("halt {}, which {} of users get{}", version, seen.percent.text(), age_of(progress, now));
  return stop;
}

AppStop keep_back(AppStop stop, std::string_view where) {
  stop.kind = StopKind::keep_back;
  stop.words = fmt::format("nothing to stop: {} is {}", stop.version.text(), where);
  return stop;
}

AppStop stop_in_review(const App& app, AppStop stop) {
  if (TRAIN_FAULT("a_stop_leaves_the_review")) return keep_back(std::move(stop), "in review");
  const auto version = stop.version.text();
  if (app.facts().reviews_apart()) {
    stop.kind = StopKind::withdraw;
    stop.words = fmt::format("take {} back from review; nobody gets it yet", version);
    return stop;
  }
  stop.kind = StopKind::halt;
  stop.words = fmt::format("halt {}, which {} reviews; nobody gets it yet", version, app.facts().company);
  return stop;
}

AppStop replaced(const AppProgress& progress, AppStop stop) {
  const auto& standby = *progress.standby;
  stop.kind = StopKind::replace;
  stop.words = fmt::format("release the standby {} ({}) in place of {}: {} again for everybody", standby.version.text(),
                           standby.build.text(), stop.version.text(), standby.from.text());
  return stop;
}

AppStop on_its_way_out(const App& app, const AppProgress& progress, AppStop stop) {
  const auto& raw = progress.seen->raw;
  if (!app.facts().reviews_apart()) {
    stop.kind = StopKind::halt;
    stop.words = fmt::format("halt {}, which is on its way out ({})", stop.version.text(), printable(raw, 80));
    return stop;
  }
  stop.kind = StopKind::wait;
  stop.words = fmt::format(
      "call {} back, which is on its way out ({}); where the store refuses that, it is stopped "
      "as soon as it is out",
      stop.version.text(), printable(raw, 80));
  return stop;
}

AppStop halted_already(const AppProgress& progress, AppStop stop) {
  stop.kind = StopKind::halt;
  stop.words = fmt::format("keep {} halted at {}", stop.version.text(), progress.seen->percent.text());
  return stop;
}

AppStop unknown_place(AppStop stop) {
  stop.kind = StopKind::halt;
  stop.words = fmt::format("halt {}, whatever the store serves of it: how it stands is not known", stop.version.text());
  return stop;
}

AppStop stop_by_status(const App& app, const AppProgress& progress, AppStop stop, Instant now) {
  switch (progress.seen->status) {
    case ReleaseStatus::draft:
      return keep_back(std::move(stop), "a draft");
    case ReleaseStatus::rejected:
      return keep_back(std::move(stop), "rejected");
    case ReleaseStatus::withdrawn:
      return keep_back(std::move(stop), "taken back from review");
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
      return stop_in_review(app, std::move(stop));
    case ReleaseStatus::approved:
      return keep_back(std::move(stop), "approved, and nobody gets it before it is released");
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
      return on_its_way_out(app, progress, std::move(stop));
    case ReleaseStatus::serving:
      return stop_of_served(app, progress, std::move(stop), now);
    case ReleaseStatus::halted:
      return halted_already(progress, std::move(stop));
    case ReleaseStatus::superseded:
      stop.words = fmt::format("nothing to stop: a newer version has taken the place of {}", stop.version.text());
      return stop;
    case ReleaseStatus::unknown:
      return unknown_place(std::move(stop));
  }
  return stop;
}

bool is_put_back(const App& app, const Release& release, const AppProgress& progress) {
  return standby_state(app.facts(), release, progress) == StandbyState::ready;
}

}  // namespace

std::string_view to_string(StopKind kind) {
  switch (kind) {
    case StopKind::halt:
      return "halt";
    case StopKind::withdraw:
      return "withdraw";
    case StopKind::wait:
      return "wait";
    case StopKind::replace:
      return "replace";
    case StopKind::keep_back:
      return "keep_back";
    case StopKind::cannot:
      return "cannot";
    case StopKind::nothing:
      return "nothing";
  }
  return "";
}

AppStop stop_of(const App& app, const Release& release, bool rollback, Instant now) {
  AppStop stop{app.name, release.version, StopKind::nothing, {}};
  const auto* progress = release.find(app.name);
  if (progress == nullptr || !progress->seen) return keep_back(std::move(stop), "not in the store yet");
  if (rollback && is_put_back(app, release, *progress)) return replaced(*progress, std::move(stop));
  return stop_by_status(app, *progress, std::move(stop), now);
}

std::vector<AppStop> what_a_stop_does(const Definition& definition, const State& state, const StopAsked& asked,
                                      Instant now) {
  std::vector<AppStop> out;
  for (const auto& app : definition.apps) {
    if (!asked.app.empty() && app.name != asked.app) continue;
    const auto releases = releases_meant(state, app.name);
    for (const auto* release : releases) {
      auto stop = stop_of(app, *release, asked.rollback, now);
      // Nobody who stops what is out means what is still being prepared, unless they say so.
      if (stop.kind == StopKind::keep_back && asked.app.empty() && place_of(*release, app.name) == Place::prepared)
        stop.kind = StopKind::nothing;
      if (stop.kind == StopKind::keep_back) stop.words += "; it is kept from going on";
      out.push_back(std::move(stop));
    }
    if (releases.empty())
      out.push_back({app.name, VersionName(), StopKind::nothing, "nothing to stop: no release is on its way or out"});
  }
  return out;
}

bool is_ordered(StopKind kind) { return kind != StopKind::nothing; }

std::optional<Step> step_of(const AppStop& stop, const App& app, const Release& release) {
  Step step;
  step.app = app.name;
  step.version = release.version;
  const auto* progress = release.find(app.name);
  if (progress != nullptr && progress->candidate) step.build = progress->candidate->build;
  if (!step.build && progress != nullptr && progress->seen) step.build = progress->seen->build;
  switch (stop.kind) {
    case StopKind::halt:
    case StopKind::cannot:
      step.action = Action::halt;
      return step;
    case StopKind::withdraw:
    case StopKind::wait:
      step.action = Action::cancel_submission;
      return step;
    case StopKind::replace:
      step.action = Action::release_standby;
      step.build = progress->standby->build;
      step.subject = progress->standby->version.text();
      return step;
    case StopKind::keep_back:
    case StopKind::nothing:
      break;
  }
  return std::nullopt;
}

std::vector<Step> flags_switched_off(const Definition& definition, const State& ordered, Instant now) {
  const Observation nothing_seen;
  const Evidence nothing_measured;
  return pending_flag_steps({definition, ordered, nothing_seen, nothing_measured, now, {}});
}

std::vector<EventBody> what_was_seen(const Definition& definition, const State& state, const Observation& looks,
                                     Instant now) {
  const Evidence nothing_measured;
  const DecisionInput input{definition, state, looks, nothing_measured, now, {}};
  std::vector<EventBody> out;
  for (const auto& look : looks.apps) {
    const auto* release = state.find(look.version);
    const auto* app = definition.find_app(look.app);
    if (release != nullptr && app != nullptr) detect_view(make_app_context(input, *release, *app), out);
  }
  return out;
}

namespace {

StandingOrder standing(std::string_view what, const Order& order) {
  return {fmt::format("the {} that {} ordered: {}", what, order.by, order.why), what != "hold"};
}

}  // namespace

bool may_be_ordered_against(const Step& step) { return raises_exposure(step.action) || step.action == Action::submit; }

std::optional<StandingOrder> order_against(const State& state, const Step& step) {
  if (!may_be_ordered_against(step)) return std::nullopt;
  const auto* release = state.find(step.version);
  if (release == nullptr) return std::nullopt;
  const auto* app = release->find(step.app);
  if (app != nullptr) {
    if (app->halt) return standing("halt", *app->halt);
    if (app->rollback) return standing("rollback", *app->rollback);
    if (app->removal) return standing("removal from sale", *app->removal);
    if (app->hold) return standing("hold", *app->hold);
  }
  if (release->hold) return standing("hold", *release->hold);
  return std::nullopt;
}

}  // namespace train::engine
