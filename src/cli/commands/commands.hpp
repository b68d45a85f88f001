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

void add_looking(CLI::App& root, Context& context, Chosen& chosen);  // status, plan, log
void add_moving(CLI::App& root, Context& context, Chosen& chosen);   // start, advance, watch
void add_deciding(CLI::App& root, Context& context,
                  Chosen& chosen);  // approve, waive, hold, resume, build add, abandon
void add_stopping(CLI::App& root, Context& context, Chosen& chosen);     // halt, rollback
void add_standing_by(CLI::App& root, Context& context, Chosen& chosen);  // standby
void add_removing(CLI::App& root, Context& context, Chosen& chosen);     // remove-from-sale
void add_recovering(CLI::App& root, Context& context, Chosen& chosen);   // recovery
void add_flagging(CLI::App& root, Context& context, Chosen& chosen);     // flags
void add_forcing(CLI::App& root, Context& context, Chosen& chosen);      // force-update
void add_playing(CLI::App& root, Context& context, Chosen& chosen);      // rehearse, sandbox
void add_webhooks(CLI::App& root, Context& context, Chosen& chosen);     // webhook verify
void add_trying(CLI::App& root, Context& context, Chosen& chosen);       // gate try
void add_judging(CLI::App& root, Context& context, Chosen& chosen);      // judge
void add_monitoring(CLI::App& root, Context& context, Chosen& chosen);   // signals
void add_init(CLI::App& root, Context& context, Chosen& chosen);
void add_check(CLI::App& root, Context& context, Chosen& chosen);
void add_schema(CLI::App& root, Context& context, Chosen& chosen);
void add_completion(CLI::App& root, Context& context, Chosen& chosen);
void add_version(CLI::App& root, Context& context, Chosen& chosen);

// The whole tree: the global flags and every command. `root`, `context` and `chosen` outlive it.
void build_commands(CLI::App& root, Context& context, Chosen& chosen);

// A command whose help begins with an example.
CLI::App* add_command(CLI::App& root, const std::string& name, const std::string& what, const std::string& example);

}  // namespace train::cli
