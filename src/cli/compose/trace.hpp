// The trace of one run: a line for each decision and each request, for whoever wants to know what train did and why it
// took so long. `-v` shows decisions on stderr, `-vv` requests too; TRAIN_LOG=info and TRAIN_LOG=debug ask for the same
// by the environment; `--log-file FILE` keeps both in a file. Nothing is opened, timed or formatted unless asked for.
//
// No secret is in it: of a request the method, host and path are shown, never headers, bodies or queries, and of an
// address that is itself a secret only the host.
#pragma once

#include <memory>

#include "context.hpp"
#include "train/base/error.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

class Trace {
 public:
  virtual ~Trace() = default;
  virtual runner::OnDecision on_decision() = 0;
};

// While it lives, the requests of this process are traced. Null: nobody asked. `usage`: TRAIN_LOG is none of the words;
// `storage`: the file cannot be written.
Result<std::shared_ptr<Trace>> open_trace(const Context& context);

}  // namespace train::cli
