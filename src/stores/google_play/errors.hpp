// What Google Play's refusals mean. The table is data: one row a message seen in the field, matched by HTTP status,
// Google status, reason and words together, because the same refusal has come in several shapes over the years.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "train/base/error.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

// What the caller can do about it by itself.
enum class Trouble {
  none,               // nothing: tell a person
  edit_lost,          // the edit is gone: begin again in a new one
  already_committed,  // this very edit was committed before
  in_review,          // something is with the reviewers
  flag_wanted,        // commit again with changesNotSentForReview
  flag_unwanted,      // commit again without it
  still_processing,   // the bundle is not digested yet: commit again later
  code_used,          // the version code was used before
  ambiguous,          // the answer was lost: it may or may not have been applied
  session_lost,       // the upload session is gone
};

struct ErrorRow {
  std::string_view name;
  int http_status;          // 0: any
  std::string_view status;  // empty: any
  std::string_view reason;  // empty: any
  std::string_view words;   // within the message, any case; '*' stands for anything; empty: any
  Trouble trouble;
  ErrorKind kind;
  std::string_view hint;
};
std::span<const ErrorRow> error_table();
const ErrorRow& classify(const ApiError& seen);
// Come back in a moment: the only 403 that is worth another try.
bool is_rate_limit(const ApiError& seen);

// Whether `words` occur in `text`, whatever their case; '*' stands for any characters between.
bool occurs(std::string_view words, std::string_view text);

struct CallError {
  Error error;
  Trouble trouble = Trouble::none;
};
template <typename T>
using Called = tl::expected<T, CallError>;

tl::unexpected<CallError> stop(ErrorKind kind, std::string message, std::string hint = {});
inline tl::unexpected<CallError> stop(CallError error) { return tl::unexpected<CallError>(std::move(error)); }

CallError error_of(const ApiError& seen, std::string_view what_was_tried);

}  // namespace train::stores::google_play
