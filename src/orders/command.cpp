#include "train/orders/command.hpp"

#include <algorithm>

#include "train/base/text.hpp"
#include "train/orders/abandon.hpp"
#include "train/orders/accept_definition.hpp"
#include "train/orders/add_build.hpp"
#include "train/orders/hold.hpp"
#include "train/orders/release_standby.hpp"
#include "train/orders/remove_from_sale.hpp"
#include "train/orders/resume.hpp"
#include "train/orders/sign_off.hpp"
#include "train/orders/start_release.hpp"
#include "train/orders/stop.hpp"

namespace train::orders {
namespace {

using Said = const Arguments&;
using Who = const std::string&;

Events give_approval(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return sign_off(d, s, by, {said.item, event::SignedOff::How::approved, said.why, said.evidence}, now);
}
Events give_waiver(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return sign_off(d, s, by, {said.item, event::SignedOff::How::waived, said.why, said.evidence}, now);
}
Events give_hold(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return hold(d, s, by, {said.app, said.why}, now);
}
Events give_resume(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return resume(d, s, by, {said.app, said.why, said.overrides}, now);
}
Events give_halt(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return stop(d, s, by, {said.app, Stop::halt, said.why}, now);
}
Events give_rollback(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return stop(d, s, by, {said.app, Stop::rollback, said.why}, now);
}
Events give_removal(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return remove_from_sale(d, s, by, {said.app, said.why}, now);
}
Events give_standby_release(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return release_standby(d, s, by, {said.app, said.why}, now);
}
Events give_acceptance(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return accept_definition(d, s, by, {said.why}, now);
}
Events give_abandon(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  return abandon(d, s, by, {said.why}, now);
}

Events give_build_add(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  const auto number = BuildNumber::parse(said.build);
  if (!number) return fail(ErrorKind::usage, "`" + printable(said.build, 200) + "` is not a build number.");
  return add_build(d, s, by, {said.app, *number, std::nullopt}, now);
}

// The stores as the last look showed them.
std::map<AppName, StoreBefore> as_last_seen(const engine::State& state, const VersionName& version) {
  std::map<AppName, StoreBefore> out;
  for (const auto& release : state.releases) {
    for (const auto& app : release.apps) {
      if (app.live && app.live->is_named()) out[app.app].live = app.live->version;
      if (release.version == version && app.seen) out[app.app].has_version = true;
    }
  }
  return out;
}

Events give_start(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  auto version = VersionName::parse(said.version);
  if (!version && !said.version.empty())
    return fail(ErrorKind::usage, "`" + printable(said.version, 200) + "` is not a version like 3.4.0.");
  if (!version) {
    const auto next = next_version(d, s, said.hotfix, std::nullopt);
    if (!next) return tl::unexpected(next.error());
    version = *next;
  }
  return start_release(d, s, by, {*version, said.hotfix, as_last_seen(s, *version)}, now);
}

template <Action action>
Events give_recovery(const Definition& d, const engine::State& s, Who by, Said said, Instant) {
  const auto order = recovery_order(said, action);
  if (!order) return tl::unexpected(order.error());
  return recovery(d, s, by, *order).map([](const Step&) { return std::vector<EventBody>{}; });
}

Events give_force_update(const Definition& d, const engine::State& s, Who by, Said said, Instant now) {
  const auto order = force_update_order(said);
  if (!order) return tl::unexpected(order.error());
  return force_update(d, s, by, *order, now);
}

const Argument k_item{"ITEM", &Arguments::item, true, "The item, as `train status` shows it"};
const Argument k_why{"--why", &Arguments::why, true, "The reason, for the log"};

Argument app_of(std::string_view what) { return {"APP", &Arguments::app, false, what}; }
Argument needed_app(std::string_view what) { return {"APP", &Arguments::app, true, what}; }

const Argument k_everybody{"--everybody", &Arguments::everybody, false, "Everybody who runs the builds"};
const Argument k_region{"--region", &Arguments::regions, false, "People of this country, such as DE; repeatable"};
const Argument k_android{"--android", &Arguments::api_levels, false, "Devices of this Android API level; repeatable"};
const Argument k_id{"ID", &Arguments::id, true, "As `train recovery list` shows it"};
const Argument k_one_build{"--build", &Arguments::builds, true, "A build it is about: the store lists by build"};
const Argument k_its_version{"--version", &Arguments::version, false,
                             "The version of that build, where the log does not know it"};

// The orders that also reach beyond the log.
std::vector<Command> commands_by_hand() {
  const auto app = needed_app("The app, as the definition names it");
  return {
      {"recovery prepare",
       "Draft one; nobody is asked yet",
       "train recovery prepare android --build 340 --region DE --why 'loses payments'",
       {app,
        {"--build", &Arguments::builds, true, "A version code that users shall leave; repeatable"},
        k_everybody,
        k_region,
        k_android,
        k_why},
       give_recovery<Action::prepare_recovery>,
       Action::prepare_recovery},
      {"recovery widen",
       "Reach more people of the same kind",
       "train recovery widen android 4611 --build 340 --region FR --why 'seen there too' --yes",
       {app, k_id, k_one_build, k_its_version, k_everybody, k_region, k_android, k_why},
       give_recovery<Action::widen_recovery>,
       Action::widen_recovery},
      {"recovery deploy",
       "Ask them, from now on",
       "train recovery deploy android 4611 --build 340 --why 'loses payments' --yes",
       {app, k_id, k_one_build, k_its_version, k_why},
       give_recovery<Action::deploy_recovery>,
       Action::deploy_recovery},
      {"recovery cancel",
       "Ask nobody else, for good",
       "train recovery cancel android 4611 --build 340 --why 'the fix is out' --yes",
       {app, k_id, k_one_build, k_its_version, k_why},
       give_recovery<Action::cancel_recovery>,
       Action::cancel_recovery},
      {"force-update apply",
       "The same decision, written where the apps and Google Play read it",
       "train force-update apply --severity critical --why 'loses payments'",
       {app_of("Default: every app"),
        {"--version", &Arguments::version, false, "The bad version (default: the release in focus)"},
        {"--severity", &Arguments::severity, true, "low, medium, high or critical"},
        {"--share", &Arguments::share, false, "Users on it, such as 5% (default: as the store showed it)"},
        {"--fix", &Arguments::fix, false,
         "A newer version available to every user (default: the newest one in the log)"},
        {"--legal", &Arguments::legal, false, "Law or safety asks for it"},
        {"--cannot-update-here", &Arguments::cannot_update_here, false,
         "People are offline, or in the middle of something that an update would end"},
        k_why},
       give_force_update,
       Action::set_minimum_version},
  };
}

std::vector<Command> commands_of_the_log() {
  return {
      {"approve",
       "Sign off an item that a wait shows",
       "train approve submission:qa --as ben",
       {k_item, {"--evidence", &Arguments::evidence, false, "A link to what was looked at"}},
       give_approval},
      {"waive",
       "Let an item pass without its sign-off, for a reason",
       "train waive store-copy --why 'unchanged since 3.3.0'",
       {k_item, k_why},
       give_waiver},
      {"hold",
       "Stop promotion and everything else that exposes: submission, release, the next stage",
       "train hold android --why 'support sees something'",
       {app_of("Default: the whole release"), k_why},
       give_hold},
      {"resume",
       "End a hold, a halt, a latched breach, or a rejection mended by metadata",
       "train resume android --why 'fixed by the flag' --override crashes",
       {app_of("Default: the whole release"),
        k_why,
        {"--override", &Arguments::overrides, false, "A breached signal to go on in spite of"}},
       give_resume},
      {"halt",
       "Stop exposure in the store, now, at any hour",
       "train halt android --why 'payments fail'",
       {app_of("Default: every app with exposure"), k_why},
       give_halt},
      {"rollback",
       "The playbook: flags off, halt, the standby out, people told",
       "train rollback android --why 'crash on start'",
       {app_of("Default: every app with exposure"), k_why},
       give_rollback},
      {"remove-from-sale",
       "The last resort: take the whole app off sale on the App Store, everywhere",
       "train remove-from-sale ios --why 'charges cards twice'",
       {needed_app("The app, as the definition names it"), k_why},
       give_removal},
      {"standby release",
       "Send it out in place of the release",
       "train standby release ios --why 'crash on start'",
       {app_of("Default: every app whose standby is ready"), k_why},
       give_standby_release},
      {"build add",
       "A newer release candidate; sign-offs on the earlier one are void",
       "train build add ios 341",
       {needed_app(""), {"BUILD", &Arguments::build, true, "An archive, or a build number the store has"}},
       give_build_add},
      {"abandon", "Give the release up", "train abandon --why 'superseded by 3.5.0'", {k_why}, give_abandon},
      {"accept-definition",
       "Make the log this definition's, after apps were taken out of it or changed",
       "train accept-definition --why 'the iOS app has a train of its own now'",
       {k_why},
       give_acceptance},
      {"start",
       "Open the next release; a version that already exists in a store is adopted in its current state",
       "train start 3.4.0",
       {{"VERSION", &Arguments::version, false, "Default: the next by `versioning`"},
        {"--hotfix", &Arguments::hotfix, false, "A release cut from the live one, with its own shorter requirements"}},
       give_start},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    auto joined = commands_of_the_log();
    for (auto& one : commands_by_hand()) joined.push_back(std::move(one));
    return joined;
  }();
  return all;
}

const Command* find_command(std::string_view words) {
  const auto found =
      std::find_if(commands().begin(), commands().end(), [&](const Command& one) { return one.words == words; });
  return found == commands().end() ? nullptr : &*found;
}

}  // namespace train::orders
