// Edits: Google Play's transactions. One is open at a time per account; what is not committed is lost. A commit is sent
// with ERROR_IF_IN_REVIEW: without it Google cancels a review that runs. Only a stop may cancel one.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "caller.hpp"
#include "errors.hpp"
#include "kept.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

// When to look again after an answer was lost, or before a commit shows: at once, then these pauses.
inline constexpr std::array<std::chrono::seconds, 3> k_looks{std::chrono::seconds{0}, std::chrono::seconds{5},
                                                             std::chrono::seconds{20}};

// What a commit does to whatever is with Google's reviewers.
enum class InReview {
  error,   // it stays there, and the commit is refused
  cancel,  // where the commit was refused for it: it is taken out, and sent again together with the commit
};

// Takes one sentence a person should hear although the step went well.
using Told = std::function<void(const std::string& sentence)>;

class Edits {
 public:
  Edits(Caller& caller, Keep& keep, std::string track, Told told)
      : caller_(&caller), keep_(&keep), track_(std::move(track)), told_(std::move(told)) {}

  // What follows is about `track`; the one before.
  std::string swap_track(std::string track) { return std::exchange(track_, std::move(track)); }

  Called<std::vector<TrackRelease>> read_track(const std::string& edit);
  Called<std::vector<std::string>> list_track_names(const std::string& edit);  // as the API calls them
  Called<std::vector<Bundle>> list_bundles(const std::string& edit);
  Called<std::vector<Bundle>> list_apks(const std::string& edit);
  // Writes the whole list and takes the store's word for it: for a commit that is looked at afterwards.
  Called<Done> put_track(const std::string& edit, const std::vector<TrackRelease>& releases);
  // Writes the whole list and reads it back in the edit: an update that changed nothing is answered like one that did.
  Called<Done> write_track(const std::string& edit, const std::vector<TrackRelease>& releases);
  // What a commit would say, without one.
  Called<Done> validate(const std::string& edit);
  // When the answer was lost, the same edit is committed again: Google applies an edit once, and says so. Then
  // `edit_lost` means that somebody ended it, so that it will not be applied later; `ambiguous`, that no answer came
  // to any of them. What the store refuses to send for review by itself is committed held: a person then presses
  // "Send for review" in the console, and the release shows as NOT_SENT_FOR_REVIEW.
  Called<Done> commit(const std::string& edit, InReview in_review = InReview::error);
  // Whether the answer to a commit was lost since this was asked last.
  bool take_lost_answer() { return std::exchange(lost_answer_, false); }
  void tell(const std::string& sentence) const;
  // No edit needed; knows neither fractions nor halts.
  Called<std::vector<Summary>> read_summaries();

  enum class Left { open, committed };
  using Work = std::function<Called<Left>(const std::string& edit)>;
  // Runs `work` in a new edit. When the edit is ended by somebody else meanwhile, `work` starts over in another one, at
  // most nine times more. The edit is deleted unless `work` committed it.
  Called<Left> in_edit(const Work& work);
  // Only reads. While an upload's edit is kept open, through that one: another would end it.
  Called<Left> look(const Work& read);
  // For an upload: in the edit that is kept, if there is one, so that it goes on where it stopped; else in a new one,
  // which is kept until it is committed or of no use any more. Begins again at most twice.
  Called<Left> in_upload_edit(const Work& work);
  // The answer to a commit was lost: whether what the store shows now is what was wanted. Looks in new edits, which end
  // the earlier one, so that what is not there by then does not come later. `unknown_outcome` when it is not shown.
  Result<Done> settle(const Error& lost, const std::function<Called<bool>(const std::string& edit)>& stands);

 private:
  Called<EditDocument> open();
  Called<std::string> open_kept();
  void drop(const std::string& edit);
  struct Wish {
    bool held = false;  // not sent for review
    bool cancels = false;
  };
  Called<std::string> send_commit(const std::string& edit, const Wish& wish);
  void tell_committed(const Wish& wish, bool lost);

  Caller* caller_;
  Keep* keep_;
  std::string track_;
  Told told_;
  bool lost_answer_ = false;
};

}  // namespace train::stores::google_play
