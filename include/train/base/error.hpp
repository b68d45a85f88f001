// Operating errors: what a call could not do, and what to do next. Definition problems are
// `definition::Problem` (a list, with positions); bugs are TRAIN_CHECK. The three never mix.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace train {

enum class ErrorKind {
  usage,            // the command was called wrongly; nothing was touched
  definition,       // the definition, or a secret it names, is not usable; nothing was touched
  auth,             // credentials refused
  refused,          // the other side understood and said no
  not_found,        // the other side answered that it has no such thing
  conflict,         // somebody else moved first
  rate_limited,     // come back later
  unreachable,      // certainly not applied: nothing was sent, or a read failed
  unknown_outcome,  // a write may or may not have been applied: observe before trying again
  invalid_answer,   // an answer that is not what the other side's contract promises (a read)
  corrupt_state,    // the log or the state is damaged
  storage,          // the local disk refused: full, read-only, missing permission
  internal,         // a bug of ours that was caught at a border
};

std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // what was tried, on what, what came back; one or two sentences
  std::string hint;     // what to do next; may be empty

  // "message" or "message\nhint", for people.
  std::string text() const;
};

template <typename T>
using Result = tl::expected<T, Error>;

// A success that carries nothing.
struct Done {
  bool operator==(const Done&) const = default;
};

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint)});
}

}  // namespace train
