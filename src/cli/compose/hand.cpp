#include "compose/hand.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "compose/clocks.hpp"
#include "compose/flag_wiring.hpp"
#include "compose/wiring.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

struct Wired {
  std::vector<runner::OwnedPorts> stores;
  std::vector<std::unique_ptr<FlagProvider>> providers;
};

Result<Recoveries*> recoveries_of(const Context& context, const Session& session, const App& app, Wired& wired) {
  Reporter reporter;
  reporter.told = [&context](const AppName& name, const std::string& sentence) {
    context.err() << "train: " << name << ": " << printable(sentence) << "\n";
  };
  auto store = wire_store(session.definition, app, *session.clock, std::move(reporter));
  if (!store) return tl::unexpected(store.error());
  auto* calls = store->ports.stores.at(app.name)->offers().recoveries;
  if (calls == nullptr) return fail(ErrorKind::internal, app.name + " is in a store without recoveries.");
  wired.stores.push_back(std::move(*store));
  return calls;
}

Result<FlagProvider*> provider_of(const Session& session, const Flag& parameter, Wired& wired) {
  auto provider = wire_flag(parameter, session.definition.directory, *session.clock, sleep_on(*session.clock));
  if (!provider) return tl::unexpected(provider.error());
  wired.providers.push_back(std::move(*provider));
  return wired.providers.back().get();
}

}  // namespace

by_hand::Hand hand_of(const Context& context, const Session& session) {
  auto wired = std::make_shared<Wired>();
  return {*session.ports().log, *session.clock, session.by,
          [&context, &session, wired](const App& app) { return recoveries_of(context, session, app, *wired); },
          [&session, wired](const Flag& parameter) { return provider_of(session, parameter, *wired); }};
}

}  // namespace train::cli
