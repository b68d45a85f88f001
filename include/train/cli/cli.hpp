// The command line: parse, run, show. The only room that sees argv, streams, the environment and exit codes.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace train::cli {

// What the process was started with. `arguments` is without the program's name.
struct Invocation {
  std::vector<std::string> arguments;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool out_is_terminal = false;
  bool in_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 80;
};

// The exit code: docs/exit-codes.md.
int run(const Invocation& invocation);

}  // namespace train::cli
