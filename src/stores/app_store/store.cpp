#include "store.hpp"

#include <fmt/format.h>

#include <chrono>

#include "train/base/check.hpp"
#include "train/base/text.hpp"
#include "train/stores/app_store.hpp"

namespace train::stores {
namespace app_store {
namespace {

Store::Probe passed(std::string what, std::string detail) { return {std::move(what), true, std::move(detail), {}}; }
Store::Probe failed(std::string what, const Error& error) {
  return {std::move(what), false, error.message, error.hint};
}

Store::Probe key_accepted(const Budget& budget) {
  const auto told = budget.told();
  if (!told) return passed("App Store Connect key", "accepted");
  auto probe =
      passed("App Store Connect key", fmt::format("accepted; {} of {} requests are left this hour, {} are kept for "
                                                  "a halt",
                                                  told->left, told->limit, budget.kept_for_a_halt()));
  probe.worth_a_look = told->left <= budget.kept_for_a_halt();
  if (probe.worth_a_look) probe.hint = "Until more are left train only looks and halts: give it a key of its own.";
  return probe;
}

Store::Probe clock_differs(Duration skew) {
  auto probe = passed("clock", skew_words(skew));
  probe.worth_a_look = true;
  probe.hint = fmt::format("Set it by NTP: {} ahead or {} behind, Apple refuses every token.",
                           format_duration(k_skew_future), format_duration(k_skew_expired));
  return probe;
}

std::string on_the_shelf(const std::vector<VersionRow>& rows) {
  std::vector<std::string> words;
  for (const auto& row : rows) {
    const bool news = holds_the_slot(row.state) || row.state == "READY_FOR_DISTRIBUTION";
    if (news) words.push_back(printable(row.number + " " + row.state, 80));
  }
  return words.empty() ? "no version yet" : join(words, ", ");
}

}  // namespace

Capabilities AppStore::offers() {
  Capabilities out;
  out.uploads = this;
  out.version_records = this;
  out.review = this;
  out.testers = this;
  out.own_ladder = this;
  out.standbys = this;
  out.withdrawal = this;
  return out;
}

Result<std::vector<Store::Probe>> AppStore::probe() {
  std::vector<Probe> probes;
  const Api::Reserve reserve(api_);  // a preflight is a few reads, and tells how much is left
  const auto app = find_app();
  if (!app && app.error().kind != ErrorKind::not_found) {
    probes.push_back(failed("App Store Connect key", app.error()));
    return probes;
  }
  probes.push_back(key_accepted(api_.budget()));
  if (const auto skew = api_.clock_skew(); skew && std::chrono::abs(*skew) >= k_skew_named)
    probes.push_back(clock_differs(*skew));
  if (!app) {
    probes.push_back(failed("app " + app_.store_id, app.error()));
    return probes;
  }
  probes.push_back(passed("app " + app_.store_id, fmt::format("found as {}", printable(app->name, 80))));
  const auto shelf = look_at(VersionName());
  if (shelf)
    probes.push_back(passed("versions", on_the_shelf(shelf->rows)));
  else
    probes.push_back(failed("versions", shelf.error()));
  if (!app_.testers.empty()) probes.push_back(probe_testers());
  return probes;
}

}  // namespace app_store

Result<std::unique_ptr<Store>> make_app_store(AppStoreSettings settings) {
  TRAIN_CHECK(settings.clock != nullptr, "an App Store needs a clock");
  TRAIN_CHECK(settings.app.app_store() != nullptr, "the app is in another store");
  auto tokens = auth::AppStoreTokens::create(std::move(settings.key));
  if (!tokens) return tl::unexpected(tokens.error());
  return std::unique_ptr<Store>(std::make_unique<app_store::AppStore>(std::move(settings), std::move(*tokens)));
}

}  // namespace train::stores
