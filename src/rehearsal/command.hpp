// A command of train as a person types it, and the events it makes. Inside the room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "sentence.hpp"
#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/engine/state.hpp"

namespace train::rehearsal {

struct Command {
  enum class Verb { hold, resume, halt, rollback, approve, waive, build_add, abandon, start };
  Verb verb = Verb::hold;
  AppName app;       // may be empty
  std::string item;  // approve, waive
  BuildNumber build;
  VersionName version;  // start
  bool hotfix = false;  // start
  std::string why;
  std::vector<SignalName> overrides;
  std::string text;  // as typed
};

// "resume android --why mended --override crashes"; or what is wrong with it.
tl::expected<Command, std::string> read_command(std::string_view text, const AppRoster& roster);

// The events that the command appends; `refused` when there is nothing it could be about.
Result<std::vector<EventBody>> events_of(const Command& command, const Definition& definition,
                                         const engine::State& state);

}  // namespace train::rehearsal
