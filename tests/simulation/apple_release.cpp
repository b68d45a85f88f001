// From the review to the last rung, and what a person does in App Store Connect.
#include "apple_shelf.hpp"

namespace train::simulation {

namespace apple = stores::app_store;

namespace {

tl::unexpected<Error> not_in_this_state(const std::string& what, const std::string& state) {
  return fail(ErrorKind::refused, "Cannot " + what + ": the version is " + state + ".");
}

}  // namespace

Result<Done> AppleShelf::submit(const VersionName& version, bool phased) {
  const auto record = wanted(version, "submit");
  if (!record) return tl::unexpected(record.error());
  auto& row = (*record)->row;
  if (!apple::is_editable(row.state)) return Done{};
  if (!row.build) return not_in_this_state("submit", "without a build");
  row.release_type = "MANUAL";
  const bool first = !live_beside(version);
  if (!phased) row.phase.reset();
  if (phased && !first && !row.phase) row.phase = apple::PhaseRow{"p" + version.text(), "INACTIVE", 0, 0, {}};
  Dice dice(mixed(rules_.seed, static_cast<std::uint64_t>(++submitted_)));
  (*record)->rejects = dice.chance(rules_.rejects);
  move(**record, "WAITING_FOR_REVIEW", rules_.queue);
  return Done{};
}

Result<Done> AppleShelf::cancel(const VersionName& version) {
  const auto record = wanted(version, "take it back");
  if (!record) return tl::unexpected(record.error());
  const auto& state = (*record)->row.state;
  if (apple::is_editable(state)) return Done{};
  const bool can = state == "WAITING_FOR_REVIEW" || state == "IN_REVIEW" || state == "PENDING_DEVELOPER_RELEASE";
  if (!can) return not_in_this_state("take it back", state);
  move(**record, "DEVELOPER_REJECTED");
  return Done{};
}

Result<Done> AppleShelf::release(const VersionName& version, bool phased) {
  const auto record = wanted(version, "release");
  if (!record) return tl::unexpected(record.error());
  auto& row = (*record)->row;
  const auto status = apple::status_of(row);
  const bool out =
      status == ReleaseStatus::releasing || status == ReleaseStatus::serving || status == ReleaseStatus::halted;
  if (out) return Done{};
  if (status != ReleaseStatus::approved) return not_in_this_state("release", row.state);
  if (!phased) row.phase.reset();
  const bool first = !live_beside(version);
  if (phased && !first && !row.phase) row.phase = apple::PhaseRow{"p" + version.text(), "INACTIVE", 0, 0, {}};
  move(**record, "PROCESSING_FOR_DISTRIBUTION", rules_.distribution);
  return Done{};
}

Result<Done> AppleShelf::move_phase(const VersionName& version, const std::string& to) {
  const auto record = wanted(version, "move the phase");
  if (!record) return tl::unexpected(record.error());
  auto& row = (*record)->row;
  if (row.state != "READY_FOR_DISTRIBUTION") return not_in_this_state("move the phase", row.state);
  const bool complete = !row.phase || row.phase->state == "COMPLETE";
  if (complete) return to == "COMPLETE" ? Result<Done>(Done{}) : not_in_this_state("move the phase", "everybody's");
  if (row.phase->state == to) return Done{};
  if (to == "PAUSED") (*record)->paused = now_;
  if (to == "ACTIVE" && (*record)->paused) {
    (*record)->paused_for += now_ - *(*record)->paused;
    (*record)->paused.reset();
  }
  row.phase->state = to;
  touch();
  return Done{};
}

Result<Done> AppleShelf::move_phase(const Candidate& candidate, const std::string& to) {
  const auto* record = find(candidate.version);
  if (record != nullptr && apple::was_paused_meanwhile(record->row, candidate))
    return not_in_this_state("move the phase", "paused by somebody since");
  return move_phase(candidate.version, to);
}

Result<Done> AppleShelf::remove_from_sale() {
  if (!removed_) touch();
  removed_ = true;
  return Done{};
}

// ---- the console

std::optional<ConsoleAct> AppleShelf::act_before_release(Dice& dice, Record& ours) {
  const auto status = apple::status_of(ours.row);
  const bool in_review = status == ReleaseStatus::waiting_for_review || status == ReleaseStatus::in_review;
  switch (dice.below(3)) {
    case 0:
      if (!in_review || ours.row.release_type == "AFTER_APPROVAL") return std::nullopt;
      ours.row.release_type = "AFTER_APPROVAL";
      ours.row.phase.reset();
      touch();
      return ConsoleAct{ConsoleAct::Kind::changed_control, "sets it to go out after approval, to everybody"};
    case 1:
      if (!in_review || !cancel(ours.version)) return std::nullopt;
      return ConsoleAct{ConsoleAct::Kind::other, "takes it back from review"};
    default:
      if (status != ReleaseStatus::approved || !release(ours.version, ours.row.phase.has_value())) return std::nullopt;
      return ConsoleAct{ConsoleAct::Kind::released, "releases it"};
  }
}

std::optional<ConsoleAct> AppleShelf::act_in_console(Dice& dice, const VersionName& version, Instant) {
  auto* ours = find(version);
  if (ours == nullptr) return std::nullopt;
  if (ours->row.state != "READY_FOR_DISTRIBUTION") return act_before_release(dice, *ours);
  if (!ours->row.phase) return std::nullopt;
  const std::string was = ours->row.phase->state;
  switch (dice.below(3)) {
    case 0:
      if (was != "ACTIVE" || !move_phase(version, "PAUSED")) return std::nullopt;
      return ConsoleAct{ConsoleAct::Kind::halted, "pauses its phase"};
    case 1:
      if (was != "PAUSED" || !move_phase(version, "ACTIVE")) return std::nullopt;
      return ConsoleAct{ConsoleAct::Kind::set_going, "resumes its phase"};
    default:
      if (was == "COMPLETE" || was == "INACTIVE" || !dice.chance(30) || !move_phase(version, "COMPLETE"))
        return std::nullopt;
      return ConsoleAct{ConsoleAct::Kind::raised, "gives it to everybody"};
  }
}

}  // namespace train::simulation
