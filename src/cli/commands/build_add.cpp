// build add: a newer release candidate, by its number or out of an archive on this machine.
#include "train/orders/add_build.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {
namespace {

Result<orders::AddBuildOrder> build_to_add(const Session& session, const orders::Arguments& said) {
  orders::AddBuildOrder order;
  order.app = said.app;
  if (const auto number = BuildNumber::parse(said.build); number && !std::filesystem::exists(said.build)) {
    order.build = *number;
    return order;
  }
  const auto path = std::filesystem::absolute(said.build).lexically_normal();
  auto identity = session.ports().archives->inspect(path);
  if (!identity) return tl::unexpected(identity.error());
  if (!*identity)
    return fail(ErrorKind::usage, "There is no file " + path.string() + ", and it is not a build number.");
  order.build = (*identity)->build;
  order.archive = orders::InspectedArchive{(*identity)->id, (*identity)->version, (*identity)->sha256, path.string()};
  return order;
}

Exit run_build_add(const Context& context, const orders::Arguments& arguments) {
  Exit exit = Exit::done;
  const auto session = open_session(context, Reach::everything, exit);
  if (!session) return exit;
  if (auto known = known_app(session->definition, arguments.app); !known) return context.fail(known.error());
  const auto order = build_to_add(*session, arguments);
  if (!order) return context.fail(order.error());
  const auto sentence = [](const engine::State&, const engine::State&) {
    return std::string("Build added; sign-offs on an earlier candidate are void.");
  };
  return record_order(context, *session, sentence, [&](const engine::State& state) {
    return orders::add_build(session->definition, state, session->by, *order, session->clock->now());
  });
}

}  // namespace

void add_build_add(CLI::App& group, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(group, "build add", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] { return run_build_add(context, *arguments); };
  });
}

}  // namespace train::cli
