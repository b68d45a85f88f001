// The Recoveries port on Google Play. No edit is needed. What was lost on its way is settled by the list, which is
// asked for before every write too, so that nothing is ordered twice.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "caller.hpp"
#include "edit.hpp"
#include "recovery_wire.hpp"
#include "train/base/text.hpp"
#include "train/stores/google_play.hpp"

namespace train::stores {
namespace google_play {
namespace {

using Wanted = std::function<bool(const Recovery&)>;

constexpr std::string_view k_come_back = "Nothing is ordered twice: run it again, it looks before it acts.";

tl::unexpected<Error> recovery_refused(std::string why, std::string hint = {}) {
  return fail(ErrorKind::refused, std::move(why), std::move(hint));
}

bool is_region(std::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<Done> check_reach(const RecoveryReach& reach) {
  const int kinds = (reach.everybody ? 1 : 0) + (reach.regions.empty() ? 0 : 1) + (reach.api_levels.empty() ? 0 : 1);
  if (kinds != 1) {
    return recovery_refused("An app recovery reaches either everybody, or regions, or Android API levels.",
                            "Choose one kind; it can be widened later, but not changed.");
  }
  for (const std::string& region : reach.regions) {
    if (!is_region(region)) {
      return recovery_refused(fmt::format("\"{}\" is no region.", printable(region, 40)),
                              "Two capital letters of ISO 3166, such as DE.");
    }
  }
  for (const std::int64_t level : reach.api_levels) {
    if (level <= 0 || level > 10000) return recovery_refused(fmt::format("{} is no Android API level.", level));
  }
  return Done{};
}

Result<Done> check_wish(const RecoveryWish& wish) {
  if (wish.builds.empty()) return recovery_refused("An app recovery needs the builds that users shall leave.");
  for (const BuildNumber& build : wish.builds) {
    if (build.number().value_or(0) <= 0) {
      return recovery_refused(fmt::format("Build {} is no version code.", build.text()),
                              "Google Play counts builds by whole numbers.");
    }
  }
  return check_reach(wish.reach);
}

bool has_id(const Recovery& recovery, const std::string& id) { return recovery.id == id; }

class GooglePlayRecoveries final : public Recoveries {
 public:
  explicit GooglePlayRecoveries(GooglePlaySettings settings)
      : caller_(settings.app.endpoint, settings.app.store_id, std::move(settings.account), *settings.clock),
        told_(std::move(settings.told)) {}

  Result<std::vector<Recovery>> list(const BuildNumber& build) override;
  Result<Recovery> prepare(const RecoveryWish& asked) override;
  Result<Recovery> widen(const RecoveryKey& key, const RecoveryReach& further) override;
  Result<Recovery> deploy(const RecoveryKey& key) override;
  Result<Recovery> cancel(const RecoveryKey& key) override;

 private:
  Result<Recovery> find(const RecoveryKey& key);
  // Sends once; whether its answer came or not, the list then says what became of it.
  Result<Recovery> order(const std::string& path, std::string body, const std::string& what, const BuildNumber& build,
                         const Wanted& wanted);
  Result<Recovery> order_on(const Recovery& seen, const RecoveryKey& key, std::string_view verb, std::string body,
                            const Wanted& wanted);
  Result<Recovery> read_back(const std::string& what, const BuildNumber& build, const Wanted& wanted,
                             const Error* lost);

  Caller caller_;
  std::function<void(const std::string&)> told_;
};

Result<std::vector<Recovery>> GooglePlayRecoveries::list(const BuildNumber& build) {
  if (build.number().value_or(0) <= 0) {
    return recovery_refused(fmt::format("Build {} is no version code.", build.text()));
  }
  const Call call{http::Method::get,
                  "/appRecoveries?versionCode=" + build.text(),
                  {},
                  Repeat::harmless,
                  fmt::format("Listing the app recoveries of build {}", build.text())};
  const auto answer = caller_.call(call);
  if (!answer) return tl::unexpected(answer.error().error);
  auto all = parse_recoveries(*answer);
  if (!all) all.error().message = call.what + ": " + all.error().message;
  return all;
}

Result<Recovery> GooglePlayRecoveries::find(const RecoveryKey& key) {
  auto all = list(key.build);
  if (!all) return tl::unexpected(all.error());
  for (Recovery& recovery : *all) {
    if (has_id(recovery, key.id)) return std::move(recovery);
  }
  return fail(ErrorKind::not_found,
              fmt::format("Google Play has no app recovery {} of build {}.", printable(key.id, 40), key.build.text()),
              "List those of the build: `train recovery list`.");
}

Result<Recovery> GooglePlayRecoveries::read_back(const std::string& what, const BuildNumber& build,
                                                 const Wanted& wanted, const Error* lost) {
  std::string seen = "it is not listed";
  for (const std::chrono::seconds pause : k_looks) {
    if (pause.count() > 0 && !caller_.wait(pause)) break;
    auto all = list(build);
    if (!all) seen = all.error().message;
    if (!all) continue;
    const auto found = std::find_if(all->begin(), all->end(), wanted);
    if (found == all->end()) continue;
    if (lost != nullptr && told_) told_(what + ": the answer was lost; it had taken effect.");
    return std::move(*found);
  }
  const std::string before = lost == nullptr ? what + ": Google Play accepted it." : lost->message;
  return fail(ErrorKind::unknown_outcome, fmt::format("{} It does not show: {}.", before, seen),
              std::string(k_come_back));
}

Result<Recovery> GooglePlayRecoveries::order(const std::string& path, std::string body, const std::string& what,
                                             const BuildNumber& build, const Wanted& wanted) {
  const auto answer = caller_.call({http::Method::post, "/appRecoveries" + path, std::move(body), Repeat::never, what});
  if (answer) return read_back(what, build, wanted, nullptr);
  if (answer.error().trouble != Trouble::ambiguous) return tl::unexpected(answer.error().error);
  return read_back(what, build, wanted, &answer.error().error);
}

Result<Recovery> GooglePlayRecoveries::order_on(const Recovery& seen, const RecoveryKey& key, std::string_view verb,
                                                std::string body, const Wanted& wanted) {
  const std::string what = fmt::format("App recovery {} of build {}: {}", seen.id, key.build.text(), verb);
  return order(fmt::format("/{}:{}", percent_encode(seen.id), verb), std::move(body), what, key.build,
               [&](const Recovery& each) { return has_id(each, key.id) && wanted(each); });
}

Result<Recovery> GooglePlayRecoveries::prepare(const RecoveryWish& asked) {
  if (auto good = check_wish(asked); !good) return tl::unexpected(good.error());
  RecoveryWish wish = asked;
  std::sort(wish.builds.begin(), wish.builds.end());
  wish.builds.erase(std::unique(wish.builds.begin(), wish.builds.end()), wish.builds.end());
  const BuildNumber& build = wish.builds.front();
  auto all = list(build);
  if (!all) return tl::unexpected(all.error());
  const Wanted same = [&](const Recovery& each) {
    return !is_finished(each) && is_about(each, wish.builds) && covers(each.reach, wish.reach);
  };
  const auto present = std::find_if(all->begin(), all->end(), same);
  if (present != all->end()) return std::move(*present);
  return order("", recovery_body(wish), fmt::format("Drafting an app recovery of build {}", build.text()), build, same);
}

Result<Recovery> GooglePlayRecoveries::widen(const RecoveryKey& key, const RecoveryReach& further) {
  if (auto good = check_reach(further); !good) return tl::unexpected(good.error());
  auto seen = find(key);
  if (!seen || covers(seen->reach, further)) return seen;
  if (is_finished(*seen)) return recovery_refused(fmt::format("App recovery {} is over ({}).", seen->id, seen->raw));
  if (!is_same_kind(seen->reach, further)) {
    return recovery_refused(fmt::format("App recovery {} reaches {}; Google Play widens it by the same kind only.",
                                        seen->id, describe_reach(seen->reach)),
                            "Prepare another one for another kind.");
  }
  return order_on(*seen, key, "addTargeting", further_targeting_body(missing_in(seen->reach, further)),
                  [&](const Recovery& each) { return covers(each.reach, further); });
}

Result<Recovery> GooglePlayRecoveries::deploy(const RecoveryKey& key) {
  auto seen = find(key);
  if (!seen) return seen;
  if (is_deployed(*seen)) return seen;
  switch (seen->status) {
    case RecoveryStatus::active:
    case RecoveryStatus::draft:
      return order_on(*seen, key, "deploy", "{}", is_deployed);
    case RecoveryStatus::preparing:
      return fail(ErrorKind::rate_limited, fmt::format("Google Play still generates app recovery {}.", seen->id),
                  "Deploy it again in a few minutes.");
    case RecoveryStatus::failed:
      return recovery_refused(fmt::format("Google Play could not generate app recovery {}.", seen->id),
                              "Prepare another one; the Play Console may say more.");
    case RecoveryStatus::cancelled:
      return recovery_refused(fmt::format("App recovery {} was cancelled, which is for good.", seen->id),
                              "Prepare another one.");
    case RecoveryStatus::unknown:
      break;
  }
  return recovery_refused(
      fmt::format("App recovery {} is in a state this version of train does not know: {}.", seen->id, seen->raw),
      "Look at it in the Play Console.");
}

Result<Recovery> GooglePlayRecoveries::cancel(const RecoveryKey& key) {
  auto seen = find(key);
  if (!seen || seen->status == RecoveryStatus::cancelled) return seen;
  return order_on(*seen, key, "cancel", "{}",
                  [](const Recovery& each) { return each.status == RecoveryStatus::cancelled; });
}

}  // namespace
}  // namespace google_play

Result<std::unique_ptr<Recoveries>> make_google_play_recoveries(GooglePlaySettings settings) {
  if (settings.clock == nullptr) return fail(ErrorKind::internal, "Google Play needs a clock.");
  while (settings.app.endpoint.size() > 1 && settings.app.endpoint.back() == '/') settings.app.endpoint.pop_back();
  return std::unique_ptr<Recoveries>(std::make_unique<google_play::GooglePlayRecoveries>(std::move(settings)));
}

}  // namespace train::stores
