#include "edit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

using std::chrono::seconds;

constexpr int k_edits_most = 3;
constexpr int k_commits_most = 8;
constexpr seconds k_digesting{30};  // between commits while Google digests a bundle

template <typename T>
Called<T> understood(Result<T> parsed, const std::string& what) {
  if (parsed) return std::move(*parsed);
  Error error = parsed.error();
  error.message = what + ": " + error.message;
  return stop(CallError{std::move(error), Trouble::none});
}

bool stands_as_written(const std::vector<Release>& present, const Release& wanted) {
  return std::any_of(present.begin(), present.end(), [&](const Release& seen) {
    return seen.codes == wanted.codes && seen.status == wanted.status && seen.fraction == wanted.fraction;
  });
}

}  // namespace

Called<std::string> Edits::open() {
  const Call call{http::Method::post, "/edits", {}, Repeat::harmless, "Opening an edit"};
  auto answer = caller_->call(call);
  if (!answer) return answer;
  return understood(parse_edit_id(*answer), call.what);
}

void Edits::drop(const std::string& edit) {
  // An edit left open harms nobody and expires by itself: whether this works is of no interest.
  static_cast<void>(
      caller_->call({http::Method::del, "/edits/" + percent_encode(edit), {}, Repeat::never, "Closing an edit"}));
}

Called<std::vector<Release>> Edits::read_track(const std::string& edit) {
  const std::string path = fmt::format("/edits/{}/tracks/{}", percent_encode(edit), percent_encode(track_));
  const Call call{http::Method::get, path, {}, Repeat::harmless, fmt::format("Reading track {}", track_)};
  auto answer = caller_->call(call);
  if (!answer) return stop(answer.error());
  return understood(parse_track(*answer), call.what);
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

Called<Done> Edits::write_track(const std::string& edit, const std::vector<Release>& releases) {
  const std::string path = fmt::format("/edits/{}/tracks/{}", percent_encode(edit), percent_encode(track_));
  const auto written = caller_->call({http::Method::put, path, track_body(track_, releases), Repeat::harmless,
                                      fmt::format("Writing track {}", track_)});
  if (!written) return stop(written.error());
  const auto present = read_track(edit);
  if (!present) return stop(present.error());
  for (const Release& wanted : releases) {
    if (stands_as_written(*present, wanted)) continue;
    return stop(ErrorKind::refused,
                fmt::format("Google Play accepted the list of track {} of {}, but does not show release {} as {}.",
                            track_, caller_->package(), printable(wanted.name, 80), wanted.status_word),
                "Nothing was committed. Look at the track in the Play Console.");
  }
  return Done{};
}

Called<Done> Edits::commit(const std::string& edit) {
  bool held = false;
  for (int attempt = 1;; ++attempt) {
    const std::string path = fmt::format("/edits/{}:commit?changesInReviewBehavior=ERROR_IF_IN_REVIEW{}",
                                         percent_encode(edit), held ? "&changesNotSentForReview=true" : "");
    const auto answer = caller_->call({http::Method::post, path, {}, Repeat::never, "Committing the edit"});
    if (answer) {
      // A page of a captive portal is a 200 as well.
      const auto id = parse_edit_id(*answer);
      if (id && *id == edit) return Done{};
      return stop(CallError{Error{ErrorKind::unknown_outcome, "Committing the edit: the answer was not Google's.", ""},
                            Trouble::ambiguous});
    }
    const Trouble trouble = answer.error().trouble;
    if (trouble == Trouble::already_committed) return Done{};
    const bool other_flag = trouble == Trouble::flag_wanted || trouble == Trouble::flag_unwanted;
    const bool again = other_flag || trouble == Trouble::still_processing;
    if (!again || attempt == k_commits_most) return stop(answer.error());
    if (other_flag) held = trouble == Trouble::flag_wanted;
    if (trouble == Trouble::still_processing && !caller_->wait(k_digesting)) return stop(answer.error());
  }
}

Called<Edits::Left> Edits::in_edit(const Work& work) {
  for (int attempt = 1;; ++attempt) {
    const auto edit = open();
    if (!edit) return stop(edit.error());
    auto left = work(*edit);
    if (left) {
      if (*left == Left::open) drop(*edit);
      return left;
    }
    const Trouble trouble = left.error().trouble;
    if (trouble != Trouble::edit_lost && trouble != Trouble::ambiguous) drop(*edit);
    if (trouble != Trouble::edit_lost || attempt == k_edits_most) return left;
  }
}

}  // namespace train::stores::google_play
