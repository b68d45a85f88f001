#include <algorithm>

#include "app_store/model.hpp"
#include "app_store/testflight.hpp"

namespace train::sandbox::app_store {
namespace {

std::optional<Instant> next_tick(const Version& version) {
  if (version.state != k_live || !version.phase || version.phase->state != k_active) return std::nullopt;
  return version.phase->active_since.value_or(Instant{}) + (k_day - version.phase->active_before);
}

void tick(Phase& phase, Instant at) {
  ++phase.day;
  phase.active_before = Duration{0};
  phase.active_since = at;
  if (phase.day <= 7) return;
  phase.state = k_complete;
  phase.active_since.reset();
}

void go_live(Model& model, Version& version, Instant at) {
  if (auto* old = model.live_version(version.app_id)) {
    old->state = k_replaced;
    if (old->phase) {
      old->phase->state = k_complete;
      old->phase->active_since.reset();
    }
    version.replaces_id = old->id;
  }
  version.state = k_live;
  version.due.reset();
  if (!version.phase) return;
  version.phase->state = k_active;
  version.phase->day = 1;
  version.phase->started = at;
  version.phase->active_since = at;
}

void move_on(Model& model, Version& version, Instant at) {
  if (version.state == k_waiting) {
    version.state = k_in_review;
    version.due = version.submitted.value_or(at) + k_review_time;
    if (auto* submission = model.find_submission_of_version(version.id)) submission->state = k_in_review;
  } else if (version.state == k_in_review) {
    decide_review(model, version, true, at);
  } else if (version.state == k_approved) {
    request_release(version, at);
  } else if (version.state == k_releasing) {
    go_live(model, version, at);
  } else {
    version.due.reset();
  }
}

void end_cancel(Model& model, Submission& submission) {
  submission.state = k_complete;
  submission.cancel_due.reset();
  for (auto& item : submission.items) {
    item.state = "REMOVED";
    if (auto* version = model.find_version(item.version_id)) version->state = k_withdrawn;
  }
}

void earlier(std::optional<Instant>& first, const std::optional<Instant>& other) {
  if (other && (!first || *other < *first)) first = other;
}

}  // namespace

std::optional<Instant> next_due(const Model& model) {
  std::optional<Instant> first;
  for (const auto& build : model.builds) {
    earlier(first, build.processed_at);
    earlier(first, build.beta.due);
  }
  for (const auto& upload : model.uploads) earlier(first, upload.due);
  for (const auto& submission : model.submissions) earlier(first, submission.cancel_due);
  for (const auto& version : model.versions) {
    earlier(first, version.due);
    earlier(first, next_tick(version));
  }
  return first;
}

void apply_due(Model& model, Instant at) {
  for (auto& build : model.builds) {
    if (build.beta.due == at) move_beta_on(build, at);
    if (build.processed_at != at) continue;
    build.state = "VALID";
    build.processed_at.reset();
  }
  finish_checks(model, at);
  for (auto& submission : model.submissions) {
    if (submission.cancel_due == at) end_cancel(model, submission);
  }
  for (auto& version : model.versions) {
    // A version that goes live at this very instant must not tick with its own start.
    if (next_tick(version) == at) tick(*version.phase, at);
    if (version.due == at) move_on(model, version, at);
  }
}

std::map<std::string, int> shares_of(const Model& model, const AppRow& app) {
  std::map<std::string, int> shares;
  for (const auto& version : model.versions) {
    if (version.app_id != app.id) continue;
    shares.emplace(version.number, 0);
    if (version.state != k_live) continue;
    const int percent = percent_of(version);
    shares[version.number] = percent;
    if (const auto* before = model.find_version(version.replaces_id)) shares[before->number] = 100 - percent;
  }
  return shares;
}

}  // namespace train::sandbox::app_store
