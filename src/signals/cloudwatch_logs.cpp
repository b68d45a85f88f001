#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "aws_keys.hpp"
#include "aws_reader.hpp"
#include "descriptors.hpp"
#include "json_answer.hpp"
#include "train/base/text.hpp"
#include "train/signals/cloudwatch.hpp"

namespace train::signals {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds k_logs_poll{1000};
constexpr int k_logs_polls_most = 60;  // a minute
constexpr double k_distinct_error = 0.03;

struct LogsNumber {
  double value = 0;
  bool approximate = false;
};

Reading<double> number_of_text(const json& value) {
  const std::string text = words_of(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || !std::isfinite(number)) {
    return cannot(fmt::format("the query's value is {}, not a number",
                              value.is_string() ? printable(text, 60) : printable(value.dump(), 60)));
  }
  if (number < 0) return cannot("the query's value is negative: " + printable(text, 60));
  return number;
}

// `@ptr`, which points to the record, comes with every row that is one.
Reading<std::optional<double>> number_in_rows(const json& rows) {
  if (!rows.is_array()) return cannot("Amazon answered without results");
  if (rows.empty()) return std::optional<double>();
  if (rows.size() > 1) {
    return cannot(
        fmt::format("the query found {} rows, and one number is wanted: end it with `| stats … as n`", rows.size()));
  }
  std::vector<json> fields;
  if (rows[0].is_array()) {
    for (const auto& field : rows[0]) {
      if (words_of(part(field, "field")) != "@ptr") fields.push_back(field);
    }
  }
  if (fields.size() != 1) {
    return cannot(fmt::format("the query's row has {} fields, and one number is wanted: end it with `| stats … as n`",
                              fields.size()));
  }
  const auto number = number_of_text(part(fields[0], "value"));
  if (!number) return tl::unexpected(number.error());
  return std::optional<double>(*number);
}

CountSpan span_of(const LogsNumber& events, const LogsNumber& exposures) {
  const auto low = [](const LogsNumber& n) { return n.approximate ? n.value * (1 - k_distinct_error) : n.value; };
  const auto high = [](const LogsNumber& n) { return n.approximate ? n.value * (1 + k_distinct_error) : n.value; };
  return {{low(events), low(exposures)}, {high(events), high(exposures)}};
}

class CloudWatchLogs final : public SignalSource {
 public:
  explicit CloudWatchLogs(AwsAccess access) : reader_(k_aws_logs, std::move(access)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    switch (signal.kind) {
      case SignalKind::proportion:
      case SignalKind::rate:
        return log_counts(signal, subject);
      case SignalKind::level:
        return log_level(signal, subject);
      case SignalKind::alarm:
        break;
    }
    return unmeasured(Measurement::State::failed, "logs are no alarm; use the source cloudwatch_alarm");
  }

 private:
  Measurement log_counts(const Signal& signal, const Subject& subject) {
    const auto exposures = query(signal, "exposures", signal.exposures, subject);
    if (!exposures) return exposures.error();
    if (!*exposures) return unmeasured(Measurement::State::no_data, "exposures: the query found nothing");
    const auto events = query(signal, "events", signal.events, subject);
    if (!events) return events.error();
    if (!*events && !signal.absent_is_zero) {
      return unmeasured(Measurement::State::no_data,
                        "events: the query found nothing; if that means no events, set absent_is_zero");
    }
    return together(signal, *events ? **events : LogsNumber{}, **exposures, subject.end());
  }

  static Measurement together(const Signal& signal, const LogsNumber& events, const LogsNumber& exposures, Instant at) {
    Measurement seen;
    seen.counts = Counts{events.value, exposures.value};
    const bool is_exact = !events.approximate && !exposures.approximate;
    if (!is_exact) seen.between = span_of(events, exposures);
    if (signal.kind == SignalKind::proportion && events.value > exposures.value) {
      if (is_exact || seen.between->least.events > seen.between->most.exposures) {
        return unmeasured(Measurement::State::failed,
                          fmt::format("more events ({}) than exposures ({})", events.value, exposures.value));
      }
      seen.counts.events = exposures.value;  // the two estimates cross: everyone
    }
    seen.state = Measurement::State::measured;
    seen.as_of = at;
    return seen;
  }

  Measurement log_level(const Signal& signal, const Subject& subject) {
    const auto value = query(signal, "value", signal.value, subject);
    if (!value) return value.error();
    if (!*value) return unmeasured(Measurement::State::no_data, "value: the query found nothing");
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.value = (*value)->value;
    seen.as_of = subject.end();
    return seen;
  }

  Reading<std::optional<LogsNumber>> query(const Signal& signal, std::string_view which, const std::string& text,
                                           const Subject& subject) {
    const auto answer = run(signal, text, subject);
    const auto number = answer ? number_in_rows(part(*answer, "results")) : tl::unexpected(answer.error());
    if (!number) {
      Measurement why = number.error();
      why.detail = std::string(which) + ": " + why.detail;
      return tl::unexpected(std::move(why));
    }
    if (!*number) return std::optional<LogsNumber>();
    return std::optional<LogsNumber>(LogsNumber{**number, text.find("count_distinct") != std::string::npos});
  }

  // The answer of a query that is complete.
  Reading<json> run(const Signal& signal, const std::string& text, const Subject& subject) {
    const auto filled = fill_aws_query(text, subject);
    if (!filled) return tl::unexpected(filled.error());
    const auto group = signal.options.find("log_group");
    if (subject.end() <= subject.start) return nothing_yet("no second has passed since the version was first exposed");
    const json body{{"logGroupName", group == signal.options.end() ? "" : group->second},
                    {"startTime", subject.start.time_since_epoch().count()},
                    {"endTime", subject.end().time_since_epoch().count()},
                    {"queryString", *filled},
                    {"limit", 1000}};
    const auto started = reader_.ask(signal.url, "StartQuery", body, subject.now);
    if (!started) return tl::unexpected(started.error());
    const std::string id = words_of(part(*started, "queryId"));
    if (id.empty()) return cannot("StartQuery: Amazon answered without a queryId");
    auto done = poll(signal.url, id, subject.now);
    if (!done) stop(signal.url, id, subject.now);
    return done;
  }

  Reading<json> poll(const std::string& url, const std::string& id, Instant now) {
    std::string status;
    for (int look = 0; look < k_logs_polls_most; ++look) {
      reader_.wait(k_logs_poll);
      auto answer = reader_.ask(url, "GetQueryResults", json{{"queryId", id}}, now);
      if (!answer) return answer;
      status = words_of(part(*answer, "status"));
      if (status == "Complete") return answer;
      if (status != "Scheduled" && status != "Running") {
        return cannot(fmt::format("the query ended as {}: try it in the CloudWatch console",
                                  status.empty() ? "nothing" : printable(status, 60)));
      }
    }
    return cannot(fmt::format("after {} seconds the query still is {}, so it was stopped: make it cheaper",
                              k_logs_polls_most, status));
  }

  // A query that nobody waits for counts among the few that may run at once. One that has ended says so; no matter.
  void stop(const std::string& url, const std::string& id, Instant now) {
    (void)reader_.ask(url, "StopQuery", json{{"queryId", id}}, now);
  }

  AwsReader reader_;
};

}  // namespace

std::unique_ptr<SignalSource> make_cloudwatch_logs(AwsAccess access) {
  return std::make_unique<CloudWatchLogs>(std::move(access));
}

namespace {

std::vector<KeyProblem> settle_cloudwatch_logs(Signal& signal, const WrittenKeys&) {
  settle_aws(signal, "logs");
  return {};
}

Result<std::unique_ptr<SignalSource>> wire_cloudwatch_logs(const Signal& signal, const Site& site) {
  auto access = aws_access(signal, site);
  if (!access) return tl::unexpected(access.error());
  return make_cloudwatch_logs(std::move(*access));
}

}  // namespace

Descriptor describe_cloudwatch_logs() {
  SignalKeys keys{
      "cloudwatch_logs",
      with_aws_keys({{.name = "log_group", .meaning = "the log group that is asked", .need = Need::required}})};
  keys.settle = settle_cloudwatch_logs;
  return {std::move(keys), wire_cloudwatch_logs};
}

}  // namespace train::signals
