#include "train/preflight/line.hpp"

#include <fmt/core.h>

namespace train::preflight {

std::string_view to_string(Level result) {
  switch (result) {
    case Level::ok:
      return "ok";
    case Level::warning:
      return "warning";
    case Level::failure:
      return "failed";
    case Level::not_asked:
      return "not_asked";
    case Level::inactive:
      return "inactive";
  }
  return "failed";
}

Line failed_line(std::string group, std::string subject, const Error& error) {
  // A check that fails because somebody else was first is a failed check; there is nothing to have lost.
  const auto because = error.kind == ErrorKind::conflict ? ErrorKind::refused : error.kind;
  return {std::move(group), std::move(subject), Level::failure, error.message, error.hint, because};
}

Line unanswered_line(std::string group, std::string subject, const NoAnswer& no) {
  if (no.why != Unanswered::not_asked) return failed_line(std::move(group), std::move(subject), no.error);
  return {std::move(group), std::move(subject), Level::not_asked, "not asked: " + no.error.message, ""};
}

namespace {

std::string in_words(const Question& question, Unanswered why) {
  switch (why) {
    case Unanswered::absent:
      return fmt::format("{} does not know {}", question.whom, question.what);
    case Unanswered::refused:
      return fmt::format("{} refused to say {}", question.whom, question.what);
    case Unanswered::unreadable:
      return fmt::format("{} gave no readable answer to {}", question.whom, question.what);
    case Unanswered::unreachable:
    case Unanswered::not_asked:
      break;
  }
  return fmt::format("{} could not be asked {}", question.whom, question.what);
}

}  // namespace

Line inconclusive(Line line, const Question& question, const NoAnswer& no) {
  if (no.why == Unanswered::not_asked) {
    line.level = Level::not_asked;
    line.sentence = "not asked: " + no.error.message;
    return line;
  }
  line.level = Level::failure;
  line.because = failed_line("", "", no.error).because;
  line.sentence = fmt::format("cannot tell {}: {}", question.conclusion, in_words(question, no.why));
  return line;
}

}  // namespace train::preflight
