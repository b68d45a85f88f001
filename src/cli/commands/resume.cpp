// resume: ends a hold, a halt, a latched breach, or a rejection that was mended.
#include "train/orders/resume.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

// What the order ended, and whether the train goes on.
std::string resumed_text(const orders::Arguments& said, const engine::State& before, const engine::State& after) {
  std::string out = "Resumed";
  const auto* was = before.focus();
  if (was != nullptr) {
    const auto ended = orders::ended_by(*was, {said.app, said.why, said.overrides});
    if (!ended.empty()) out += "; this ends " + join(ended, ", ");
  }
  const auto* now = after.focus();
  const auto stopped = now == nullptr ? std::vector<std::string>() : orders::still_stopped(*now, said.app);
  if (stopped.empty()) return out + "; `train advance` goes on from here.";
  return out + "; but " + join(stopped, ", ") + ". `train resume --why …` ends that too.";
}

Exit run_resume(const Context& context, const orders::Arguments& arguments) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  const auto sentence = [&](const engine::State& before, const engine::State& after) {
    return resumed_text(arguments, before, after);
  };
  return record_order(context, *session, sentence, order_of(*session, "resume", arguments));
}

}  // namespace

void add_resume(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "resume", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] { return run_resume(context, *arguments); };
  });
}

}  // namespace train::cli
