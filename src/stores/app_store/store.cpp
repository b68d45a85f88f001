#include "store.hpp"

#include <fmt/format.h>

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

std::string budget(const RateLimit& rate) {
  if (rate.limit < 0 || rate.left < 0) return "accepted";
  return fmt::format("accepted; {} of {} requests are left this hour", rate.left, rate.limit);
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

Result<Done> AppStore::upload_build(const Upload& upload) {
  return fail(ErrorKind::refused,
              fmt::format("Cannot upload build {} of {}: this version of train does not upload to the App Store.",
                          upload.candidate.build.text(), upload.candidate.version.text()),
              "Upload it with Xcode, altool or Transporter; train goes on once the store has the build.");
}

Result<std::vector<Store::Probe>> AppStore::probe() {
  std::vector<Probe> probes;
  const auto app = find_app();
  if (!app && app.error().kind != ErrorKind::not_found) {
    probes.push_back(failed("App Store Connect key", app.error()));
    return probes;
  }
  probes.push_back(passed("App Store Connect key", budget(api_.rate_limit())));
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
  auto tokens = auth::AppStoreTokens::create(std::move(settings.key));
  if (!tokens) return tl::unexpected(tokens.error());
  return std::unique_ptr<Store>(
      std::make_unique<app_store::AppStore>(std::move(settings.app), std::move(*tokens), *settings.clock));
}

}  // namespace train::stores
