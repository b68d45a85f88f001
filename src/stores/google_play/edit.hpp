// Edits: Google Play's transactions. One is open at a time per account; what is not committed is lost. A commit is sent
// with ERROR_IF_IN_REVIEW, always: without it Google cancels a review that runs.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "caller.hpp"
#include "errors.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

class Edits {
 public:
  Edits(Caller& caller, std::string track) : caller_(&caller), track_(std::move(track)) {}

  // What follows is about `track`; the one before.
  std::string swap_track(std::string track) { return std::exchange(track_, std::move(track)); }

  Called<std::vector<Release>> read_track(const std::string& edit);
  Called<std::vector<Bundle>> list_bundles(const std::string& edit);
  // Writes the whole list and reads it back in the edit: an update that changed nothing is answered like one that did.
  Called<Done> write_track(const std::string& edit, const std::vector<Release>& releases);
  // `ambiguous` when the answer was lost. What the store refuses to send for review by itself is committed held: a
  // person then presses "Send for review" in the console, and the release shows as NOT_SENT_FOR_REVIEW.
  Called<Done> commit(const std::string& edit);
  // No edit needed; knows neither fractions nor halts.
  Called<std::vector<Summary>> read_summaries();

  // Runs `work` in a new edit. When the edit is ended by somebody else meanwhile, `work` starts over in another one, at
  // most twice more. The edit is deleted unless `work` committed it.
  enum class Left { open, committed };
  using Work = std::function<Called<Left>(const std::string& edit)>;
  Called<Left> in_edit(const Work& work);

 private:
  Called<std::string> open();
  void drop(const std::string& edit);

  Caller* caller_;
  std::string track_;
};

}  // namespace train::stores::google_play
