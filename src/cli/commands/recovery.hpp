// What the subcommands of `recovery` share: what is asked, the wiring, and what is shown.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/orders/recovery.hpp"
#include "train/ports/recoveries.hpp"

namespace train::cli {

struct RecoveryOptions {
  std::string app;
  std::string id;
  std::vector<std::string> builds;
  RecoveryReach reach;
  std::string version;
  std::string why;
  bool yes = false;
};
using RecoveryAsked = std::shared_ptr<RecoveryOptions>;

Result<std::vector<BuildNumber>> builds_of(const RecoveryOptions& options);

// The recoveries of an app's store, which is kept beside them.
struct OpenRecoveries {
  runner::OwnedPorts store;
  Recoveries* calls = nullptr;
};
Result<OpenRecoveries> open_recoveries(const Context& context, const Session& session, const App& app);

// Carries the order out with its intent and its outcome in the log; the recovery it was about, as the store shows it
// then.
Result<Recovery> order_recovery(const Session& session, Recoveries& recoveries, const orders::RecoveryOrder& order);

// A writing subcommand. The question is asked on a terminal, and wants --yes elsewhere; an empty one is not asked.
Exit run_recovery(const Context& context, const RecoveryOptions& options, Action action, const std::string& question);

CLI::App* add_one(CLI::App& group, const RecoveryAsked& options, const std::string& name, const std::string& what,
                  const std::string& example);
void add_builds(CLI::App& command, const RecoveryAsked& options, const char* what);
void add_reach(CLI::App& command, const RecoveryAsked& options);
void add_recovery_why(CLI::App& command, const RecoveryAsked& options);
// An id and one of its builds; the version of that build; --why and --yes.
void add_recovery_order(CLI::App& command, const RecoveryAsked& options);

void add_recovery_list(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_prepare(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_widen(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_deploy(CLI::App& group, Context& context, Chosen& chosen);
void add_recovery_cancel(CLI::App& group, Context& context, Chosen& chosen);

}  // namespace train::cli
