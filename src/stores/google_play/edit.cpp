#include "edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "train/base/patience.hpp"
#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

using std::chrono::seconds;

// Two runs that look at the same time end each other's edits in turn: cheap, so begun again often.
constexpr int k_edits_most = 10;
constexpr int k_upload_edits_most = 3;
constexpr int k_commits_most = 8;
constexpr seconds k_digesting{30};  // between commits while Google digests a bundle
constexpr std::array<seconds, 2> k_lost_pauses{seconds{0}, seconds{5}};  // before a commit is sent again
constexpr Duration k_edit_life{3600};                                    // where Google does not tell

template <typename T>
Called<T> understood(Result<T> parsed, const std::string& what) {
  if (parsed) return std::move(*parsed);
  Error error = parsed.error();
  error.message = what + ": " + error.message;
  return stop(CallError{std::move(error), Trouble::none});
}

bool is_over(Trouble trouble) { return trouble == Trouble::edit_lost || trouble == Trouble::already_committed; }

bool stands_as_written(const std::vector<TrackRelease>& present, const TrackRelease& wanted) {
  return std::any_of(present.begin(), present.end(), [&](const TrackRelease& seen) {
    const bool same =
        std::is_permutation(seen.codes.begin(), seen.codes.end(), wanted.codes.begin(), wanted.codes.end());
    const bool where = wanted.status != Status::in_progress || seen.countries == wanted.countries;
    return same && seen.status == wanted.status && seen.fraction == wanted.fraction && where;
  });
}

// Restricted to some countries, halted, and the store no longer says where it goes.
bool lost_its_countries(const std::vector<TrackRelease>& present, const TrackRelease& wanted) {
  if (wanted.status != Status::halted || wanted.countries.empty()) return false;
  return std::none_of(present.begin(), present.end(), [&](const TrackRelease& seen) {
    return seen.status == Status::halted && seen.countries == wanted.countries;
  });
}

}  // namespace

void Edits::tell(const std::string& sentence) const {
  if (told_) told_(sentence);
}

Called<EditDocument> Edits::open() {
  const Call call{http::Method::post, "/edits", {}, Repeat::harmless, "Opening an edit"};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  // Opening an edit invalidates all earlier edits of this account.
  keep_->forget();
  return understood(parse_edit(*answer), call.what);
}

Called<std::string> Edits::open_kept() {
  const Instant now = caller_->clock().now();
  if (const auto kept = keep_->edit(now)) return kept->id;
  const auto edit = open();
  if (!edit) return stop(edit.error());
  keep_->begin({edit->id, edit->expires.value_or(now + k_edit_life), {}});
  return edit->id;
}

void Edits::drop(const std::string& edit) {
  // An edit left open harms nobody and expires by itself: whether this works is of no interest.
  static_cast<void>(
      caller_->call({http::Method::del, "/edits/" + percent_encode(edit), {}, Repeat::never, "Closing an edit"}));
}

Called<std::vector<TrackRelease>> Edits::read_track(const std::string& edit) {
  const std::string path = fmt::format("/edits/{}/tracks/{}", percent_encode(edit), percent_encode(track_));
  const Call call{http::Method::get, path, {}, Repeat::harmless, fmt::format("Reading track {}", track_)};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_track(*answer), call.what);
}

Called<std::vector<std::string>> Edits::list_track_names(const std::string& edit) {
  const std::string path = fmt::format("/edits/{}/tracks", percent_encode(edit));
  const Call call{http::Method::get, path, {}, Repeat::harmless, "Listing the tracks"};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_track_names(*answer), call.what);
}

Called<std::vector<Bundle>> Edits::list_bundles(const std::string& edit) {
  const Call call{http::Method::get,
                  fmt::format("/edits/{}/bundles", percent_encode(edit)),
                  {},
                  Repeat::harmless,
                  "Listing bundles"};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_bundles(*answer), call.what);
}

Called<std::vector<Bundle>> Edits::list_apks(const std::string& edit) {
  const std::string path = fmt::format("/edits/{}/apks", percent_encode(edit));
  const Call call{http::Method::get, path, {}, Repeat::harmless, "Listing APKs"};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_apks(*answer), call.what);
}

Called<std::vector<Summary>> Edits::read_summaries() {
  const Call call{http::Method::get,
                  fmt::format("/tracks/{}/releases", percent_encode(track_)),
                  {},
                  Repeat::harmless,
                  fmt::format("Listing the releases on track {}", track_)};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_summaries(*answer), call.what);
}

Called<Done> Edits::put_track(const std::string& edit, const std::vector<TrackRelease>& releases) {
  const std::string path = fmt::format("/edits/{}/tracks/{}", percent_encode(edit), percent_encode(track_));
  const auto written = caller_->call({http::Method::put, path, track_body(track_, releases), Repeat::harmless,
                                      fmt::format("Writing track {}", track_)});
  if (!written) return stop(written.error());
  return Done{};
}

Called<Done> Edits::write_track(const std::string& edit, const std::vector<TrackRelease>& releases) {
  if (const auto written = put_track(edit, releases); !written) return written;
  const auto present = read_track(edit);
  if (!present) return stop(present.error());
  for (const TrackRelease& wanted : releases) {
    if (lost_its_countries(*present, wanted)) {
      tell(
          fmt::format("{} went to {} only; halted, Google Play does not show that. Look at its countries in the Play "
                      "Console before it is resumed.",
                      printable(wanted.name, 80), wanted.countries));
    }
    if (stands_as_written(*present, wanted)) continue;
    return stop(ErrorKind::refused,
                fmt::format("Google Play accepted the list of track {} of {}, but does not show release {} as {}.",
                            track_, caller_->package(), printable(wanted.name, 80), wanted.status_word),
                "Nothing was committed. Look at the track in the Play Console.");
  }
  return Done{};
}

Called<Done> Edits::validate(const std::string& edit) {
  const std::string path = fmt::format("/edits/{}:validate", percent_encode(edit));
  const auto answer = caller_->call({http::Method::post, path, {}, Repeat::harmless, "Validating the edit"});
  if (!answer) return stop(answer.error());
  return Done{};
}

Called<std::string> Edits::send_commit(const std::string& edit, const Wish& wish) {
  const std::string path = fmt::format("/edits/{}:commit?changesInReviewBehavior={}{}", percent_encode(edit),
                                       wish.cancels ? "CANCEL_IN_REVIEW_AND_SUBMIT" : "ERROR_IF_IN_REVIEW",
                                       wish.held ? "&changesNotSentForReview=true" : "");
  const auto answer = caller_->call({http::Method::post, path, {}, Repeat::never, "Committing the edit"});
  if (!answer) return answer;
  // A page of a captive portal is a 200 as well.
  const auto seen = parse_edit(*answer);
  if (seen && seen->id == edit) return seen->id;
  return stop(CallError{Error{ErrorKind::unknown_outcome, "Committing the edit: the answer was not Google's.", ""},
                        Trouble::ambiguous});
}

void Edits::tell_committed(const Wish& wish, bool lost) {
  if (wish.held) {
    tell(
        "The changes are committed, but Google Play does not send them for review by itself: press \"Send for "
        "review\" in the Play Console (Publishing overview).");
  }
  if (wish.cancels) {
    tell(
        "Google Play was reviewing changes of this app: they were taken out of review and sent again together with the "
        "halt, so their review begins anew. The Play Console lists them (Publishing overview).");
  }
  if (lost) tell("The answer to the commit was lost; the same edit was committed again.");
}

Called<Done> Edits::commit(const std::string& edit, InReview in_review) {
  Wish wish;
  std::size_t lost = 0;
  for (int attempt = 1;; ++attempt) {
    const auto answer = send_commit(edit, wish);
    const Trouble trouble = answer ? Trouble::none : answer.error().trouble;
    if (trouble == Trouble::already_committed) {
      if (lost > 0) tell("The answer to the commit was lost; Google Play says that it had taken effect.");
      return Done{};
    }
    if (answer) {
      patience_of_thread().note_acceptance();
      tell_committed(wish, lost > 0);
      return Done{};
    }
    if (trouble == Trouble::ambiguous) {
      lost_answer_ = true;
      if (lost == k_lost_pauses.size() || !caller_->wait(k_lost_pauses[lost])) return stop(answer.error());
      ++lost;
      continue;
    }
    const bool other_flag = trouble == Trouble::flag_wanted || trouble == Trouble::flag_unwanted;
    const bool may_cancel = trouble == Trouble::in_review && in_review == InReview::cancel && !wish.cancels;
    const bool again = other_flag || may_cancel || trouble == Trouble::still_processing;
    if (!again || attempt >= k_commits_most) return stop(answer.error());
    if (other_flag) wish.held = trouble == Trouble::flag_wanted;
    if (may_cancel) wish.cancels = true;
    if (trouble == Trouble::still_processing && !caller_->wait(k_digesting)) return stop(answer.error());
  }
}

Called<Edits::Left> Edits::in_edit(const Work& work) {
  for (int attempt = 1;; ++attempt) {
    const auto edit = open();
    if (!edit) return stop(edit.error());
    auto left = work(edit->id);
    if (left) {
      if (*left == Left::open) drop(edit->id);
      return left;
    }
    const Trouble trouble = left.error().trouble;
    if (trouble != Trouble::edit_lost && trouble != Trouble::ambiguous) drop(edit->id);
    if (trouble != Trouble::edit_lost || attempt == k_edits_most) return left;
  }
}

Called<Edits::Left> Edits::look(const Work& read) {
  const auto kept = keep_->edit(caller_->clock().now());
  if (!kept) return in_edit(read);
  auto seen = read(kept->id);
  if (seen || !is_over(seen.error().trouble)) return seen;
  keep_->forget();
  return in_edit(read);
}

Called<Edits::Left> Edits::in_upload_edit(const Work& work) {
  for (int attempt = 1;; ++attempt) {
    const auto edit = open_kept();
    if (!edit) return stop(edit.error());
    auto left = work(*edit);
    if (left) {
      keep_->forget();
      if (*left == Left::open) drop(*edit);
      return left;
    }
    const CallError& failed = left.error();
    if (is_over(failed.trouble)) keep_->forget();
    // What the store refused is of no use; what did not get through lies there and is gone on with.
    if (failed.error.kind == ErrorKind::refused && failed.trouble != Trouble::in_review) {
      keep_->forget();
      drop(*edit);
    }
    if (!is_over(failed.trouble) || attempt == k_upload_edits_most) return left;
  }
}

Result<Done> Edits::settle(const Error& lost, const std::function<Called<bool>(const std::string& edit)>& stands) {
  for (const seconds pause : k_looks) {
    if (pause.count() > 0 && !caller_->wait(pause)) break;
    bool seen = false;
    const auto looked = in_edit([&](const std::string& edit) -> Called<Left> {
      const auto answer = stands(edit);
      if (!answer) return stop(answer.error());
      seen = *answer;
      return Left::open;
    });
    if (!looked || !seen) continue;
    if (take_lost_answer()) tell("The answer to the commit was lost; the store shows that it had taken effect.");
    return Done{};
  }
  return fail(ErrorKind::unknown_outcome, lost.message + " The store does not show the change.",
              "Run `train advance` again: it looks before it acts.");
}

}  // namespace train::stores::google_play
