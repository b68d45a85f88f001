// A log in a ref of a git repository: only its address is read so far.
#include "descriptors.hpp"

namespace train::event_log {
namespace {

std::optional<std::string> git_fault(std::string_view rest) {
  const auto hash = rest.find('#');
  const bool whole = hash != std::string_view::npos && hash != 0 && hash + 1 != rest.size();
  if (whole) return std::nullopt;
  return "git:REMOTE#REF is wanted, such as git:origin#refs/train/charge";
}

}  // namespace

Descriptor describe_git() {
  return {{LogScheme::git, "git:REMOTE#REF", KeyKind::text, "a ref of a git repository", git_fault}};
}

}  // namespace train::event_log
