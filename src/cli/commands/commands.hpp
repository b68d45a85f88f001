// Every command adds itself to the parser and leaves behind what to run when it is chosen.
#pragma once

#include <functional>
#include <string>

#include "context.hpp"

namespace CLI {
class App;
}

namespace train::cli {

// What the chosen command does; empty until one is chosen.
using Chosen = std::function<Exit()>;

// One command a file, named as people type it.
void add_start(CLI::App& root, Context& context, Chosen& chosen);
void add_advance(CLI::App& root, Context& context, Chosen& chosen);
void add_watch(CLI::App& root, Context& context, Chosen& chosen);
void add_status(CLI::App& root, Context& context, Chosen& chosen);
void add_plan(CLI::App& root, Context& context, Chosen& chosen);
void add_log(CLI::App& root, Context& context, Chosen& chosen);
void add_approve(CLI::App& root, Context& context, Chosen& chosen);
void add_waive(CLI::App& root, Context& context, Chosen& chosen);
void add_accept_definition(CLI::App& root, Context& context, Chosen& chosen);
void add_hold(CLI::App& root, Context& context, Chosen& chosen);
void add_resume(CLI::App& root, Context& context, Chosen& chosen);
void add_abandon(CLI::App& root, Context& context, Chosen& chosen);
void add_halt(CLI::App& root, Context& context, Chosen& chosen);
void add_rollback(CLI::App& root, Context& context, Chosen& chosen);
void add_remove_from_sale(CLI::App& root, Context& context, Chosen& chosen);
void add_rehearse(CLI::App& root, Context& context, Chosen& chosen);
void add_sandbox(CLI::App& root, Context& context, Chosen& chosen);
void add_judge(CLI::App& root, Context& context, Chosen& chosen);
void add_signals(CLI::App& root, Context& context, Chosen& chosen);
void add_init(CLI::App& root, Context& context, Chosen& chosen);
void add_check(CLI::App& root, Context& context, Chosen& chosen);
void add_schema(CLI::App& root, Context& context, Chosen& chosen);
void add_completion(CLI::App& root, Context& context, Chosen& chosen);
void add_version(CLI::App& root, Context& context, Chosen& chosen);

// Commands of a group: the group is their parent.
void add_build_add(CLI::App& group, Context& context, Chosen& chosen);
void add_standby_status(CLI::App& group, Context& context, Chosen& chosen);
void add_standby_prepare(CLI::App& group, Context& context, Chosen& chosen);
void add_standby_release(CLI::App& group, Context& context, Chosen& chosen);
void add_standby_build(CLI::App& group, Context& context, Chosen& chosen);
void add_flags_list(CLI::App& group, Context& context, Chosen& chosen);
void add_flags_set(CLI::App& group, Context& context, Chosen& chosen);
void add_flags_rollback(CLI::App& group, Context& context, Chosen& chosen);
void add_gate_try(CLI::App& group, Context& context, Chosen& chosen);
void add_gate_plan(CLI::App& group, Context& context, Chosen& chosen);
void add_webhook_verify(CLI::App& group, Context& context, Chosen& chosen);

void add_recovering(CLI::App& root, Context& context, Chosen& chosen);  // recovery
void add_forcing(CLI::App& root, Context& context, Chosen& chosen);     // force-update

// The whole tree: the global flags and every command. `root`, `context` and `chosen` outlive it.
void build_commands(CLI::App& root, Context& context, Chosen& chosen);

// A command whose help begins with an example.
CLI::App* add_command(CLI::App& root, const std::string& name, const std::string& what, const std::string& example);

}  // namespace train::cli
