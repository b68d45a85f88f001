#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "bounds.hpp"
#include "commands/force_update.hpp"
#include "commands/give_order.hpp"
#include "compose/hand.hpp"
#include "train/by_hand/carry_out.hpp"

namespace train::cli {
namespace {

Exit run_apply(const Context& context, const orders::Arguments& said, bool yes) {
  Exit exit = Exit::done;
  const auto assessed = assess_and_show(context, said, exit);
  if (!assessed) return exit;
  const auto& session = assessed->session;
  const auto policy = orders::policy_of(assessed->all);
  if (!policy) {
    context.say("Nobody is asked to update: there is nothing to apply.");
    return Exit::done;
  }
  const auto now = session.clock->now();
  if (auto may = orders::force_update(session.definition, assessed->state, session.by, assessed->order, now); !may)
    return context.fail(may.error());
  // Once without a text, before anybody is asked: whether the degree can be told at all.
  if (auto steps = orders::update_steps(session.definition, *policy, ""); !steps) return context.fail(steps.error());
  if (!confirmed(context, yes, fmt::format("Ask people to update ({})?", to_string(policy->degree)))) {
    return context.fail(
        {ErrorKind::usage, "It was not confirmed; nothing was done.", "Pass --yes where there is no terminal."});
  }
  const WithPatience bound(patience_within(k_force_update_in_all));
  const auto unasked = by_hand::force_update(session.definition, hand_of(context, session), assessed->order);
  if (!unasked) return context.fail(unasked.error());
  for (const auto& error : *unasked) exit = worse(exit, context.fail(error));
  if (exit == Exit::done) context.say("People are asked from now on, where their app reads it.");
  return exit;
}

}  // namespace

void add_force_update_apply(CLI::App& group, Context& context, Chosen& chosen) {
  auto said = std::make_shared<orders::Arguments>();
  auto yes = std::make_shared<bool>(false);
  auto* apply = add_order(group, "force-update apply", *said);
  apply->add_flag("--yes", *yes, "Do not ask");
  apply->callback(
      [&chosen, &context, said, yes] { chosen = [&context, said, yes] { return run_apply(context, *said, *yes); }; });
}

}  // namespace train::cli
