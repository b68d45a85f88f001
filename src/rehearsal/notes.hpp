// One line for people about an event that is neither a step nor a phase. Inside the room.
#pragma once

#include <optional>
#include <string>

#include "train/domain/event.hpp"

namespace train::rehearsal {

struct Note {
  AppName app;
  std::string text;
};
// nullopt: the timeline shows it otherwise, or it is no news.
std::optional<Note> note_of(const Event& event);

}  // namespace train::rehearsal
