// What came of a question. Preflight asks nobody: whoever has the stores, signals and flags at hand asks them and hands
// in the answers. That there is no such thing, that the asking was refused, that the answer makes no sense and that
// nobody could be reached are different things, and a line says which: only an answer allows a conclusion.
#pragma once

#include <string>
#include <utility>

#include "train/base/error.hpp"

namespace train::preflight {

enum class Unanswered {
  absent,       // the other side answered that it has no such thing
  refused,      // it understood and said no: credentials, missing rights
  unreadable,   // it answered, but what came back or lies there cannot be used
  unreachable,  // it could not be asked now
  not_asked,    // nobody tried
};

struct NoAnswer {
  Unanswered why = Unanswered::not_asked;
  Error error;  // `not_asked`: the message alone, which says why nobody tried
};

template <typename T>
using Asked = tl::expected<T, NoAnswer>;

NoAnswer no_answer(const Error& error);
tl::unexpected<NoAnswer> not_asked(std::string why);  // "not asked: WHY" on a line

template <typename T>
Asked<T> asked(Result<T> answer) {
  if (!answer) return tl::unexpected(no_answer(answer.error()));
  return std::move(*answer);
}

}  // namespace train::preflight
