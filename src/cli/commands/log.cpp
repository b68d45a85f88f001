// log: everything that happened.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compose/session.hpp"
#include "train/base/text.hpp"
#include "train/event_log/catalog.hpp"
#include "train/event_log/codec.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

struct LogOptions {
  bool verify = false;
  std::string head;
};

std::string line_of(const Event& event) {
  // The data of an event is its JSON; people get it on one line, shortened.
  const auto json = nlohmann::json::parse(event_log::to_json(event), nullptr, false);
  const auto data = json.is_object() && json.contains("data") ? json["data"].dump() : std::string();
  return fmt::format("{:>5}  {}  {:<14} {:<18} ", event.seq, format_rfc3339(event.at), printable(event.by, 40),
                     kind_of(event.body)) +
         data;
}

Exit verify_log(const Context& context, const Definition& definition, const LogOptions& options) {
  const auto engine = event_log::engine_of(definition.state);
  if (!engine) return context.fail(engine.error());
  const auto verified = (*engine)->verify(definition.state, definition.train, options.head);
  if (!verified) return context.fail(verified.error());
  if (context.format == Format::json) {
    context.out() << nlohmann::ordered_json{{"schema", "train.log.verified/1"},
                                            {"events", verified->events},
                                            {"head", verified->head},
                                            {"torn_tail", verified->torn_tail}}
                         .dump(2)
                  << "\n";
    return Exit::done;
  }
  context.out() << fmt::format("{} events, the chain is whole.\nhead {}\n", verified->events, verified->head);
  if (verified->torn_tail) context.out() << "The last line is torn; it is set aside at the next write.\n";
  if (options.head.empty()) context.out() << "Keep the head elsewhere and pass it as --head to find a cut tail.\n";
  return Exit::done;
}

Exit run_log(const Context& context, const LogOptions& options) {
  Exit exit = Exit::done;
  auto session = open_session(context, Reach::log_only, exit);
  if (!session) return exit;
  if (options.verify) return verify_log(context, session->definition, options);
  const auto events = session->ports().log->read(0);
  if (!events) return context.fail(events.error());
  if (context.format == Format::text) {
    for (const auto& event : *events)
      context.out() << printable(line_of(event), context.verbose > 0 ? 100000 : 240) << "\n";
    return Exit::done;
  }
  context.out() << "{\"schema\":\"train.log/1\",\"events\":[";
  for (std::size_t i = 0; i < events->size(); ++i)
    context.out() << (i == 0 ? "\n" : ",\n") << event_log::to_json((*events)[i]);
  context.out() << "\n]}\n";
  return Exit::done;
}

}  // namespace

void add_log(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<LogOptions>();
  auto* command = add_command(root, "log", "Everything that happened, by whom, why", "train log --verify");
  command->add_flag("--verify", options->verify, "Check the hash chain");
  command->add_option("--head", options->head, "The head that was kept elsewhere: finds a cut tail");
  command->callback([&, options] { chosen = [&context, options] { return run_log(context, *options); }; });
}

}  // namespace train::cli
