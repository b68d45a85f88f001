// force-update: whether people on a bad version are asked to leave it, and the asking.
#include "commands/force_update.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<orders::ForceUpdateOrder> update_order_of(const ForceOptions& options) {
  orders::ForceUpdateOrder order;
  order.app = options.app;
  order.legal = options.legal;
  order.can_update_here = !options.cannot_update_here;
  order.why = options.why;
  const auto severity = parse_severity(options.severity);
  if (!severity) return fail(ErrorKind::usage, "`" + options.severity + "` is none of low, medium, high, critical.");
  order.severity = *severity;
  order.bad = VersionName::parse(options.version);
  if (!options.version.empty() && !order.bad)
    return fail(ErrorKind::usage, "`" + options.version + "` is not a version like 3.4.0.");
  order.share = Percent::parse(options.share);
  if (!options.share.empty() && !order.share)
    return fail(ErrorKind::usage, "`" + options.share + "` is not a percentage like 5%.");
  order.fix = VersionName::parse(options.fix);
  if (!options.fix.empty() && !order.fix)
    return fail(ErrorKind::usage, "`" + options.fix + "` is not a version like 3.4.1.");
  return order;
}

Json json_of(const orders::AssessedApp& one) {
  Json because = Json::array();
  for (const auto& reason : one.decision.because)
    because.push_back({{"rule", reason.rule}, {"seen", reason.seen}, {"wanted", reason.wanted}});
  return {{"app", one.app},
          {"version", one.facts.bad.text()},
          {"degree", to_string(one.decision.degree)},
          {"minimum", one.decision.minimum ? Json(one.decision.minimum->text()) : Json(nullptr)},
          {"grace_s", one.decision.grace.count()},
          {"exempt", one.decision.exempt},
          {"approvals", one.decision.approvals},
          {"because", std::move(because)}};
}

void show_assessed(const Context& context, const std::vector<orders::AssessedApp>& all) {
  if (context.format == Format::json) {
    Json out{{"schema", "train.force_update/1"}, {"decisions", Json::array()}};
    for (const auto& one : all) out["decisions"].push_back(json_of(one));
    context.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return;
  }
  const Screen screen = screen_of(context);
  for (const auto& one : all) {
    screen.out << "  " << screen.paint(Style::bold, one.app + " " + one.facts.bad.text() + ": ")
               << to_string(one.decision.degree);
    if (one.decision.minimum) {
      screen.out << ", at least " << one.decision.minimum->text() << ", after " << format_duration(one.decision.grace);
      if (!one.decision.exempt.empty()) screen.out << ", not during " << join(one.decision.exempt, ", ");
    }
    screen.out << "\n";
    for (const auto& reason : one.decision.because)
      screen.out << "      " << screen.paint(Style::dim, reason.rule + ": ") << printable(reason.seen) << " ("
                 << printable(reason.wanted) << ")\n";
  }
}

}  // namespace

std::optional<Assessment> assess_and_show(const Context& context, const ForceOptions& options, Exit& exit) {
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return std::nullopt;
  auto order = update_order_of(options);
  auto state = order ? runner::load_state(*session->ports().log) : tl::unexpected(order.error());
  auto all = state ? orders::assess_force_update(session->definition, *state, *order) : tl::unexpected(state.error());
  if (!all) {
    exit = context.fail(all.error());
    return std::nullopt;
  }
  show_assessed(context, *all);
  return Assessment{std::move(*session), std::move(*state), std::move(*order), std::move(*all)};
}

std::shared_ptr<ForceOptions> add_facts(CLI::App* command) {
  auto options = std::make_shared<ForceOptions>();
  command->add_option("APP", options->app, "Default: every app");
  command->add_option("--version", options->version, "The bad version (default: the release in focus)");
  command->add_option("--severity", options->severity, "low, medium, high or critical")->required();
  command->add_option("--share", options->share, "Users on it, such as 5% (default: as the store showed it)");
  command->add_option("--fix", options->fix,
                      "A newer version available to every user (default: the newest one in the log)");
  command->add_flag("--legal", options->legal, "Law or safety asks for it");
  command->add_flag("--cannot-update-here", options->cannot_update_here,
                    "People are offline, or in the middle of something that an update would end");
  return options;
}

void add_forcing(CLI::App& root, Context& context, Chosen& chosen) {
  auto* force = add_command(root, "force-update", "Ask people to leave a bad version",
                            "train force-update assess --severity high");
  force->require_subcommand(1);
  add_force_update_assess(*force, context, chosen);
  add_force_update_apply(*force, context, chosen);
}

}  // namespace train::cli
