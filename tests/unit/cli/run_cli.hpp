// The commands in this process: what they wrote and how they ended.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "train/cli/cli.hpp"

namespace train::cli {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

inline Ran run_cli(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Invocation invocation;
  invocation.arguments = std::move(arguments);
  invocation.out = &out;
  invocation.err = &err;
  Ran ran;
  ran.code = run(invocation);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

}  // namespace train::cli
