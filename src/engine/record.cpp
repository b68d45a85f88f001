// The version record of a store that keeps one editable version per platform: who holds the place, whose turn it is,
// what may be renamed, and what is taken back from review.
#include <fmt/core.h>

#include "standby_steps.hpp"
#include "steps.hpp"
#include "train/domain/number_rules.hpp"

namespace train::engine {
namespace {

const SlotHolder* slot_holder(const AppContext& context) {
  if (context.look == nullptr || !context.look->view || !context.look->view->slot_held_by) return nullptr;
  return &*context.look->view->slot_held_by;
}

// The release of this train under the holder's number, or nullptr.
const Release* owner_of(const AppContext& context, const SlotHolder& holder) {
  const auto number = VersionName::parse(holder.version);
  return number ? context.input.state.find(*number) : nullptr;
}

StandbyOwner standby_owner(const AppContext& context, const SlotHolder& holder) {
  const auto number = VersionName::parse(holder.version);
  return number ? owner_of_standby(context.input.state, context.app.name, *number) : StandbyOwner{};
}

// Hotfix, then regular: a hotfix takes the place of a regular draft, never the other way round, and regular releases
// wait for each other.
bool goes_before(const AppContext& context, const Release& owner) { return context.release.hotfix && !owner.hotfix; }

// Renaming takes a place over only where that hurts nobody: what this train made and gave up or puts behind a hotfix,
// and a draft that nobody has put anything into. Never what is queued, in review or approved.
bool may_be_renamed(const AppContext& context, const SlotHolder& holder) {
  if (!holder.editable || !VersionName::parse(holder.version)) return false;
  const auto* owner = owner_of(context, holder);
  if (owner != nullptr && owner->is_open() && !goes_before(context, *owner)) return false;
  const auto* progress = owner == nullptr ? nullptr : owner->find(context.app.name);
  if (standby_owner(context, holder).app != nullptr) return true;  // it has stepped aside
  return holder.empty || (progress != nullptr && progress->created_by_us);
}

std::string whose(const AppContext& context, const SlotHolder& holder) {
  const auto* owner = owner_of(context, holder);
  if (standby_owner(context, holder).app != nullptr) return "this train's standby";
  if (owner == nullptr) return "not this train's";
  if (owner->abandoned) return "given up by this train";
  return owner->hotfix ? "this train's hotfix" : "this train's";
}

Wait slot_wait(const AppContext& context, const SlotHolder& holder) {
  const auto* owner = owner_of(context, holder);
  const bool its_turn = owner != nullptr && owner->is_open() && !goes_before(context, *owner);
  const auto what = its_turn ? std::string("it goes first")
                    : holder.editable
                        ? std::string("submit, release or remove it there")
                        : std::string("release it, or take it back from review there; nobody but you may do that");
  Wait wait = make_wait(context, WaitKind::store,
                        fmt::format("version {} ({}, {}) holds the store's one editable place; {}", holder.version,
                                    holder.raw, whose(context, holder), what));
  wait.needs_person = !its_turn;
  if (!its_turn) wait.who = deciders(context);
  wait.because = {{"slot", holder.version + " " + holder.raw, "the place free"}};
  return wait;
}

}  // namespace

namespace {

// What was opened before the rule was known, or was chosen by somebody else than this train.
std::optional<Wait> unfit_number_wait(const AppContext& context) {
  std::string what = context.release.version.text();
  auto why = unfit_version(context.facts, context.release.version);
  if (!why && context.progress.candidate) {
    what = "build " + context.progress.candidate->build.text();
    why = unfit_build(context.facts, context.progress.candidate->build);
  }
  if (!why) return std::nullopt;
  Wait wait = person_wait(context, WaitKind::store, {}, fmt::format("{} {}", what, *why), deciders(context));
  wait.because = {{"number", what, "one that the store takes"}};
  return wait;
}

}  // namespace

std::optional<Wait> number_wait(const AppContext& context) {
  if (auto unfit = unfit_number_wait(context)) return unfit;
  if (!context.facts.reviews_apart() || context.seen() != nullptr || !context.progress.live) return std::nullopt;
  const auto& live = context.progress.live->version;
  if (context.release.version > live) return std::nullopt;
  Wait wait = person_wait(context, WaitKind::store, {},
                          fmt::format("{} is not higher than {}, which is live, and the store takes only numbers that "
                                      "rise: `train abandon --why …`, then `train start` with a higher one",
                                      context.release.version.text(), live.text()),
                          deciders(context));
  wait.because = {{"version", context.release.version.text(), "higher than " + live.text()}};
  return wait;
}

Decision decide_record(const AppContext& context) {
  Decision out;
  const auto* holder = slot_holder(context);
  if (holder == nullptr) {
    out.step =
        make_step(context, Action::create_version, {{"version", "not in the store", context.release.version.text()}});
    return out;
  }
  const auto number = VersionName::parse(holder->version);
  if (auto aside = number && !holder->editable ? step_aside(context, *number) : std::nullopt) {
    out.step = std::move(*aside);
    return out;
  }
  if (!may_be_renamed(context, *holder)) {
    out.waits.push_back(slot_wait(context, *holder));
    return out;
  }
  out.step = make_step(context, Action::create_version,
                       {{"version", "not in the store", context.release.version.text()},
                        {"slot",
                         fmt::format("{} {}, {}", holder->version, holder->raw,
                                     holder->empty ? "an empty draft" : whose(context, *holder)),
                         "renamed to " + context.release.version.text() + ": the platform has one editable version"}});
  out.step->value = holder->version;
  return out;
}

namespace {

// Somebody put another build into the version on its way out: nobody of the train has signed that one off.
std::optional<Decision> decide_swapped(const AppContext& context) {
  const auto* seen = context.seen();
  const bool swapped = context.facts.reviews_apart() && context.progress.candidate && seen->build &&
                       context.progress.candidate->build < *seen->build;
  if (!swapped) return std::nullopt;
  const auto theirs = seen->build->text();
  const auto ours = context.progress.candidate->build.text();
  Decision out;
  out.waits.push_back(person_wait(
      context, WaitKind::person, {},
      fmt::format("somebody put build {} into it in the store's console, this release is build {}: `train build add {} "
                  "{}` takes it, `train halt {} --why …` takes it back from there",
                  theirs, ours, context.app.name, theirs, context.app.name),
      deciders(context)));
  out.waits.back().because = {{"build", theirs, ours}};
  return out;
}

}  // namespace

std::optional<Decision> decide_outdated(const AppContext& context) {
  if (auto swapped = decide_swapped(context)) return swapped;
  const auto* seen = context.seen();
  const bool outdated = context.facts.reviews_apart() && context.progress.candidate && seen->build &&
                        *seen->build < context.progress.candidate->build;
  if (!outdated) return std::nullopt;
  const bool approved = seen->status == ReleaseStatus::approved;
  const Reason candidate{"candidate", "build " + seen->build->text() + (approved ? " is approved" : " is in review"),
                         "build " + context.progress.candidate->build.text()};
  Decision out;
  if (context.progress.submitted_by_us) {
    out.step = make_step(context, Action::cancel_submission, {candidate});
    if (approved) {
      out.step->because.push_back({"approval",
                                   "is lost: an approved version is withdrawn by an older call of the store",
                                   "the newer build in review from the start"});
    }
    return out;
  }
  if (!approved) return std::nullopt;
  out.waits.push_back(person_wait(
      context, WaitKind::person, {},
      fmt::format(
          "build {} is approved, the candidate is {}; somebody else submitted it, so it is withdrawn by hand in "
          "the store's console, or released there",
          seen->build->text(), context.progress.candidate->build.text()),
      deciders(context)));
  out.waits.back().because = {candidate};
  return out;
}

}  // namespace train::engine
