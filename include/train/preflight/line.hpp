// One line of a preflight: a thing that should be so before a release leaves, and whether it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/preflight/asked.hpp"

namespace train::preflight {

enum class Level {
  ok,
  warning,    // it works, at a risk that is somebody's choice; it never changes the exit code
  failure,    // a release would stop half-way or could not be withdrawn, or nobody could be asked whether it would
  not_asked,  // nobody tried to find out; it never changes the exit code
  inactive,   // it loads, but this version does not act on it
};
std::string_view to_string(Level level);  // the word in JSON

struct Line {
  std::string group;  // the heading that it stands under
  std::string subject;
  Level level = Level::ok;
  std::string sentence;                    // what was seen
  std::string remedy;                      // what to do; may be empty
  ErrorKind because = ErrorKind::refused;  // of a failure: decides the exit code
  std::string waiver_item;  // launch risk: the item under which a person may waive it ("risk:owner"); else empty
};
using Lines = std::vector<Line>;

Line failed_line(std::string group, std::string subject, const Error& error);

// The line about the question itself: a failure in the error's words, or that nobody asked.
Line unanswered_line(std::string group, std::string subject, const NoAnswer& no);

// A line that would conclude something from an answer which did not come. It fails with the kind of the question's
// error: "cannot tell whether it can be halted: the App Store could not be asked which version is live".
struct Question {
  std::string conclusion;  // "whether it can be halted"
  std::string whom;        // "the App Store"
  std::string what;        // "which version is live"
};
Line inconclusive(Line line, const Question& question, const NoAnswer& no);

}  // namespace train::preflight
