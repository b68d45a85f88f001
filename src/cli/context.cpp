#include "context.hpp"

#include <pwd.h>
#include <unistd.h>
#include <cstdlib>

#include "train/base/text.hpp"

namespace train::cli {

bool Context::coloured() const {
  switch (colour) {
    case Colour::always:
      return true;
    case Colour::never:
      return false;
    case Colour::automatic:
      break;
  }
  const char* no_colour = std::getenv("NO_COLOR");
  return invocation.out_is_terminal && (no_colour == nullptr || *no_colour == '\0');
}

Exit Context::fail(const Error& error) const {
  err() << "train: " << printable(error.message, 4000) << "\n";
  if (!error.hint.empty()) err() << "  " << printable(error.hint, 4000) << "\n";
  return exit_of(error.kind);
}

void Context::say(const std::string& line) const {
  if (!quiet) err() << line << "\n";
}

std::string acting_person(const Context& context) {
  if (context.as) return *context.as;
  if (const char* name = std::getenv("TRAIN_AS"); name != nullptr && *name != '\0') return name;
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  const passwd* user = ::getpwuid(::geteuid());
  return std::string(user != nullptr ? user->pw_name : "unknown") + "@" + (host[0] != '\0' ? host : "localhost");
}

}  // namespace train::cli
