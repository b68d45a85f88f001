// Who runs `advance`: one runner, or several at the same time, each with its own adapters and its own hold of the log.
// Inside the room.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stage.hpp"
#include "train/runner/runner.hpp"
#include "witness.hpp"

namespace train::rehearsal {

class Runners {
 public:
  Runners(Stage& stage, runner::Wire wire, Witness& witness, Scribe& scribe)
      : stage_(stage), wire_(std::move(wire)), witness_(witness), scribe_(scribe) {}

  Result<Done> set_count(int count);  // `definition` and so on when the adapters cannot be made
  // One look of everybody. What failed is noted; an error is the log's, or a bug of ours.
  Result<Done> look();
  // Events by a person, as a command would append them. What cannot be done is noted.
  Result<Done> record(const std::string& person, const runner::Make& make);
  Result<std::vector<Event>> log() const;

 private:
  void bring_signer(runner::OwnedHands& hands) const;
  Result<Done> catch_up();
  void note_failures(const runner::Report& report);
  void remember(std::string what);  // noted once until it changes

  Stage& stage_;
  runner::Wire wire_;
  Witness& witness_;
  Scribe& scribe_;
  std::vector<runner::OwnedHands> runners_;
  std::string last_failure_;
};

}  // namespace train::rehearsal
