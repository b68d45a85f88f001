#include "train/preflight/asked.hpp"

namespace train::preflight {
namespace {

Unanswered why_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_found:
      return Unanswered::absent;
    case ErrorKind::auth:
    case ErrorKind::refused:
    case ErrorKind::conflict:
      return Unanswered::refused;
    case ErrorKind::rate_limited:
    case ErrorKind::unreachable:
    case ErrorKind::unknown_outcome:
      return Unanswered::unreachable;
    case ErrorKind::usage:
    case ErrorKind::definition:
    case ErrorKind::invalid_answer:
    case ErrorKind::corrupt_state:
    case ErrorKind::storage:
    case ErrorKind::internal:
      return Unanswered::unreadable;
  }
  return Unanswered::unreadable;
}

}  // namespace

NoAnswer no_answer(const Error& error) { return {why_of(error.kind), error}; }

tl::unexpected<NoAnswer> not_asked(std::string why) {
  return tl::unexpected(NoAnswer{Unanswered::not_asked, Error{ErrorKind::unreachable, std::move(why), ""}});
}

}  // namespace train::preflight
