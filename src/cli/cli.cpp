#include "train/cli/cli.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "commands/commands.hpp"
#include "compose/clocks.hpp"
#include "compose/trace.hpp"
#include "context.hpp"
#include "train/base/text.hpp"
#include "version.hpp"

namespace train::cli {

CLI::App* add_command(CLI::App& root, const std::string& name, const std::string& what, const std::string& example) {
  auto* command = root.add_subcommand(name, what);
  command->fallthrough();
  command->footer("");
  command->description("Example:\n  " + example + "\n\n" + what);
  return command;
}

namespace {

// In the list of all commands the one line is enough; the example belongs to the command's own page.
class Pages : public CLI::Formatter {
 public:
  std::string make_expanded(const CLI::App* sub) const override { return CLI::Formatter::make_expanded(sub); }
  std::string make_subcommand(const CLI::App* sub) const override {
    const auto text = sub->get_description();
    const auto at = text.rfind("\n\n");
    std::stringstream out;
    CLI::detail::format_help(out, sub->get_name(), at == std::string::npos ? text : text.substr(at + 2), 16);
    return out.str();
  }
};

void add_global_flags(CLI::App& root, Context& context) {
  root.add_option("-f,--file", context.file, "The definition (default: train.yaml)")->envname("TRAIN_FILE");
  root.add_option("-o,--output", context.format, "text or json")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, Format>{{"text", Format::text}, {"json", Format::json}}));
  root.add_option("--state", context.state, "Where the log lives, instead of the definition's `state`")
      ->envname("TRAIN_STATE");
  root.add_option("--as", context.as, "Who acts (default: TRAIN_AS, else user@host)");
  root.add_flag("-q,--quiet", context.quiet, "Print less to stderr");
  root.add_flag("-v,--verbose", context.verbose,
                "More on the screen, and each decision on stderr; -vv each request too");
  root.add_option("--log-file", context.log_file, "Write each decision and each request to this file");
  root.add_option("--color", context.colour, "auto, always or never")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Colour>{
          {"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}}));
}

// What CLI11 has to say about the arguments, in our voice and with our exit code.
int refuse(const CLI::App& root, const CLI::ParseError& error, const Context& context) {
  // A command that does not know `--version` would do nothing, and look as if it had.
  const bool of_command =
      dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr && !root.get_subcommands().empty();
  if (of_command) {
    context.err() << "train: The following argument was not expected: --version\n"
                     "  `train --version` is without a command.\n";
    return code(Exit::usage);
  }
  if (error.get_exit_code() == 0) {
    std::ostringstream text;
    root.exit(error, text, text);
    context.out() << text.str();
    return code(Exit::done);
  }
  const auto unknown = root.remaining();
  const bool no_command = root.get_subcommands().empty() && !unknown.empty() && !starts_with(unknown.front(), "-");
  const auto what =
      no_command ? "There is no command `" + printable(unknown.front(), 200) + "`." : std::string(error.what());
  context.err() << "train: " << what << "\n  Run `train --help` or `train COMMAND --help`.\n";
  return code(Exit::usage);
}

CLI::App& add_group(CLI::App& root, const std::string& name, const std::string& what, const std::string& example) {
  auto* group = add_command(root, name, what, example);
  group->require_subcommand(1);
  return *group;
}

// In the order of the help.
void add_every_command(CLI::App& root, Context& context, Chosen& chosen) {
  for (auto* add :
       {add_start, add_advance, add_watch, add_status, add_plan, add_log, add_approve, add_waive, add_hold, add_resume})
    add(root, context, chosen);
  auto& build = add_group(root, "build", "Release candidates", "train build add android build/charge-3.4.0.aab");
  add_build_add(build, context, chosen);
  for (auto* add : {add_abandon, add_accept_definition, add_halt, add_rollback}) add(root, context, chosen);
  auto& standby = add_group(root, "standby", "The rollback build that is always ready", "train standby status");
  for (auto* add : {add_standby_status, add_standby_prepare, add_standby_release, add_standby_build})
    add(standby, context, chosen);
  for (auto* add : {add_remove_from_sale, add_recovering}) add(root, context, chosen);
  auto& flags = add_group(root, "flags", "The features' switches, outside of the binaries", "train flags list");
  for (auto* add : {add_flags_list, add_flags_set, add_flags_rollback}) add(flags, context, chosen);
  for (auto* add : {add_forcing, add_rehearse, add_sandbox}) add(root, context, chosen);
  const std::string verifying = "train webhook verify --secret env:ASC_WEBHOOK --signature \"$SIGNATURE\" body.json";
  add_webhook_verify(add_group(root, "webhook", "Webhooks of App Store Connect, received elsewhere", verifying),
                     context, chosen);
  const std::string trying = "train gate try --limit 1% --events 12 --exposures 3000";
  auto& gate = add_group(root, "gate", "Gates, tried by hand and planned", trying);
  for (auto* add : {add_gate_try, add_gate_plan}) add(gate, context, chosen);
  for (auto* add : {add_judge, add_signals, add_init, add_check, add_schema, add_completion, add_version})
    add(root, context, chosen);
}

}  // namespace

void build_commands(CLI::App& root, Context& context, Chosen& chosen) {
  root.name("train");
  root.description("Release trains for mobile apps: cutoff, review, staged rollout by metrics, and the way back.");
  root.formatter(std::make_shared<Pages>());
  root.require_subcommand(1);
  root.set_help_all_flag("--help-all", "Help of every command");
  root.set_version_flag("--version", "train " + std::string(k_version), "The version");
  add_global_flags(root, context);
  add_every_command(root, context, chosen);
}

int run(const Invocation& invocation) {
  Context context;
  context.invocation = invocation;
  CLI::App root;
  Chosen chosen;
  build_commands(root, context, chosen);
  auto arguments = invocation.arguments;
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return refuse(root, error, context);
  }
  auto trace = open_trace(context);
  if (!trace) return code(context.fail(trace.error()));
  context.trace = std::move(*trace);
  interrupt_waits_on_signals();
  if (!chosen) return code(Exit::usage);
  // The standard library's own complaint about a path: a directory that is gone, a name that is too long.
  try {
    return code(chosen());
  } catch (const std::filesystem::filesystem_error& error) {
    return code(context.fail({ErrorKind::storage, error.what(), "Check the path and the directory this runs in."}));
  }
}

}  // namespace train::cli
