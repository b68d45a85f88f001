#include "view.hpp"

#include <algorithm>
#include <array>

#include "train/base/fault.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

struct Word {
  std::string_view state;
  ReleaseStatus status;
};

constexpr std::array k_words{
    Word{"PREPARE_FOR_SUBMISSION", ReleaseStatus::draft},
    Word{"READY_FOR_REVIEW", ReleaseStatus::draft},
    Word{"WAITING_FOR_REVIEW", ReleaseStatus::waiting_for_review},
    Word{"WAITING_FOR_EXPORT_COMPLIANCE", ReleaseStatus::waiting_for_review},
    Word{"IN_REVIEW", ReleaseStatus::in_review},
    Word{"ACCEPTED", ReleaseStatus::in_review},  // another item of its submission still holds it up
    Word{"REJECTED", ReleaseStatus::rejected},
    Word{"METADATA_REJECTED", ReleaseStatus::rejected},
    Word{"INVALID_BINARY", ReleaseStatus::rejected},
    Word{"DEVELOPER_REJECTED", ReleaseStatus::withdrawn},
    Word{"PENDING_DEVELOPER_RELEASE", ReleaseStatus::approved},
    Word{"PENDING_APPLE_RELEASE", ReleaseStatus::releasing},
    Word{"PROCESSING_FOR_DISTRIBUTION", ReleaseStatus::releasing},
    Word{"READY_FOR_DISTRIBUTION", ReleaseStatus::serving},
    Word{"REPLACED_WITH_NEW_VERSION", ReleaseStatus::superseded},
};

constexpr std::array k_ladder{1, 2, 5, 10, 20, 50, 100};

const Word* find_word(std::string_view state) {
  const auto found =
      std::find_if(k_words.begin(), k_words.end(), [&](const Word& word) { return word.state == state; });
  return found == k_words.end() ? nullptr : &*found;
}

// Only the older attribute tells, and not reliably; nothing that is removed may pass for serving.
bool is_removed(const VersionRow& row) {
  return row.old_state == "REMOVED_FROM_SALE" || row.old_state == "DEVELOPER_REMOVED_FROM_SALE";
}

bool is_serving_word(std::string_view state) { return state == "READY_FOR_DISTRIBUTION"; }

PhasedRelease::State phase_state(std::string_view word) {
  if (word == "INACTIVE") return PhasedRelease::State::inactive;
  if (word == "ACTIVE") return PhasedRelease::State::active;
  if (word == "PAUSED") return PhasedRelease::State::paused;
  if (word == "COMPLETE") return PhasedRelease::State::complete;
  return PhasedRelease::State::unknown;
}

bool is_before_release(ReleaseStatus status) {
  return status == ReleaseStatus::draft || status == ReleaseStatus::waiting_for_review ||
         status == ReleaseStatus::in_review || status == ReleaseStatus::approved;
}

std::string raw_words(const VersionRow& row) {
  auto raw = row.state;
  if (is_removed(row)) raw += " " + row.old_state;
  if (row.phase && is_serving_word(row.state)) raw += " " + row.phase->state;
  return printable(raw, 120);
}

}  // namespace

bool is_live_word(std::string_view state) { return is_serving_word(state) || state == "REPLACED_WITH_NEW_VERSION"; }

bool holds_the_slot(std::string_view state) { return find_word(state) != nullptr && !is_live_word(state); }

bool is_editable(std::string_view state) {
  const auto* word = find_word(state);
  return word != nullptr && (word->status == ReleaseStatus::draft || word->status == ReleaseStatus::rejected ||
                             word->status == ReleaseStatus::withdrawn);
}

ReleaseStatus status_of(const VersionRow& row) {
  const auto* word = find_word(row.state);
  if (word == nullptr || is_removed(row)) return ReleaseStatus::unknown;
  if (word->status != ReleaseStatus::serving || !row.phase) return word->status;
  switch (phase_state(row.phase->state)) {
    case PhasedRelease::State::inactive:
    case PhasedRelease::State::active:
    case PhasedRelease::State::complete:
      return ReleaseStatus::serving;
    case PhasedRelease::State::paused:
      return ReleaseStatus::halted;
    case PhasedRelease::State::unknown:
      return ReleaseStatus::unknown;
  }
  return ReleaseStatus::unknown;
}

PhasedRelease phase_of(const PhaseRow& row) {
  PhasedRelease phase;
  phase.state = phase_state(row.state);
  phase.day = std::clamp(row.day, 0, 7);
  phase.pause_days_used = row.pause_days;
  // Pauses are told in whole days, cut off: the estimate is early by their rest and never late.
  const bool climbs = phase.state == PhasedRelease::State::active && phase.day < 7 && row.started;
  if (climbs) phase.next_tick = *row.started + std::chrono::hours{24} * (std::max(phase.day, 1) + row.pause_days);
  return phase;
}

Percent percent_of(const VersionRow& row) {
  if (!is_serving_word(row.state)) return Percent();
  if (!row.phase) return k_percent_all;
  const auto phase = phase_of(*row.phase);
  const auto rung = Percent::whole(k_ladder.at(static_cast<std::size_t>(std::clamp(phase.day, 1, 7) - 1)));
  switch (phase.state) {
    case PhasedRelease::State::inactive:
      return Percent();  // live a moment ago; the ladder has not begun
    case PhasedRelease::State::active:
    case PhasedRelease::State::paused:
    case PhasedRelease::State::unknown:
      return rung;
    case PhasedRelease::State::complete:
      return k_percent_all;
  }
  return rung;
}

SeenRelease release_of(const VersionRow& row) {
  SeenRelease seen;
  seen.version = VersionName::parse(row.number).value_or(VersionName());
  if (row.build) seen.build = BuildNumber::parse(row.build->number);
  seen.status = status_of(row);
  seen.raw = raw_words(row);
  seen.percent = percent_of(row);
  // Without a phase everybody has it; where the answer leaves the phase out, nobody knows.
  const bool partial = is_serving_word(row.state) && !row.phase_told;
  seen.percent_known = seen.status != ReleaseStatus::unknown && !partial;
  seen.releases_itself = !row.release_type.empty() && row.release_type != "MANUAL" && is_before_release(seen.status);
  if (row.phase) seen.phased = phase_of(*row.phase);
  seen.notes_set = seen.status != ReleaseStatus::draft;  // what has been in review has its notes
  return seen;
}

bool was_paused_meanwhile(const VersionRow& row, const Candidate& candidate) {
  const bool paused = row.phase && row.phase->state == "PAUSED";
  const bool ran = candidate.decided_on && !candidate.decided_on->stopped;
  return paused && ran && !TRAIN_FAULT("paused_meanwhile_is_overtaken");
}

SeenBuild seen_build(const BuildRow& row) {
  SeenBuild build;
  build.number = BuildNumber::parse(row.number).value_or(BuildNumber());
  build.detail = printable(row.state, 60);
  if (row.state == "VALID") build.state = row.has_beta_detail ? BuildState::ready : BuildState::processing;
  if (row.state == "FAILED" || row.state == "INVALID") build.state = BuildState::failed;
  if (row.expired) {
    build.state = BuildState::failed;
    build.detail = "expired";
  }
  if (row.audience == "INTERNAL_ONLY") {
    build.state = BuildState::failed;
    build.detail = "INTERNAL_ONLY: built for internal testing, it can never be released";
  } else if (!row.audience.empty() && row.audience != "APP_STORE_ELIGIBLE") {
    build.state = BuildState::processing;  // held on until somebody knows what the word means
    build.detail = printable(row.state + " " + row.audience, 60);
  }
  return build;
}

const VersionRow* find_version(const std::vector<VersionRow>& rows, const VersionName& version) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const VersionRow& row) { return VersionName::parse(row.number) == version; });
  return found == rows.end() ? nullptr : &*found;
}

bool is_first_version(const std::vector<VersionRow>& rows, const VersionName& version) {
  return std::none_of(rows.begin(), rows.end(), [&](const VersionRow& row) {
    return (is_live_word(row.state) || is_removed(row)) && VersionName::parse(row.number) != version;
  });
}

std::optional<LiveVersion> live_beside(const std::vector<VersionRow>& rows, const VersionName& version) {
  const VersionRow* serving = nullptr;
  const VersionRow* replaced = nullptr;
  const auto newer = [](const VersionRow& row, const VersionRow* than) {
    return than == nullptr || VersionName::parse(row.number) > VersionName::parse(than->number);
  };
  bool ours_is_live = false;
  for (const auto& row : rows) {
    const auto number = VersionName::parse(row.number);
    if (!number) continue;
    if (*number == version) {
      ours_is_live = is_serving_word(row.state);
    } else if (is_serving_word(row.state) && newer(row, serving)) {
      serving = &row;
    } else if (row.state == "REPLACED_WITH_NEW_VERSION" && *number < version && newer(row, replaced)) {
      replaced = &row;
    }
  }
  const auto* live = serving == nullptr && ours_is_live ? replaced : serving;
  if (live == nullptr) return std::nullopt;
  const auto build = live->build ? BuildNumber::parse(live->build->number) : std::nullopt;
  return LiveVersion{*VersionName::parse(live->number), build.value_or(BuildNumber())};
}

const VersionRow* slot_holder_beside(const std::vector<VersionRow>& rows, const VersionName& version) {
  for (const auto& row : rows) {
    if (holds_the_slot(row.state) && VersionName::parse(row.number) != version) return &row;
  }
  return nullptr;
}

SlotHolder holder_of(const VersionRow& row) {
  SlotHolder holder;
  holder.version = printable(row.number, 40);
  holder.status = status_of(row);
  holder.editable = is_editable(row.state);
  holder.empty = row.state == "PREPARE_FOR_SUBMISSION" && !row.build;
  holder.raw = printable(row.state, 60);
  return holder;
}

std::string detail_of(const VersionRow& row, const std::string& app_id) {
  const auto site = "https://appstoreconnect.apple.com/apps/" + printable(app_id, 40) + "/distribution";
  const auto on_its_site = " (why stands only on Apple's site: " + site + "/reviewsubmissions)";
  if (is_removed(row)) {
    return "the whole app is off sale; Pricing and Availability on Apple's site brings it back: " + site + "/pricing";
  }
  if (row.state == "REJECTED") return "Apple rejected the version" + on_its_site;
  if (row.state == "METADATA_REJECTED") return "Apple rejected the texts or pictures, not the build" + on_its_site;
  if (row.state == "INVALID_BINARY") return "Apple found the build invalid, a newer one is needed" + on_its_site;
  if (row.state == "DEVELOPER_REJECTED") {
    return "somebody took it back from review, or removed it from its review submission: " + site +
           "/reviewsubmissions";
  }
  if (row.state == "WAITING_FOR_EXPORT_COMPLIANCE") return "Apple looks at its export compliance documents: " + site;
  if (row.state == "ACCEPTED")
    return "accepted, but another item of its submission was not: " + site + "/reviewsubmissions";
  if (row.state == "PENDING_APPLE_RELEASE") return "approved, and held by Apple until its operating system is out";
  if (row.state == "WAITING_FOR_REVIEW" || row.state == "IN_REVIEW") {
    return "approval; an expedited review is asked for by a web form: "
           "https://developer.apple.com/contact/app-store/?topic=expedite";
  }
  return {};
}

}  // namespace train::stores::app_store
