#include "train/base/error.hpp"

namespace train {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::definition:
      return "definition";
    case ErrorKind::auth:
      return "auth";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::unreachable:
      return "unreachable";
    case ErrorKind::unknown_outcome:
      return "unknown_outcome";
    case ErrorKind::invalid_answer:
      return "invalid_answer";
    case ErrorKind::corrupt_state:
      return "corrupt_state";
    case ErrorKind::storage:
      return "storage";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

std::string Error::text() const { return hint.empty() ? message : message + "\n" + hint; }

}  // namespace train
