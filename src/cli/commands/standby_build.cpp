// standby build: the archive alone, offline.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

struct StandbyBuildOptions {
  std::string app;
  std::string version;
  std::string build;
  std::string out;
  std::string source;
  bool accept_new_signer = false;
};

Result<SigningOrder> signing_order(const Session& session, const StandbyBuildOptions& options) {
  const auto* rule = session.definition.find_standby(options.app);
  if (rule == nullptr)
    return fail(ErrorKind::usage, "The definition has no standby for `" + printable(options.app, 200) + "`.");
  const auto version = VersionName::parse(options.version);
  const auto build = BuildNumber::parse(options.build);
  if (!version || !build) {
    return fail(ErrorKind::usage,
                "`" + options.version + "` and `" + options.build + "` are not a version and a number.",
                "Such as --version 3.4.1 --build 412.");
  }
  auto key = session.ports().signing_keys.at(rule->app)();
  if (!key) return tl::unexpected(key.error());
  SigningOrder order;
  order.source = std::filesystem::absolute(options.source.empty() ? rule->source : options.source);
  order.out = std::filesystem::absolute(options.out);
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(order.out, ignored))) {
    return fail(ErrorKind::usage, order.out.string() + " is there already; nothing was written.",
                "Name another file, or remove it.");
  }
  order.version = *version;
  order.build = *build;
  order.identity = std::move(*key);
  order.now = session.clock->now();
  order.accept_new_signer = options.accept_new_signer;
  return order;
}

// Offline: the archive alone, no store and no log.
Exit run_standby_build(const Context& context, const StandbyBuildOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  auto order = signing_order(*session, options);
  if (!order) return context.fail(order.error());
  const auto built = session->ports().signer->rebuild(*order);
  if (!built) return context.fail(built.error());
  if (context.format == Format::json) {
    nlohmann::ordered_json findings = nlohmann::ordered_json::array();
    for (const auto& finding : built->findings) findings.push_back(finding.text);
    const nlohmann::ordered_json out{{"schema", "train.build/1"},
                                     {"file", order->out.string()},
                                     {"version", built->identity.version.text()},
                                     {"build", built->identity.build.text()},
                                     {"sha256", built->identity.sha256},
                                     {"signer", built->signer},
                                     {"findings", std::move(findings)}};
    context.out() << out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
    return Exit::done;
  }
  context.out() << fmt::format("{}: {} {} ({}), signed by {}\n", order->out.string(),
                               printable(built->identity.id, 200), built->identity.version.text(),
                               built->identity.build.text(), built->signer);
  for (const auto& finding : built->findings) context.say("know: " + printable(finding.text));
  return Exit::done;
}

}  // namespace

void add_standby_build(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<StandbyBuildOptions>();
  auto* command = add_command(group, "build", "Only the archive, offline, from the definition's source and keys",
                              "train standby build android --version 3.4.1 --build 412 --out charge-3.4.1.aab");
  command->add_option("APP", options->app, "Whose")->required();
  command->add_option("--version", options->version, "The new version name")->required();
  command->add_option("--build", options->build, "The new version code or build number")->required();
  command->add_option("--out", options->out, "Where the archive goes; nothing is replaced")->required();
  command->add_option("--source", options->source, "Another archive than the definition's");
  command->add_flag("--accept-new-signer", options->accept_new_signer, "Sign although the source had another key");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_standby_build(context, *options); }; });
}

}  // namespace train::cli
