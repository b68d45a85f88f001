// What every command works with: the global flags and where to write.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "exit_code.hpp"
#include "train/base/error.hpp"
#include "train/cli/cli.hpp"

namespace train::cli {

class Trace;  // compose/trace.hpp

enum class Format { text, json };
enum class Colour { automatic, always, never };

struct Context {
  std::string file = "train.yaml";
  Format format = Format::text;
  std::optional<std::string> state;
  std::optional<std::string> as;
  bool quiet = false;
  int verbose = 0;
  std::optional<std::string> log_file;
  std::shared_ptr<Trace> trace;  // null: nobody asked for one
  Colour colour = Colour::automatic;
  Invocation invocation;

  std::ostream& out() const { return *invocation.out; }  // data
  std::ostream& err() const { return *invocation.err; }  // talk
  bool coloured() const;
  int columns() const { return invocation.out_is_terminal ? invocation.columns : 0; }  // 0: do not fit to a width

  // "train: message" and the hint on stderr; the exit code that belongs to it.
  Exit fail(const Error& error) const;
  // Talk that -q silences.
  void say(const std::string& line) const;
};

// Who acts: --as, else TRAIN_AS, else user@host.
std::string acting_person(const Context& context);

}  // namespace train::cli
