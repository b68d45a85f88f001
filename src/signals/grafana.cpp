// Grafana: queries through one of its data sources, and its alert rules.
#include <fmt/format.h>

#include "alert_rules.hpp"
#include "ask.hpp"
#include "descriptors.hpp"
#include "fill.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace grafana {
namespace {

constexpr Provider k_grafana{"Grafana", "`token` (of a service account that may query the data source)",
                             "`url` and `datasource`", ""};
constexpr const char* k_query_id = "A";

// A query that begins with { is the data source's own model (rawSql, …): its values may hold no sign of any language.
Reading<json> model_of(const std::string& query, const Subject& subject) {
  const bool own = starts_with(trim(query), "{");
  const auto filled = own ? fill(query, subject, Into::words) : fill_query(query, subject);
  if (!filled) return tl::unexpected(filled.error());
  if (!own) return json{{"expr", *filled}, {"instant", true}, {"range", false}};
  auto model = json::parse(*filled, nullptr, false);
  if (!model.is_object()) return cannot("the query is no JSON once its variables are filled in");
  return model;
}

std::string question_body(json model, const std::string& datasource, const Subject& subject) {
  model["refId"] = k_query_id;
  model["datasource"] = {{"uid", datasource}};
  model.emplace("intervalMs", 1000);
  model.emplace("maxDataPoints", 100);
  json body = {{"from", fmt::format("{}000", subject.start.time_since_epoch().count())},
               {"to", fmt::format("{}000", subject.end().time_since_epoch().count())}};
  body["queries"] = json::array();
  body["queries"].push_back(std::move(model));
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Columns {
  const json* values = nullptr;
  const json* times = nullptr;  // null where the frame has none
};

// The one column of numbers in all frames.
Reading<Columns> columns_of(const json& frames) {
  Columns found;
  std::size_t series = 0;
  for (const auto& frame : frames) {
    const json& fields = part(part(frame, "schema"), "fields");
    const json& columns = part(part(frame, "data"), "values");
    if (!fields.is_array() || !columns.is_array()) continue;
    if (fields.size() != columns.size()) return cannot("Grafana answered a frame whose columns do not fit its fields");
    const json* times = nullptr;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string type = words_of(part(fields[i], "type"));
      if (type == "time") times = &columns[i];
      if (type == "number" && ++series == 1) found.values = &columns[i];
    }
    if (series == 1 && found.times == nullptr) found.times = times;
  }
  if (series > 1)
    return cannot(
        fmt::format("the query found {} series, and one number is wanted: put sum() or max() around it", series));
  if (found.values != nullptr && !found.values->is_array()) return cannot("Grafana answered a column that is no list");
  if (found.times != nullptr && (!found.times->is_array() || found.times->size() != found.values->size()))
    return cannot("Grafana answered columns of different lengths");
  return found;
}

// Of a level the newest; counts are one row, as nobody can tell here whether rows add up.
Reading<std::optional<Sample>> sample_of(const Columns& columns, const Signal& signal, const Subject& subject) {
  if (columns.values == nullptr) return std::optional<Sample>();
  const json& values = *columns.values;
  if (values.size() > 1 && (signal.kind != SignalKind::level || columns.times == nullptr))
    return cannot(fmt::format("the query gives {} rows, and one number is wanted", values.size()));
  std::optional<Sample> newest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_null()) continue;
    const auto value = number_in(values[i], "the query's value");
    if (!value) return tl::unexpected(value.error());
    const auto at =
        columns.times == nullptr ? Reading<Instant>(subject.end()) : time_in((*columns.times)[i], "the query's time");
    if (!at) return tl::unexpected(at.error());
    if (!newest || *at >= newest->at) newest = Sample{*value, *at};
  }
  return newest;
}

Reading<std::optional<Sample>> result_of(const json& document, const Signal& signal, const Subject& subject) {
  const json& result = part(part(document, "results"), k_query_id);
  if (!result.is_object()) return cannot("Grafana answered without a result");
  const json& status = part(result, "status");
  const std::string error = words_of(part(result, "error"));
  if (!error.empty() || (status.is_number() && status != 200))
    return cannot(fmt::format("the data source refused the query ({}): {}", status.dump(), printable(error, 300)));
  const json& frames = part(result, "frames");
  if (!frames.is_array()) return std::optional<Sample>();
  const auto columns = columns_of(frames);
  if (!columns) return tl::unexpected(columns.error());
  return sample_of(*columns, signal, subject);
}

class GrafanaSource final : public SignalSource {
 public:
  GrafanaSource(Link link, Secret token) : asker_(k_grafana, std::move(link)), token_(std::move(token)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    if (signal.kind == SignalKind::alarm) return ask_rules(signal, subject);
    return measure_queries(signal, subject, "query found no data",
                           [&](const std::string& query, std::string_view) { return sample(signal, subject, query); });
  }

 private:
  Measurement ask_rules(const Signal& signal, const Subject& subject) {
    const auto document =
        ask(get_from(signal.url + "/api/prometheus/grafana/api/v1/rules"), "list the alert rules", subject);
    if (!document) return document.error();
    if (words_of(part(*document, "status")) != "success")
      return cannot("Grafana did not list the alert rules: " + printable(words_of_error(*document), 300)).value();
    Measurement seen = measure_rules(part(*document, "data"), signal, subject);
    seen.link = signal.url + "/alerting/list";
    return seen;
  }

  Reading<std::optional<Sample>> sample(const Signal& signal, const Subject& subject, const std::string& query) {
    auto model = model_of(query, subject);
    if (!model) return tl::unexpected(model.error());
    const auto document =
        ask(post_json_to(signal.url + "/api/ds/query",
                         question_body(std::move(*model), option_named(signal, "datasource"), subject)),
            "query the data source", subject);
    if (!document) return tl::unexpected(document.error());
    return result_of(*document, signal, subject);
  }

  Reading<json> ask(http::Request request, std::string_view what, const Subject& subject) {
    request.headers.push_back({"Authorization", "Bearer " + token_.expose()});
    return asker_.ask(std::move(request), what, subject.now);
  }

  Asker asker_;
  Secret token_;
};

}  // namespace
}  // namespace grafana

std::unique_ptr<SignalSource> make_grafana(Link link, Secret token) {
  return std::make_unique<grafana::GrafanaSource>(std::move(link), std::move(token));
}

namespace {

std::vector<KeyProblem> settle_grafana(Signal& signal, const WrittenKeys& written) {
  if (written.count("alarms") == 0) return {};
  signal.kind = SignalKind::alarm;
  if (written.count("datasource") == 0) return {};
  return {{"datasource", "belongs to queries; an alarm has its own"}};
}

Result<std::unique_ptr<SignalSource>> wire_grafana(const Signal& signal, const Site& site) {
  auto token = site.token(signal);
  if (!token) return tl::unexpected(token.error());
  return make_grafana(site.link(), std::move(*token));
}

}  // namespace

Descriptor describe_grafana() {
  SignalKeys keys{"grafana",
                  {{.name = "url", .kind = KeyKind::url, .meaning = "the server's address", .need = Need::required},
                   {.name = "token",
                    .kind = KeyKind::secret,
                    .meaning = "a secret: a service account's token",
                    .need = Need::required},
                   {.name = "datasource",
                    .meaning = "the data source that is queried: its uid",
                    .need = Need::required,
                    .unless = "alarms"},
                   {.name = "alarms",
                    .kind = KeyKind::words,
                    .meaning = "alert rules by name: instead of numbers, whether one of them is raised",
                    .replaces_queries = true,
                    .noun = "alarm"}}};
  keys.settle = settle_grafana;
  return {std::move(keys), wire_grafana};
}

}  // namespace train::signals
