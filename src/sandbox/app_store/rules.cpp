#include <algorithm>
#include <array>

#include "app_store/model.hpp"

namespace train::sandbox::app_store {
namespace {

constexpr std::array<int, 7> k_ladder{1, 2, 5, 10, 20, 50, 100};

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void pause(Phase& phase, Instant now) {
  phase.active_before += now - phase.active_since.value_or(now);
  phase.active_since.reset();
  phase.paused_since = now;
}

void resume(Phase& phase, Instant now) {
  phase.paused_before += now - phase.paused_since.value_or(now);
  phase.paused_since.reset();
  phase.active_since = now;
}

}  // namespace

bool is_editable(std::string_view state) {
  return one_of(state, {k_draft, k_ready_for_review, k_rejected, k_withdrawn, "METADATA_REJECTED", "INVALID_BINARY"});
}

bool holds_the_slot(std::string_view state) { return state != k_live && state != k_replaced; }

bool is_open(std::string_view state) { return state != k_complete; }

bool is_first_version(const Model& model, const Version& version) {
  return std::none_of(model.versions.begin(), model.versions.end(), [&](const Version& other) {
    return other.app_id == version.app_id && other.id != version.id && !holds_the_slot(other.state);
  });
}

int percent_of(const Version& version) {
  if (version.state != k_live) return 0;
  if (!version.phase || version.phase->state == k_complete) return 100;
  if (version.phase->state == k_inactive) return 0;
  const auto rung = static_cast<std::size_t>(std::clamp(version.phase->day, 1, 7) - 1);
  return k_ladder.at(rung);
}

Version& add_version(Model& model, const AppRow& app, std::string number, Instant now) {
  Version version;
  version.id = model.new_id();
  version.app_id = app.id;
  version.number = std::move(number);
  version.created = now;
  std::vector<std::string> locales{"en-US"};
  for (const auto& other : model.versions) {
    if (other.app_id != app.id) continue;
    locales.clear();
    for (const auto& localization : other.localizations) locales.push_back(localization.locale);
  }
  for (const auto& locale : locales) version.localizations.push_back(Localization{model.new_id(), locale, "", {}});
  model.versions.push_back(std::move(version));
  return model.versions.back();
}

std::vector<std::string> missing_for_review(const Model& model, const Version& version) {
  std::vector<std::string> missing;
  const auto* build = model.find_build(version.build_id);
  if (build == nullptr) {
    missing.emplace_back("The provided entity is missing a required relationship - You must choose a build.");
  } else if (VersionName::parse(build->marketing) != VersionName::parse(version.number)) {
    missing.emplace_back("The build's version does not match - You must choose a build of " + version.number + ".");
  } else if (!build->uses_encryption) {
    missing.emplace_back("You must provide a value for the attribute 'usesNonExemptEncryption' with this request");
  }
  if (is_first_version(model, version)) return missing;
  for (const auto& localization : version.localizations) {
    if (!localization.whats_new.empty()) continue;
    missing.push_back("You must provide a value for the attribute 'whatsNew' with this request - " +
                      localization.locale);
  }
  return missing;
}

void enter_review(Model& model, Submission& submission, Instant now) {
  submission.state = k_waiting;
  submission.submitted = now;
  for (auto& item : submission.items) {
    item.state = k_ready_for_review;
    auto* version = model.find_version(item.version_id);
    if (version == nullptr) continue;
    version->state = k_waiting;
    version->submitted = now;
    version->due = now + k_queue_time;
  }
}

Refusal cancel(Model& model, Submission& submission, Instant now) {
  if (!one_of(submission.state, {k_waiting, k_in_review, k_unresolved})) {
    return "Resource is not in cancellable state";
  }
  submission.state = k_canceling;
  submission.cancel_due = now + k_cancel_time;
  for (const auto& item : submission.items) {
    // The review stops with the request; the version's own state follows when the cancelling is through.
    if (auto* version = model.find_version(item.version_id)) version->due.reset();
  }
  return std::nullopt;
}

bool decide_review(Model& model, Version& version, bool approved, Instant now) {
  if (version.state != k_waiting && version.state != k_in_review) return false;
  auto* submission = model.find_submission_of_version(version.id);
  if (submission == nullptr || submission->state == k_canceling) return false;
  for (auto& item : submission->items) {
    if (item.version_id == version.id) item.state = approved ? "APPROVED" : "REJECTED";
  }
  submission->state = approved ? k_complete : k_unresolved;
  version.due.reset();
  if (!approved) {
    version.state = k_rejected;
    return true;
  }
  version.state = k_approved;
  if (version.release_type == "AFTER_APPROVAL") request_release(version, now);
  // A date that has passed releases at once.
  if (version.release_type == "SCHEDULED") version.due = std::max(now, version.earliest.value_or(now));
  return true;
}

Refusal request_release(Version& version, Instant now) {
  if (version.state != k_approved) {
    return "The version is not in a valid state for a release request - " + version.state;
  }
  version.state = k_releasing;
  version.due = now + k_distribution_time;
  return std::nullopt;
}

Refusal set_phase_state(Version& version, std::string_view state, Instant now) {
  auto& phase = *version.phase;
  if (phase.state == k_complete) return "You cannot change the state of a phased release that is in a final state.";
  if (phase.state == state) return "The phased release already has this value.";
  if (version.state != k_live) return "The phased release can only be changed once the version is released.";
  if (state == k_inactive) return "A phased release that has started cannot become inactive.";
  if (phase.state == k_inactive) return "The phased release has not started.";
  if (state == k_paused) {
    pause(phase, now);
  } else if (state == k_active) {
    resume(phase, now);
  } else {
    if (phase.state == k_paused) resume(phase, now);
    phase.active_since.reset();
  }
  phase.state = state;
  return std::nullopt;
}

int pause_days(const Phase& phase, Instant now) {
  const auto running = phase.paused_since ? now - *phase.paused_since : Duration{0};
  return static_cast<int>((phase.paused_before + running) / k_day);
}

}  // namespace train::sandbox::app_store
