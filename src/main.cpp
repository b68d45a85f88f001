#include <sys/ioctl.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "train/cli/cli.hpp"

namespace {

int columns_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  train::cli::Invocation invocation;
  for (int i = 1; i < argc; ++i) invocation.arguments.emplace_back(argv[i]);
  invocation.out = &std::cout;
  invocation.err = &std::cerr;
  invocation.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  invocation.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  invocation.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
  invocation.columns = columns_of_terminal();
  const int code = train::cli::run(invocation);
  std::cout.flush();
  // Output that never arrived is a failure, whatever the command thought of itself.
  return code == 0 && !std::cout ? 1 : code;
}
