#include "app_store_reader.hpp"

#include <fmt/format.h>

#include <set>

#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace app_store {
namespace {

constexpr std::chrono::milliseconds k_wait{30000};
constexpr std::size_t k_answer_bytes_most = 8u << 20;

std::string with_query(std::string url, const Query& query) {
  char separator = '?';
  for (const auto& [name, value] : query) {
    url += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return url;
}

// "3.4.0" and "3.4" are one version to Apple, kept under the form that came first.
std::string both_forms(const VersionName& version) {
  const std::string& text = version.text();
  const bool short_form = text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0;
  return short_form ? text + "," + text.substr(0, text.size() - 2) : text + "," + text + ".0";
}

}  // namespace
}  // namespace app_store

using namespace app_store;

Reading<http::Outcome> AppStoreReader::send(http::Request request, Instant now) {
  const auto plain = request.headers;
  for (bool again = false;; again = true) {
    const auto token = tokens_.bearer(now);
    if (!token) return cannot_sign_in(token.error());
    request.headers = plain;
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto outcome = client_.read(request);
    if (outcome.status != 401 || again) return outcome;
    tokens_.forget();  // Apple refuses good tokens now and then; a new one usually passes
  }
}

Reading<json> AppStoreReader::get_url(const std::string& url, Instant now, std::string_view what,
                                      std::string_view accept) {
  http::Request request;
  request.url = url;
  request.timeout = k_wait;
  request.answer_limit_bytes = k_answer_bytes_most;
  request.headers = {{"Accept", std::string(accept)}};
  const auto outcome = send(request, now);
  if (!outcome) return tl::unexpected(outcome.error());
  if (outcome->transport != http::Transport::answered) return cannot(http::error_of(request, *outcome, what).message);
  if (outcome->status == 404) return json();
  if (outcome->status != 200) return cannot_for(*outcome, refusal(*outcome, what));
  return parse_answer(*outcome, what);
}

Reading<json> AppStoreReader::get(const std::string& path, const Query& query, Instant now, std::string_view what,
                                  std::string_view accept) {
  return get_url(with_query(access_.endpoint + path, query), now, what, accept);
}

Reading<std::vector<json>> AppStoreReader::list(const std::string& path, const Query& query, Instant now,
                                                int pages_most, std::string_view what) {
  std::vector<json> rows;
  std::set<std::string> visited;
  std::string url = with_query(access_.endpoint + path, query);
  for (int page = 1; !url.empty(); ++page) {
    if (page > pages_most)
      return cannot(fmt::format("{}: more than {} pages, so the count is not whole", what, pages_most));
    const auto document = get_url(url, now, what, k_json);
    if (!document) return tl::unexpected(document.error());
    if (document->is_null()) return cannot(fmt::format("{}: App Store Connect has no such list (404)", what));
    const auto& data = part(*document, "data");
    if (!data.is_array()) return cannot(fmt::format("{}: the answer has no list", what));
    rows.insert(rows.end(), data.begin(), data.end());
    visited.insert(url);
    url = words_of(part(part(*document, "links"), "next"));
    const bool ours = url.empty() || starts_with(url, access_.endpoint + "/v1/");
    if (!ours || visited.count(url) != 0)
      return cannot(fmt::format("{}: the next page is elsewhere or was read already: {}", what, printable(url, 200)));
  }
  return rows;
}

Reading<std::string> AppStoreReader::app_id(Instant now) {
  if (!app_id_.empty()) return app_id_;
  constexpr int pages_most = 10;
  // The filter finds parts of bundle ids too: an app may have many siblings before it.
  const auto rows =
      list("/v1/apps", {{"filter[bundleId]", access_.bundle_id}, {"fields[apps]", "bundleId"}, {"limit", "200"}}, now,
           pages_most, "find app " + access_.bundle_id);
  if (!rows) return tl::unexpected(rows.error());
  auto id = app_id_in({{"data", *rows}}, access_.bundle_id);
  if (id) app_id_ = *id;
  return id;
}

Reading<Ids> AppStoreReader::find(const VersionName& version, Instant now) {
  const auto known = known_.find(version.text());
  if (known != known_.end()) return known->second;
  const auto app = app_id(now);
  if (!app) return tl::unexpected(app.error());
  const auto document = get("/v1/apps/" + *app + "/appStoreVersions",
                            {{"filter[platform]", "IOS"},
                             {"filter[versionString]", both_forms(version)},
                             {"include", "build"},
                             {"fields[appStoreVersions]", "versionString,build"},
                             {"fields[builds]", "version"},
                             {"limit", "10"}},
                            now, "find version " + version.text());
  if (!document) return tl::unexpected(document.error());
  auto ids = ids_in(*document, version);
  if (ids && !ids->build.empty()) known_[version.text()] = *ids;
  return ids;
}

Result<std::shared_ptr<AppStoreReader>> open_app_store_reader(AppStoreAccess access, http::Sleep sleep) {
  auto tokens = auth::AppStoreTokens::create(access.key);
  if (!tokens) return tl::unexpected(tokens.error());
  return std::make_shared<AppStoreReader>(std::move(access), std::move(*tokens), std::move(sleep));
}

}  // namespace train::signals
