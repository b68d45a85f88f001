// Commands behind `exec:` that give a secret: some ask a person, with a finger on a key.
#pragma once

namespace train::definition {

// While one lives, no such command is run again once it has given its secret, whatever asks for it, on any thread. What
// was given is forgotten with the last one.
class AskOnce {
 public:
  AskOnce();
  ~AskOnce();
  AskOnce(const AskOnce&) = delete;
  AskOnce& operator=(const AskOnce&) = delete;
};

}  // namespace train::definition
