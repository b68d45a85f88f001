// init: a starter definition.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "starter.hpp"
#include "train/base/files.hpp"

namespace train::cli {
namespace {

struct InitOptions {
  Starter starter;
  std::string out_file;
  bool force = false;
};

Exit run_init(const Context& context, const InitOptions& options) {
  const std::filesystem::path file = options.out_file.empty() ? context.file : options.out_file;
  std::error_code ignored;
  if (!options.force && std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
    return context.fail({ErrorKind::usage, file.string() + " is there already; nothing was written.",
                         "Choose another --out, or replace it with --force."});
  }
  auto starter = options.starter;
  if (context.invocation.in_is_terminal) {
    auto asked = ask_for_missing(std::move(starter), std::cin, context.err());
    if (!asked) return context.fail(asked.error());
    starter = std::move(*asked);
  }
  const auto text = starter_definition(starter);
  if (!text) return context.fail(text.error());
  constexpr int mode_for_all_to_read = 0644;
  if (auto written = write_file_atomically(file, *text, mode_for_all_to_read); !written)
    return context.fail(written.error());
  context.say("Wrote " + file.string() + ". Put in place what its `credentials` name, then run `train check`.");
  if (context.format == Format::json)
    context.out() << nlohmann::ordered_json{{"schema", "train.init/1"}, {"file", file.string()}}.dump(2) << "\n";
  return Exit::done;
}

}  // namespace

void add_init(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<InitOptions>();
  auto* command = add_command(root, "init", "Write a starter definition",
                              "train init --train charge --ios com.example.charge --timezone Europe/Berlin");
  command->add_option("--train", options->starter.train, "The train's name");
  command->add_option("--ios", options->starter.bundle_id, "Bundle id of the iOS app");
  command->add_option("--android", options->starter.package, "Package of the Android app");
  command->add_option("--timezone", options->starter.timezone, "IANA name (default: UTC)");
  command->add_option("--out", options->out_file, "Where to write (default: the file of -f)");
  command->add_flag("--force", options->force, "Replace a file that is there");
  command->callback([&, options] { chosen = [&context, options] { return run_init(context, *options); }; });
}

}  // namespace train::cli
