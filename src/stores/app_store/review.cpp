#include <fmt/format.h>

#include <algorithm>

#include "store.hpp"
#include "train/base/text.hpp"
#include "train/domain/review.hpp"

namespace train::stores::app_store {
namespace {

constexpr Duration k_cancelled_within{120};
constexpr Duration k_ready_within{150};
constexpr std::string_view k_open_states =
    "READY_FOR_REVIEW,WAITING_FOR_REVIEW,IN_REVIEW,UNRESOLVED_ISSUES,CANCELING,COMPLETING";

bool is_passing(std::string_view state) { return state == "CANCELING" || state == "COMPLETING"; }

// On its way, or out: there is nothing left to hand in.
bool needs_no_submission(ReleaseStatus status) { return is_handed_in(status) && status != ReleaseStatus::superseded; }

tl::unexpected<Error> held_by_others(const VersionRow& row, const SubmissionRow& submission, std::string_view why) {
  return fail(ErrorKind::refused,
              fmt::format("Cannot submit {}: the review submission {} ({}) {}.", row.number, submission.id,
                          printable(submission.state, 40), why),
              "Finish or cancel it in App Store Connect; train does not touch what others submit.");
}

}  // namespace

bool AppStore::Submission::holds(const std::string& version_id) const {
  return std::any_of(items.begin(), items.end(),
                     [&](const ItemRow& item) { return item.version_id == version_id && item.state != "REMOVED"; });
}

bool AppStore::Submission::holds_others(const std::string& version_id) const {
  return std::any_of(items.begin(), items.end(),
                     [&](const ItemRow& item) { return item.version_id != version_id && item.state != "REMOVED"; });
}

Result<std::vector<AppStore::Submission>> AppStore::open_submissions(const std::string& app_id) {
  const Query query{{"filter[app]", app_id},
                    {"filter[platform]", "IOS"},
                    {"filter[state]", std::string(k_open_states)},
                    {"include", "items,appStoreVersionForReview"},
                    {"limit", "50"}};
  const auto document = api_.get_all("/v1/reviewSubmissions", query, "read the review submissions");
  if (!document) return tl::unexpected(document.error());
  const auto rows = read_submissions(*document);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Submission> found;
  for (const auto& row : *rows) {
    auto submission = with_items(row);
    if (!submission) return tl::unexpected(submission.error());
    found.push_back(std::move(*submission));
  }
  return found;
}

Result<AppStore::Submission> AppStore::with_items(const SubmissionRow& row) {
  Submission submission{row, {}};
  if (!row.has_items && row.version_id.empty()) return submission;
  const auto items = api_.get_all(fmt::format("/v1/reviewSubmissions/{}/items", row.id),
                                  {{"include", "appStoreVersion"}, {"limit", "200"}}, "read a review submission");
  if (!items) return tl::unexpected(items.error());
  auto read = read_items(*items);
  if (!read) return tl::unexpected(read.error());
  submission.items = std::move(*read);
  return submission;
}

Result<AppStore::Submission> AppStore::reread_submission(const std::string& submission_id) {
  const auto document = api_.get("/v1/reviewSubmissions/" + submission_id,
                                 {{"include", "items,appStoreVersionForReview"}}, "read the review submission back");
  if (!document) return tl::unexpected(document.error());
  const auto rows = read_submissions({{"data", nlohmann::json::array({document->at("data")})}});
  if (!rows) return tl::unexpected(rows.error());
  return with_items(rows->front());
}

Result<std::vector<AppStore::Submission>> AppStore::settled_submissions(const std::string& app_id) {
  std::vector<Submission> open;
  const auto settled = api_.wait_for(k_cancelled_within, [&]() -> Result<bool> {
    auto found = open_submissions(app_id);
    if (!found) return tl::unexpected(found.error());
    open = std::move(*found);
    return std::none_of(open.begin(), open.end(), [](const Submission& one) { return is_passing(one.row.state); });
  });
  if (!settled) return tl::unexpected(settled.error());
  if (*settled) return open;
  return fail(ErrorKind::rate_limited, "Cannot submit yet: Apple is still cancelling an earlier review submission.",
              "Run `train advance` again in a few minutes.");
}

Result<AppStore::Submission> AppStore::create_submission(const std::string& app_id, const VersionRow& row) {
  const auto what = fmt::format("open a review submission for {}", row.number);
  const auto written =
      api_.write(http::Method::post, "/v1/reviewSubmissions",
                 create_body("reviewSubmissions", {{"platform", "IOS"}}, {{"app", "apps", app_id}}), what);
  Submission created;
  const auto id = read_id(written.document);
  const auto shown = [&]() -> Result<bool> {
    // Lists may lag behind by minutes; the id, once we have it, does not.
    if (!id.empty()) {
      auto one = reread_submission(id);
      if (!one && one.error().kind == ErrorKind::not_found) return false;
      if (!one) return tl::unexpected(one.error());
      created = std::move(*one);
      return true;
    }
    // It has no natural key: whichever open one is empty is as good as ours.
    const auto open = open_submissions(app_id);
    if (!open) return tl::unexpected(open.error());
    for (const auto& submission : *open) {
      const bool usable = submission.row.state == "READY_FOR_REVIEW" && !submission.holds_others(row.id);
      if (usable) created = submission;
    }
    return !created.row.id.empty();
  };
  const auto done = api_.settle(written, shown, what);
  if (!done) return tl::unexpected(done.error());
  return created;
}

Result<AppStore::Submission> AppStore::ensure_submission(const std::string& app_id, const VersionRow& row) {
  const auto open = settled_submissions(app_id);
  if (!open) return tl::unexpected(open.error());
  for (const auto& submission : *open) {
    if (!submission.holds(row.id)) continue;
    if (submission.holds_others(row.id)) return held_by_others(row, submission.row, "also holds other items");
    return submission;
  }
  for (const auto& submission : *open) {
    const bool draft = submission.row.state == "READY_FOR_REVIEW";
    if (draft && submission.holds_others(row.id)) return held_by_others(row, submission.row, "holds other items");
    if (draft) return submission;
    if (!submission.row.version_id.empty()) return held_by_others(row, submission.row, "is about another version");
  }
  return create_submission(app_id, row);
}

Result<Done> AppStore::ensure_item(const Submission& submission, const VersionRow& row) {
  if (submission.holds(row.id)) return Done{};
  const auto what = fmt::format("add {} to its review submission", row.number);
  const auto written = api_.write(http::Method::post, "/v1/reviewSubmissionItems",
                                  create_body("reviewSubmissionItems", nlohmann::json::object(),
                                              {{"reviewSubmission", "reviewSubmissions", submission.row.id},
                                               {"appStoreVersion", "appStoreVersions", row.id}}),
                                  what);
  const auto shown = [&]() -> Result<bool> {
    const auto items = api_.get_all(fmt::format("/v1/reviewSubmissions/{}/items", submission.row.id),
                                    {{"include", "appStoreVersion"}, {"limit", "200"}}, what);
    if (!items) return tl::unexpected(items.error());
    return read_items(*items).map([&](const std::vector<ItemRow>& rows) {
      return Submission{submission.row, rows}.holds(row.id);
    });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::resolve_items(const Submission& submission) {
  for (const auto& item : submission.items) {
    if (item.state != "REJECTED") continue;
    const auto what = std::string("mark the rejected item as resolved");
    const auto written = api_.write(http::Method::patch, "/v1/reviewSubmissionItems/" + item.id,
                                    update_body("reviewSubmissionItems", item.id, {{"resolved", true}}), what);
    // Whether Apple wants this before a second submission is not documented: what counts is the submission itself.
    if (written.certainty == Written::Certainty::refused && written.error.kind == ErrorKind::auth) {
      return tl::unexpected(written.error);
    }
  }
  return Done{};
}

Result<Done> AppStore::send_to_review(const Submission& submission, const VersionRow& row) {
  const auto what = fmt::format("submit {} for review", row.number);
  const auto written = api_.write(http::Method::patch, "/v1/reviewSubmissions/" + submission.row.id,
                                  update_body("reviewSubmissions", submission.row.id, {{"submitted", true}}), what);
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return needs_no_submission(status_of(again)); });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::submit(const Candidate& candidate) {
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, "submit it for review");
  if (!row) return tl::unexpected(row.error());
  if (needs_no_submission(status_of(*row))) return same_build(*row, candidate, "take as submitted");
  if (!is_editable(row->state)) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot submit {}: the version is {}.", row->number, printable(row->state, 60)),
                "Run `train status --refresh`.");
  }
  if (const auto same = same_build(*row, candidate, "submit"); !same) return same;
  if (const auto manual = ensure_manual_release(*row); !manual) return manual;
  if (const auto phase = ensure_phase(*shelf, *row, candidate); !phase) return phase;
  return put_into_review(*shelf, *row);
}

Result<Done> AppStore::put_into_review(const Shelf& shelf, const VersionRow& row) {
  const auto submission = ensure_submission(shelf.app_id, row);
  if (!submission) return tl::unexpected(submission.error());
  if (const auto item = ensure_item(*submission, row); !item) return item;
  if (submission->row.state == "UNRESOLVED_ISSUES") {
    if (const auto resolved = resolve_items(*submission); !resolved) return resolved;
    return send_to_review(*submission, row);
  }
  // Not ready in time is not the end: the submission itself then says what is missing.
  const auto ready = api_.wait_for(k_ready_within, [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return again.state != "PREPARE_FOR_SUBMISSION"; });
  });
  if (!ready) return tl::unexpected(ready.error());
  return send_to_review(*submission, row);
}

Result<Done> AppStore::cancel_submission(const Candidate& candidate) {
  const Api::Reserve reserve(api_);
  const auto what = fmt::format("take {} back from review", candidate.version.text());
  const auto shelf = look_at(candidate.version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto row = wanted(*shelf, candidate.version, what);
  if (!row) return tl::unexpected(row.error());
  const auto status = status_of(*row);
  if (status == ReleaseStatus::approved || row->state == "PENDING_APPLE_RELEASE") {
    return withdraw_approved(*shelf, *row, what);
  }
  if (needs_no_submission(status) && !is_in_review(status)) {
    return fail(ErrorKind::refused, fmt::format("Cannot {}: it is {} already.", what, printable(row->state, 60)),
                "What is released cannot be taken back: only a newer version follows it.");
  }
  const auto open = open_submissions(shelf->app_id);
  if (!open) return tl::unexpected(open.error());
  const auto ours = std::find_if(open->begin(), open->end(), [&](const Submission& one) { return one.holds(row->id); });
  if (ours == open->end()) return Done{};
  if (ours->holds_others(row->id)) return held_by_others(*row, ours->row, "also holds other items");
  return take_back(*ours, *row, what);
}

Result<Done> AppStore::take_back(const Submission& submission, const VersionRow& row, std::string_view what) {
  const bool unsent = submission.row.state == "READY_FOR_REVIEW";
  Written written;
  if (unsent) {
    written = api_.write(http::Method::del, "/v1/reviewSubmissionItems/" + submission.items.front().id, "", what);
  } else if (is_passing(submission.row.state)) {
    written.certainty = Written::Certainty::accepted;
  } else {
    written = api_.write(http::Method::patch, "/v1/reviewSubmissions/" + submission.row.id,
                         update_body("reviewSubmissions", submission.row.id, {{"canceled", true}}), what);
  }
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([&](const VersionRow& again) {
      return unsent ? again.state != "READY_FOR_REVIEW" : status_of(again) == ReleaseStatus::withdrawn;
    });
  };
  return api_.settle(written, shown, what);
}

// An approved version's submission is COMPLETE and cannot be cancelled. Apple's older resource, deprecated and without
// a successor, is what its own site uses to withdraw one.
Result<Done> AppStore::withdraw_approved(const Shelf& shelf, const VersionRow& row, std::string_view what) {
  const auto by_hand = fmt::format(
      "Withdraw it by hand: https://appstoreconnect.apple.com/apps/{}/distribution, \"Cancel this release\".",
      shelf.app_id);
  const auto document = api_.get(fmt::format("/v1/appStoreVersions/{}/appStoreVersionSubmission", row.id), {}, what);
  if (!document && document.error().kind != ErrorKind::not_found) return tl::unexpected(document.error());
  const auto id = document ? read_id(*document) : std::string();
  if (id.empty()) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot {}: it is approved, and App Store Connect offers no submission to withdraw.", what),
                by_hand);
  }
  auto written = api_.write(http::Method::del, "/v1/appStoreVersionSubmissions/" + id, "", what);
  if (written.certainty == Written::Certainty::refused) written.error.hint += " " + by_hand;
  const auto shown = [&]() -> Result<bool> {
    return reread(row.id).map([](const VersionRow& again) { return status_of(again) == ReleaseStatus::withdrawn; });
  };
  return api_.settle(written, shown, what);
}

}  // namespace train::stores::app_store
