#include "train/orders/add_build.hpp"

#include <fmt/core.h>

#include "train/base/fault.hpp"
#include "train/base/text.hpp"
#include "train/domain/number_rules.hpp"
#include "train/engine/decide.hpp"
#include "train/engine/phase.hpp"

namespace train::orders {
namespace {

Result<Done> is_of(const InspectedArchive& archive, const App& app, const engine::Release& release) {
  if (archive.id == app.store_id && archive.version == release.version) return Done{};
  return fail(ErrorKind::refused, fmt::format("{} is {} {}, not {} {}.", archive.path, printable(archive.id, 200),
                                              archive.version.text(), app.store_id, release.version.text()));
}

Result<Done> may_replace(const engine::Release& release, const AddBuildOrder& order) {
  const auto* app = release.find(order.app);
  if (app == nullptr) return Done{};
  if (app->candidate && order.build <= app->candidate->build) {
    return fail(
        ErrorKind::refused,
        fmt::format("Build {} is not newer than the candidate {}.", order.build.text(), app->candidate->build.text()),
        "Stores only take rising build numbers.");
  }
  if (engine::is_exposed(*app)) {
    return fail(ErrorKind::refused, order.app + " is already serving users: another build is another version.",
                "`train start --hotfix` opens one.");
  }
  return Done{};
}

// Where one build is of one release only: it can go out as one of them, and a stop of the other would stop it too.
Result<Done> is_nobody_elses(const engine::State& state, const App& app, const engine::Release& release,
                             const AddBuildOrder& order) {
  if (!app.facts().one_build_sequence || TRAIN_FAULT("a_build_is_of_two_releases")) return Done{};
  for (const auto& other : state.releases) {
    const auto* known = other.version == release.version ? nullptr : other.find(app.name);
    const bool is_its = known != nullptr && known->candidate && known->candidate->build == order.build;
    const bool was_given_up = known != nullptr && other.abandoned && !known->was_in_review;
    if (!is_its || was_given_up) continue;
    return fail(
        ErrorKind::refused,
        fmt::format("Build {} of {} is the candidate of {}.", order.build.text(), app.name, other.version.text()),
        fmt::format("Build {} again under a higher number; `train abandon --why …` gives a release up.",
                    release.version.text()));
  }
  return Done{};
}

}  // namespace

Events add_build(const Definition& definition, const engine::State& state, const std::string& /*by*/,
                 const AddBuildOrder& order, Instant /*now*/) {
  if (auto known = known_app(definition, order.app); !known) return tl::unexpected(known.error());
  const auto* app = definition.find_app(order.app);
  if (app == nullptr) return fail(ErrorKind::usage, "Whose build it is is not said.", "Name the app.");
  const auto release = open_release(state);
  if (!release) return tl::unexpected(release.error());
  if (const auto why = unfit_build(app->facts(), order.build)) {
    return fail(ErrorKind::usage,
                fmt::format("Build {} of {} cannot be added: it {}.", order.build.text(), app->name, *why),
                "Build again under a number that fits; nothing was done.");
  }
  event::CandidateChosen event;
  if (order.archive) {
    if (auto fits = is_of(*order.archive, *app, **release); !fits) return tl::unexpected(fits.error());
    event.sha256 = order.archive->sha256;
    event.path = order.archive->path;
  }
  if (auto allowed = may_replace(**release, order); !allowed) return tl::unexpected(allowed.error());
  if (auto free = is_nobody_elses(state, *app, **release, order); !free) return tl::unexpected(free.error());
  event.version = (*release)->version;
  event.app = order.app;
  event.build = order.build;
  event.origin = CandidateOrigin::build_add;
  event.voided = engine::voided_sign_offs(definition, **release, order.app);
  return std::vector<EventBody>{event};
}

}  // namespace train::orders
