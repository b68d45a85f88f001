// Queries in BigQuery, where Crashlytics and much else exports its events.
#include <fmt/format.h>

#include <cmath>

#include "ask.hpp"
#include "bigquery_answer.hpp"
#include "bigquery_sql.hpp"
#include "descriptors.hpp"
#include "numbers.hpp"
#include "own_account.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace bigquery {
namespace {

constexpr Provider k_bigquery{"BigQuery", "`credentials` (an account with the role BigQuery Job User in the project)",
                              "`project` and `url`", "", explain_bigquery};
constexpr const char* k_scope = "https://www.googleapis.com/auth/bigquery.readonly";
constexpr int k_first_wait_ms = 10000;  // below the time of one request
constexpr int k_poll_wait_ms = 5000;
constexpr int k_polls_most = 10;
constexpr const char* k_stop_after_ms = "60000";  // BigQuery stops the query itself: nobody waits for it any more
constexpr std::chrono::milliseconds k_between_polls{1000};

json parameter_of(const SqlParameter& parameter) {
  return {{"name", parameter.name},
          {"parameterType", {{"type", parameter.is_number ? "INT64" : "STRING"}}},
          {"parameterValue", {{"value", parameter.value}}}};
}

// `DATASET` or `PROJECT.DATASET`.
json dataset_of(const Signal& signal) {
  const std::string named = option_named(signal, "dataset");
  const auto dot = named.rfind('.');
  if (dot == std::string::npos) return {{"projectId", option_named(signal, "project")}, {"datasetId", named}};
  return {{"projectId", named.substr(0, dot)}, {"datasetId", named.substr(dot + 1)}};
}

std::string most_bytes(const Signal& signal) {
  const auto gigabytes = parse_number(option_named(signal, "maximum_gb_billed"));
  return fmt::format("{:.0f}", std::floor(gigabytes.value_or(0) * 1e9));
}

json body_of(const Signal& signal, const FilledSql& sql) {
  json body = {{"query", sql.text},
               {"useLegacySql", false},
               {"maxResults", 2},
               {"timeoutMs", k_first_wait_ms},
               {"jobTimeoutMs", k_stop_after_ms},
               {"maximumBytesBilled", most_bytes(signal)}};
  if (!sql.parameters.empty()) {
    body["parameterMode"] = "NAMED";
    for (const auto& parameter : sql.parameters) body["queryParameters"].push_back(parameter_of(parameter));
  }
  if (!option_named(signal, "dataset").empty()) body["defaultDataset"] = dataset_of(signal);
  if (const auto location = option_named(signal, "location"); !location.empty()) body["location"] = location;
  return body;
}

// Whole once the query has ended and its first row, if it has one, is there.
bool is_whole(const json& answer) {
  if (part(answer, "jobComplete") != true) return false;
  const json& rows = part(answer, "rows");
  return (rows.is_array() && !rows.empty()) || words_of(part(answer, "pageToken")).empty();
}

// Null where the row has no such column.
Reading<std::optional<double>> number_of_column(const json& row, const char* column) {
  const json& value = part(row, column);
  if (value.is_null()) return std::optional<double>();
  const auto number = number_in(value, fmt::format("the column `{}`", column));
  if (!number) return tl::unexpected(number.error());
  return std::optional<double>(*number);
}

// What else the query tells of its own numbers.
std::optional<Measurement> read_more(const json& row, Measurement& seen) {
  const auto lag = number_of_column(row, "lag_seconds");
  if (!lag) return lag.error();
  if (*lag) seen.lag = Duration(static_cast<std::int64_t>(std::ceil(**lag)));
  const auto effect = number_of_column(row, "design_effect");
  if (!effect) return effect.error();
  if (*effect) seen.design_effect = std::max(1.0, **effect);
  if (part(row, "as_of").is_null()) return std::nullopt;
  const auto at = time_in(part(row, "as_of"), "the column `as_of`");
  if (!at) return at.error();
  seen.as_of = *at;
  return std::nullopt;
}

Measurement counts_in(const json& row, const Signal& signal, const Subject& subject) {
  for (const char* column : {"events", "exposures"}) {
    if (!row.contains(column))
      return cannot(fmt::format("the query's row has no column `{0}`: write `… AS {0}`", column)).value();
  }
  const auto exposures = number_of_column(row, "exposures");
  if (!exposures) return exposures.error();
  if (!*exposures) return unmeasured(Measurement::State::no_data, "the column `exposures` is NULL");
  const auto events = number_of_column(row, "events");
  if (!events) return events.error();
  if (!*events && !signal.absent_is_zero) {
    return unmeasured(Measurement::State::no_data,
                      "the column `events` is NULL; if that means no events, set absent_is_zero");
  }
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.counts = {events->value_or(0), **exposures};
  seen.as_of = subject.end();
  if (auto failed = read_more(row, seen)) return std::move(*failed);
  return concluded(signal, subject, std::move(seen));
}

std::vector<std::string> texts_of(const Signal& signal) {
  std::vector<std::string> texts;
  for (const std::string& text : {option_named(signal, "query"), signal.exposures, signal.events, signal.value}) {
    if (!text.empty()) texts.push_back(text);
  }
  return texts;
}

class BigQuerySource final : public SignalSource {
 public:
  BigQuerySource(Link link, auth::GoogleCredentials account)
      : sleep_(link.sleep),
        asker_(k_bigquery, std::move(link)),
        tokens_(std::move(account), k_scope, asker_.client()) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const std::string query = option_named(signal, "query");
    if (query.empty()) {
      return measure_queries(signal, subject, "query gives no row, or NULL",
                             [&](const std::string& text, std::string_view) { return number(signal, text, subject); });
    }
    const auto row = ask_row(signal, query, subject);
    if (!row) return row.error();
    if (!*row) return unmeasured(Measurement::State::no_data, "the query gives no row");
    return counts_in(**row, signal, subject);
  }

  // What a dry run of each query says, which costs nothing.
  std::string cost(const Signal& signal, const Subject& subject) override {
    double bytes = 0;
    for (const auto& text : texts_of(signal)) {
      const auto sql = fill_sql(text, subject);
      if (!sql) return {};
      json body = body_of(signal, *sql);
      body["dryRun"] = true;
      const auto answer = ask(post_query(signal, body), "dry run", subject);
      const auto read = answer ? number_in(part(*answer, "totalBytesProcessed"), "totalBytesProcessed")
                               : tl::unexpected(answer.error());
      if (!read) return "the dry run fails: " + read.error().detail;
      bytes += *read;
    }
    const auto most = parse_number(most_bytes(signal));
    return fmt::format("one look reads {}; {} are billed at most", bytes_text(bytes), bytes_text(most.value_or(0)));
  }

 private:
  Reading<std::optional<Sample>> number(const Signal& signal, const std::string& text, const Subject& subject) {
    const auto row = ask_row(signal, text, subject);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return std::optional<Sample>();
    if ((*row)->size() != 1) {
      return cannot(
          fmt::format("the query gives {} columns, and one number is wanted; `query` reads several", (*row)->size()));
    }
    const json& value = *(*row)->begin();
    if (value.is_null()) return std::optional<Sample>();
    const auto number = number_in(value, "the query's value");
    if (!number) return tl::unexpected(number.error());
    return std::optional<Sample>(Sample{*number, subject.end()});
  }

  Reading<std::optional<json>> ask_row(const Signal& signal, const std::string& text, const Subject& subject) {
    const auto sql = fill_sql(text, subject);
    if (!sql) return tl::unexpected(sql.error());
    auto answer = ask(post_query(signal, body_of(signal, *sql)), "query", subject);
    for (int poll = 0; answer && !is_whole(*answer); ++poll) {
      if (poll == k_polls_most) return cannot("the query still runs after a minute, and is stopped: make it cheaper");
      const auto again = results_of(signal, *answer);
      if (!again) return tl::unexpected(again.error());
      if (poll > 0 && sleep_) sleep_(k_between_polls);
      answer = ask(*again, "read the query's result", subject);
    }
    if (!answer) return tl::unexpected(answer.error());
    return one_row(*answer);
  }

  static std::string project_at(const Signal& signal) {
    return signal.url + "/bigquery/v2/projects/" + percent_encode(option_named(signal, "project"));
  }

  static http::Request post_query(const Signal& signal, const json& body) {
    return post_json_to(project_at(signal) + "/queries", body.dump(-1, ' ', false, json::error_handler_t::replace));
  }

  // The same job's next page, or its first where the query had not ended.
  static Reading<http::Request> results_of(const Signal& signal, const json& answer) {
    const json& job = part(answer, "jobReference");
    const std::string id = words_of(part(job, "jobId"));
    if (id.empty()) return cannot("BigQuery has not ended the query, and names no job to wait for");
    std::string url =
        fmt::format("{}/queries/{}?maxResults=2&timeoutMs={}", project_at(signal), percent_encode(id), k_poll_wait_ms);
    for (const auto& [name, value] : {std::pair("location", words_of(part(job, "location"))),
                                      std::pair("pageToken", words_of(part(answer, "pageToken")))}) {
      if (!value.empty()) url += fmt::format("&{}={}", name, percent_encode(value));
    }
    return get_from(url);
  }

  Reading<json> ask(http::Request request, std::string_view what, const Subject& subject) {
    const auto token = tokens_.bearer(subject.now);
    if (!token) return cannot_sign_in(token.error());
    request.headers.push_back({"Authorization", "Bearer " + token->expose()});
    auto document = asker_.ask(request, what, subject.now);
    if (!document && document.error().unauthorized) tokens_.forget();  // the next look brings a new one
    return document;
  }

  http::Sleep sleep_;
  Asker asker_;
  auth::GoogleTokens tokens_;
};

std::optional<std::string> project_fault(std::string_view text) {
  const bool good = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:") == text.npos;
  return good ? std::nullopt : std::optional<std::string>("is no id of a Google Cloud project; such as charge-prod");
}

Result<std::vector<std::string>> sign_in(const Signal& signal, const Site& site) {
  return google_sign_in(signal.secrets.at("credentials"), site);
}

Result<std::unique_ptr<SignalSource>> wire(const Signal& signal, const Site& site) {
  auto account = google_account(signal.secrets.at("credentials"), site);
  if (!account) return tl::unexpected(account.error());
  return make_bigquery(site.link(), std::move(*account));
}

}  // namespace
}  // namespace bigquery

std::unique_ptr<SignalSource> make_bigquery(Link link, auth::GoogleCredentials account) {
  return std::make_unique<bigquery::BigQuerySource>(std::move(link), std::move(account));
}

Descriptor describe_bigquery() {
  SignalKeys keys{
      "bigquery",
      {{.name = "project",
        .meaning = "the Google Cloud project in which the query runs and that pays for it",
        .need = Need::required,
        .fault = bigquery::project_fault},
       {.name = "credentials",
        .kind = KeyKind::secret,
        .meaning = "a secret: the JSON of a Google account that may run queries there",
        .need = Need::required},
       {.name = "query",
        .kind = KeyKind::query,
        .meaning = "one query for both numbers: a row with the columns `events` and `exposures`",
        .replaces_queries = true},
       {.name = "dataset", .meaning = "of tables that are named without one: `DATASET` or `PROJECT.DATASET`"},
       {.name = "location", .meaning = "where the data lies: `EU`, `us-east1`", .otherwise = "as Google finds it"},
       {.name = "maximum_gb_billed",
        .kind = KeyKind::number,
        .meaning = "a query that would bill more than so many gigabytes is not run",
        .fallback = "10"},
       {.name = "url",
        .kind = KeyKind::url,
        .meaning = "of another server",
        .fallback = "https://bigquery.googleapis.com"}}};
  return {std::move(keys), bigquery::wire, bigquery::sign_in};
}

}  // namespace train::signals
