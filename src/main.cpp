#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "train/cli/cli.hpp"

namespace {

int columns_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool is_closed(int descriptor) { return ::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF; }

// A file that is opened later must not get the number of a standard stream: what is printed would be written into it.
// What nobody can read is written where every write fails.
void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!is_closed(descriptor)) continue;
    const char* const place = descriptor == STDIN_FILENO ? "/dev/null" : "/dev/full";
    // The lowest free number, which is this one.
    if (::open(place, descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY) != descriptor) std::_Exit(1);
  }
}

// Output that never arrived is a failure, whatever the command thought of itself.
int code_after_output(int code, bool was_closed) {
  errno = 0;
  std::cout.flush();
  if (std::cout) return code;
  const int why = errno;
  std::cerr << "train: The output could not be written to stdout";
  if (was_closed)
    std::cerr << ": it is closed";
  else if (why != 0)
    std::cerr << ": " << std::strerror(why);
  std::cerr << ".\n  What the command did is done; `train status` shows it.\n";
  return code == 0 ? 1 : code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const bool out_was_closed = is_closed(STDOUT_FILENO);
  occupy_standard_streams();
  std::ios::sync_with_stdio(false);
  train::cli::Invocation invocation;
  for (int i = 1; i < argc; ++i) invocation.arguments.emplace_back(argv[i]);
  invocation.out = &std::cout;
  invocation.err = &std::cerr;
  invocation.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  invocation.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  invocation.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
  invocation.columns = columns_of_terminal();
  return code_after_output(train::cli::run(invocation), out_was_closed);
}
