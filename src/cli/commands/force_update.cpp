// force-update: whether people on a bad version are asked to leave it, and the asking.
#include "commands/force_update.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "train/base/text.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

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

std::optional<Assessment> assess_and_show(const Context& context, const orders::Arguments& said, Exit& exit) {
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return std::nullopt;
  auto order = orders::force_update_order(said);
  auto state = order ? runner::load_state(*session->ports().log) : tl::unexpected(order.error());
  auto all = state ? orders::assess_force_update(session->definition, *state, *order) : tl::unexpected(state.error());
  if (!all) {
    exit = context.fail(all.error());
    return std::nullopt;
  }
  show_assessed(context, *all);
  return Assessment{std::move(*session), std::move(*state), std::move(*order), std::move(*all)};
}

void add_forcing(CLI::App& root, Context& context, Chosen& chosen) {
  auto* force = add_command(root, "force-update", "Ask people to leave a bad version",
                            "train force-update assess --severity high");
  force->require_subcommand(1);
  add_force_update_assess(*force, context, chosen);
  add_force_update_apply(*force, context, chosen);
}

}  // namespace train::cli
