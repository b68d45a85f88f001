// The whole app, everywhere it is sold: the only brake past a pause, a call for each storefront.
#include <fmt/format.h>

#include <algorithm>

#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

tl::unexpected<Error> stopped_at(const Error& error, std::size_t closed, std::size_t all) {
  return fail(error.kind,
              fmt::format("{} {} of {} storefronts had been closed in this run.", error.message, closed, all),
              error.hint.empty() ? "Run `train advance`: it goes on with the rest."
                                 : error.hint + " `train advance` goes on with the rest.");
}

}  // namespace

Result<std::vector<AppStore::Storefront>> AppStore::storefronts() {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  const auto what = fmt::format("read where {} is sold", app_.store_id);
  const auto availability = api_.get(fmt::format("/v1/apps/{}/appAvailabilityV2", app->id), {}, what);
  if (!availability) return tl::unexpected(availability.error());
  // The app's availability is found in version 1 of the API, its storefronts in version 2, and they change in
  // version 1.
  const auto path = fmt::format("/v2/appAvailabilities/{}/territoryAvailabilities", read_id(*availability));
  const auto document = api_.get_all(path, {{"limit", "200"}}, what);
  if (!document) return tl::unexpected(document.error());
  std::vector<Storefront> found;
  const json::json_pointer available("/attributes/available");
  for (const auto& row : document->at("data")) {
    const bool readable = row.is_object() && row.contains("id") && row.at("id").is_string() &&
                          row.contains(available) && row.at(available).is_boolean();
    if (!readable)
      return fail(ErrorKind::invalid_answer, fmt::format("Cannot {}: a storefront tells too little.", what));
    found.push_back({row.at("id").get<std::string>(), row.at(available).get<bool>()});
  }
  return found;
}

Result<Done> AppStore::remove_from_sale(const Candidate&) {
  const auto what = fmt::format("take {} off sale", app_.store_id);
  auto open = storefronts();
  if (!open) return tl::unexpected(open.error());
  std::erase_if(*open, [](const Storefront& one) { return !one.on_sale; });
  if (open->empty()) return Done{};
  Written last;
  last.certainty = Written::Certainty::accepted;
  for (std::size_t i = 0; i < open->size(); ++i) {
    const auto& id = open->at(i).id;
    auto written = api_.write(http::Method::patch, "/v1/territoryAvailabilities/" + percent_encode(id),
                              update_body("territoryAvailabilities", id, {{"available", false}}), what);
    switch (written.certainty) {
      case Written::Certainty::accepted:
        break;
      case Written::Certainty::doubtful:
        last = std::move(written);  // the last look tells whether it took
        break;
      case Written::Certainty::refused:
      case Written::Certainty::conflict:
        return stopped_at(written.error, i, open->size());
    }
  }
  const auto shown = [&]() -> Result<bool> {
    return storefronts().map([](const std::vector<Storefront>& all) {
      return std::none_of(all.begin(), all.end(), [](const Storefront& one) { return one.on_sale; });
    });
  };
  return api_.settle(last, shown, what);
}

}  // namespace train::stores::app_store
