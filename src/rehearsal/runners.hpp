// Who runs `advance`: one runner, or several at the same time, each with its own adapters and its own hold of the log.
// Inside the room.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "command.hpp"
#include "environment.hpp"
#include "run_record.hpp"
#include "train/runner/runner.hpp"

namespace train::rehearsal {

class Runners {
 public:
  Runners(Environment& environment, runner::Wire wire, RunRecord& record, TimelineRecorder& recorder)
      : environment_(environment), wire_(std::move(wire)), record_(record), recorder_(recorder) {}

  Result<Done> set_count(int count);  // `definition` and so on when the adapters cannot be made
  // One look of everybody. What failed is noted; an error is the log's, or a bug of ours.
  Result<Done> look();
  // Events by a person, as a command appends them; what `make` refuses is the error.
  Result<Done> record(const std::string& person, const runner::Make& make);
  // What a person's command does outside of the log, each call with its intent and outcome there.
  Result<Done> carry_out(const std::string& person, const Command& command);
  Result<std::vector<Event>> log() const;

 private:
  void bring_signer(runner::OwnedPorts& ports) const;
  Result<Done> catch_up();
  Result<runner::OwnedPorts> wire_alone(const Flag& parameter);
  void note_failures(const runner::Report& report);
  void remember(std::string what);  // noted once until it changes

  Environment& environment_;
  runner::Wire wire_;
  RunRecord& record_;
  TimelineRecorder& recorder_;
  std::vector<runner::OwnedPorts> runners_;
  std::string last_failure_;
};

}  // namespace train::rehearsal
