// NRQL over NerdGraph, New Relic's GraphQL.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "ask.hpp"
#include "descriptors.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace new_relic {
namespace {

constexpr Provider k_new_relic{"New Relic", "`api_key` (a user key) and `region`", "`region` or `url`", ""};
constexpr int k_query_seconds_most = 25;  // less than one attempt may take, so that its own words come back
constexpr Duration k_window_least{60};

bool names_since(std::string query) {
  std::transform(query.begin(), query.end(), query.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return query.find("since ") != std::string::npos;
}

// Without SINCE New Relic would count the last hour only.
Reading<std::string> question_of(const std::string& query, const Subject& subject) {
  auto filled = fill_query(query, subject);
  if (!filled || names_since(query)) return filled;
  const Instant start = std::min(subject.start, subject.end() - k_window_least);
  return fmt::format("{} SINCE {}000 UNTIL {}000", *filled, start.time_since_epoch().count(),
                     subject.end().time_since_epoch().count());
}

// GraphQL writes its strings as JSON does.
std::string graph_of(const std::string& account, const std::string& nrql) {
  const std::string text = json(nrql).dump(-1, ' ', false, json::error_handler_t::replace);
  const json body = {{"query", fmt::format("{{actor{{account(id:{}){{nrql(query:{},timeout:{}){{results}}}}}}}}",
                                           account, text, k_query_seconds_most)}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

// A percentile stands one level deeper: {"percentile.duration": {"95": 1.2}}.
Reading<std::optional<Sample>> only_number(const json& row, Instant at) {
  if (!row.is_object() || row.size() != 1)
    return cannot(
        fmt::format("the query's row has {} numbers, and one is wanted: SELECT one, without FACET", row.size()));
  const json& value = *row.begin();
  if (value.is_null()) return std::optional<Sample>();
  if (value.is_object()) return only_number(value, at);
  const auto number = number_in(value, "the query's value");
  if (!number) return tl::unexpected(number.error());
  return std::optional<Sample>(Sample{*number, at});
}

Reading<std::optional<Sample>> sample_in(const json& document, Instant at) {
  const json& errors = part(document, "errors");
  if (!errors.is_null() && !errors.empty())
    return cannot("New Relic refused the query: " + printable(words_of_error(document), 300));
  const json& account = part(part(part(document, "data"), "actor"), "account");
  if (account.is_null()) return cannot("New Relic shows no such account to this key; check `account` and `api_key`");
  const json& results = part(part(account, "nrql"), "results");
  if (!results.is_array()) return cannot("New Relic answered without results");
  if (results.empty()) return std::optional<Sample>();
  if (results.size() > 1)
    return cannot(fmt::format("the query found {} rows, and one number is wanted: leave FACET and TIMESERIES away",
                              results.size()));
  return only_number(results[0], at);
}

class NewRelicSource final : public SignalSource {
 public:
  NewRelicSource(Link link, Secret api_key) : asker_(k_new_relic, std::move(link)), api_key_(std::move(api_key)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    return measure_queries(signal, subject, "query found no data",
                           [&](const std::string& query, std::string_view) { return sample(signal, subject, query); });
  }

 private:
  Reading<std::optional<Sample>> sample(const Signal& signal, const Subject& subject, const std::string& query) {
    const auto nrql = question_of(query, subject);
    if (!nrql) return tl::unexpected(nrql.error());
    http::Request request = post_json_to(signal.url + "/graphql", graph_of(option_named(signal, "account"), *nrql));
    request.headers.push_back({"API-Key", api_key_.expose()});
    const auto document = asker_.ask(request, "query New Relic", subject.now);
    if (!document) return tl::unexpected(document.error());
    return sample_in(*document, subject.end());
  }

  Asker asker_;
  Secret api_key_;
};

}  // namespace
}  // namespace new_relic

std::unique_ptr<SignalSource> make_new_relic(Link link, Secret api_key) {
  return std::make_unique<new_relic::NewRelicSource>(std::move(link), std::move(api_key));
}

namespace new_relic {
namespace {

std::vector<KeyProblem> settle(Signal& signal, const WrittenKeys&) {
  const bool europe = option_named(signal, "region") == "eu";
  if (signal.url.empty()) signal.url = europe ? "https://api.eu.newrelic.com" : "https://api.newrelic.com";
  return {};
}

Result<std::unique_ptr<SignalSource>> wire(const Signal& signal, const Site& site) {
  auto api_key = site.secret(signal, "api_key");
  if (!api_key) return tl::unexpected(api_key.error());
  return make_new_relic(site.link(), std::move(*api_key));
}

}  // namespace
}  // namespace new_relic

Descriptor describe_new_relic() {
  SignalKeys keys{"new_relic",
                  {{.name = "account",
                    .kind = KeyKind::whole_number,
                    .meaning = "the account's id",
                    .need = Need::required,
                    .noun = "New Relic's account id"},
                   {.name = "api_key", .kind = KeyKind::secret, .meaning = "a secret", .need = Need::required},
                   {.name = "region",
                    .kind = KeyKind::choice,
                    .meaning = "where the account is",
                    .fallback = "us",
                    .words = {"us", "eu"}},
                   {.name = "url", .kind = KeyKind::url, .meaning = "of another server", .otherwise = "the region's"}}};
  keys.settle = new_relic::settle;
  return {std::move(keys), new_relic::wire};
}

}  // namespace train::signals
