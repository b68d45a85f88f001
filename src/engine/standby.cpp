#include "train/engine/standby.hpp"
#include "train/domain/sign_off_item.hpp"

#include <algorithm>

#include "requirements.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

constexpr Duration k_look_while_moving{15 * 60};

// The number behind it: the last part plus one.
std::optional<BuildNumber> successor(const BuildNumber& build) {
  const auto& text = build.text();
  const auto dot = text.rfind('.');
  const auto head = dot == std::string::npos ? std::string() : text.substr(0, dot + 1);
  const auto last = BuildNumber::parse(text.substr(head.size()));
  const auto number = last ? last->number() : std::nullopt;
  if (!number) return std::nullopt;
  return BuildNumber::parse(head + std::to_string(*number + 1));
}

bool is_waived(const Release& release, const std::string& item) {
  return std::any_of(release.sign_offs.begin(), release.sign_offs.end(), [&](const SignOff& sign_off) {
    return sign_off.item == item && sign_off.how == event::SignedOff::How::waived;
  });
}

// Both apps of a release stand by under the same name, and a standby that is made anew keeps its own.
bool is_version_taken(const State& state, const Release& own, const VersionName& version) {
  return std::any_of(state.releases.begin(), state.releases.end(), [&](const Release& release) {
    const auto takes = [&](const AppProgress& app) { return app.standby && app.standby->version == version; };
    if (release.version == version) return true;
    return release.version != own.version && std::any_of(release.apps.begin(), release.apps.end(), takes);
  });
}

BuildNumber highest_known(const State& state, const AppName& name) {
  BuildNumber highest;
  const auto consider = [&](const BuildNumber& build) { highest = std::max(highest, build); };
  for (const auto& release : state.releases) {
    const auto* app = release.find(name);
    if (app == nullptr) continue;
    if (app->candidate) consider(app->candidate->build);
    if (app->standby) consider(app->standby->build);
    if (app->live) consider(app->live->build);
    for (const auto& build : app->builds) consider(build.number);
  }
  return highest;
}

StandbyState state_in_review(const Release& release, const AppProgress& app) {
  switch (app.standby->seen->status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
      return StandbyState::in_review;
    case ReleaseStatus::approved:
      return is_signed(release, standby_item(app.app)) ? StandbyState::ready : StandbyState::in_review;
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::superseded:
    case ReleaseStatus::unknown:
      return StandbyState::uploaded;
  }
  return StandbyState::uploaded;
}

}  // namespace

std::string_view to_string(StandbyState state) {
  switch (state) {
    case StandbyState::absent:
      return "absent";
    case StandbyState::built:
      return "built";
    case StandbyState::uploaded:
      return "uploaded";
    case StandbyState::in_review:
      return "in_review";
    case StandbyState::ready:
      return "ready";
    case StandbyState::released:
      return "released";
    case StandbyState::stepped_aside:
      return "stepped_aside";
  }
  return "";
}

StandbyState standby_state(const StoreFacts& facts, const Release& release, const AppProgress& app) {
  if (!app.standby) return StandbyState::absent;
  const Standby& standby = *app.standby;
  if (standby.released) return StandbyState::released;
  if (standby.stepped_aside) return StandbyState::stepped_aside;
  if (!standby.uploaded) return standby.built ? StandbyState::built : StandbyState::absent;
  if (facts.reviews_apart()) return standby.seen ? state_in_review(release, app) : StandbyState::uploaded;
  return is_signed(release, standby_item(app.app)) ? StandbyState::ready : StandbyState::uploaded;
}

std::string standby_item(const AppName& app) { return text_of(item::Standby{app}); }
std::string rollback_item(const AppName& app) { return text_of(item::Rollback{app}); }

bool is_standby_uploaded(const Definition& definition, const Release& release, const AppProgress& app) {
  if (app.looked && !app.live) return true;  // a first release has nothing behind it
  if (is_waived(release, standby_item(app.app))) return true;
  return definition.find_standby(app.app) != nullptr && app.standby && app.standby->uploaded;
}

std::optional<StandbyNumbers> standby_numbers(const State& state, const Release& release, const AppName& app,
                                              const std::optional<BuildNumber>& highest_in_store) {
  const auto* progress = release.find(app);
  if (progress == nullptr || !progress->candidate) return std::nullopt;
  StandbyNumbers out;
  out.version = release.version.next(Bump::patch);
  while (is_version_taken(state, release, out.version)) out.version = out.version.next(Bump::patch);
  const auto build = successor(std::max(highest_known(state, app), highest_in_store.value_or(BuildNumber())));
  if (!build) return std::nullopt;
  out.build = *build;
  return out;
}

StandbyOwner owner_of_standby(const State& state, const AppName& app, const VersionName& version) {
  for (const auto& release : state.releases) {
    const auto* progress = release.find(app);
    if (progress != nullptr && progress->standby && progress->standby->version == version) return {&release, progress};
  }
  return {};
}

std::optional<LiveVersion> standby_base(const AppProgress& app) {
  // Of a build whose version nobody can tell, no archive can be found.
  if (!app.looked || !app.live || !app.live->is_named()) return std::nullopt;
  return app.live;
}

VersionName newest_taken(const State& state) {
  VersionName newest;
  for (const auto& release : state.releases) {
    newest = std::max(newest, release.version);
    for (const auto& app : release.apps) {
      if (app.standby) newest = std::max(newest, app.standby->version);
    }
  }
  return newest;
}

bool is_reserved(const State& state, const AppName& name, const BuildNumber& build) {
  return std::any_of(state.releases.begin(), state.releases.end(), [&](const Release& release) {
    const auto* app = release.find(name);
    return app != nullptr && app->standby && app->standby->build == build;
  });
}

bool wants_standby(const Definition& definition, const StoreFacts& facts, const Release& release,
                   const AppProgress& app) {
  const auto live = standby_base(app);
  const bool possible = facts.standby && definition.find_standby(app.app) != nullptr && release.is_open() &&
                        release.departed && app.candidate && live && live->version < release.version;
  if (!possible || is_waived(release, standby_item(app.app))) return false;
  if (!app.standby) return true;
  if (app.standby->released || is_exposed(app)) return false;
  const bool outgrown = facts.one_build_sequence && app.candidate->build >= app.standby->build;
  return outgrown || app.standby->from != live->version || app.standby->from_build != live->build;
}

bool wants_standby_look(const App& app, const Release& release, const AppProgress& progress, Instant now) {
  if (!progress.standby || !progress.standby->uploaded || progress.standby->stepped_aside) return false;
  const Standby& standby = *progress.standby;
  if (progress.unsettled && progress.unsettled->step.subject == standby.version.text()) return true;
  const bool serves = standby.seen && standby.seen->status == ReleaseStatus::serving;
  if (standby.released) return !serves;
  if (!app.facts().reviews_apart()) return false;  // a bundle in the library does not change
  if (!standby.seen_at) return true;
  const bool rests = standby.seen
                         ? standby.seen->status == ReleaseStatus::approved
                         : standby.in_store && standby.in_store->state == BuildState::ready && !is_exposed(progress);
  const Duration pause = rests ? app.drift_check : k_look_while_moving;
  if (release.abandoned || pause == Duration(0)) return false;
  return now - *standby.seen_at >= pause;
}

}  // namespace train::engine
