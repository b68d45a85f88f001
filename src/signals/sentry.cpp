// Sentry's release health: sessions by their status, hour by hour.
#include <fmt/format.h>

#include "ask.hpp"
#include "descriptors.hpp"
#include "fill.hpp"
#include "numbers.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace sentry {
namespace {

constexpr Provider k_sentry{"Sentry", "`token` (an auth token that may read org:read)",
                            "`url`, `organization` and `project`", ""};
constexpr Duration k_hour{3600};
// Five statuses an hour stay below Sentry's 10,000 points; a rollout that is older sees its counts fall, and holds.
constexpr Duration k_window_most{80 * 86400};
constexpr std::string_view k_statuses[] = {"healthy", "errored", "crashed", "abnormal", "unhandled"};
constexpr std::string_view k_crashed = "crashed";

struct Hours {
  Instant start;
  Instant end;  // of the last hour that is over
};

Instant whole_hour(Instant at) { return std::chrono::floor<std::chrono::hours>(at); }

Hours hours_of(const Subject& subject) {
  const Instant end = whole_hour(subject.end());
  return {std::max(whole_hour(subject.start), end - k_window_most), end};
}

bool is_known(std::string_view status) {
  return std::find(std::begin(k_statuses), std::end(k_statuses), status) != std::end(k_statuses);
}

// `*` would match other releases too, even inside of quotes.
Reading<std::string> release_of(const Signal& signal, const Subject& subject) {
  auto release = fill(option_named(signal, "release"), subject, Into::words);
  if (release && release->find_first_of("\"*\\\n") != std::string::npos)
    return cannot("the release " + printable(*release, 100) +
                  " has a character that Sentry's search takes for its own");
  return release;
}

std::string field_of(const Signal& signal) {
  return option_named(signal, "metric") == "users" ? "count_unique(user)" : "sum(session)";
}

std::string address_of(const Signal& signal, const std::string& release, const Hours& hours) {
  const std::string environment = option_named(signal, "environment");
  return fmt::format(
      "{}/api/0/organizations/{}/sessions/?project={}&field={}&groupBy=session.status&query={}&start={}&end={}"
      "&interval=1h{}",
      signal.url, percent_encode(option_named(signal, "organization")), percent_encode(option_named(signal, "project")),
      percent_encode(field_of(signal)), percent_encode("release:\"" + release + "\""),
      percent_encode(format_rfc3339(hours.start)), percent_encode(format_rfc3339(hours.end)),
      environment.empty() ? std::string() : "&environment=" + percent_encode(environment));
}

// How many of the answer's intervals begin before the end that was asked for: Sentry rounds the range up.
Reading<std::size_t> whole_intervals(const json& document, const Hours& hours) {
  const json& intervals = part(document, "intervals");
  if (!intervals.is_array()) return cannot("Sentry's answer has no intervals");
  std::size_t whole = 0;
  for (const auto& interval : intervals) {
    const auto start = time_in(interval, "an interval of Sentry's");
    if (!start) return tl::unexpected(start.error());
    if (*start + k_hour <= hours.end) ++whole;
  }
  return whole;
}

// Sessions add up over the hours; a user may come in several, so users only count as Sentry's total.
Reading<double> count_in(const json& group, const std::string& field, std::size_t whole) {
  if (field != "sum(session)") return number_in(part(part(group, "totals"), field.c_str()), field);
  const json& series = part(part(group, "series"), field.c_str());
  if (!series.is_array() || series.size() < whole) return cannot("Sentry's answer has no " + field + " for each hour");
  double sum = 0;
  for (std::size_t i = 0; i < whole; ++i) {
    const auto one = number_in(series[i], field);
    if (!one) return one;
    sum += *one;
  }
  return sum;
}

Reading<Counts> counts_in(const json& document, const std::string& field, std::size_t whole) {
  const json& groups = part(document, "groups");
  if (!groups.is_array()) return cannot("Sentry's answer has no groups");
  if (groups.empty()) return nothing_yet("Sentry knows no session of this release yet; is `release` its name there?");
  Counts counts;
  bool has_crashed = false;
  for (const auto& group : groups) {
    const std::string status = words_of(part(part(group, "by"), "session.status"));
    if (!is_known(status))
      return cannot("Sentry counts sessions of a status that is not known here: " + printable(status, 60));
    const auto count = count_in(group, field, whole);
    if (!count) return tl::unexpected(count.error());
    counts.exposures += *count;
    if (status != k_crashed) continue;
    if (has_crashed) return cannot("Sentry's answer has the crashed sessions twice");
    counts.events = *count;
    has_crashed = true;
  }
  if (!has_crashed) return nothing_yet("Sentry's answer tells nothing about crashed sessions");
  return counts;
}

class SentrySource final : public SignalSource {
 public:
  SentrySource(Link link, Secret token) : asker_(k_sentry, std::move(link)), token_(std::move(token)) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto release = release_of(signal, subject);
    if (!release) return release.error();
    const auto hours = hours_of(subject);
    if (hours.end <= hours.start)
      return unmeasured(Measurement::State::no_data, "Sentry counts by the hour, and the first is not over yet");
    http::Request request = get_from(address_of(signal, *release, hours));
    request.headers.push_back({"Authorization", "Bearer " + token_.expose()});
    const auto document = asker_.ask(request, "read the sessions of " + printable(*release, 100), subject.now);
    if (!document) return document.error();
    const auto whole = whole_intervals(*document, hours);
    if (!whole) return whole.error();
    const auto counts = counts_in(*document, field_of(signal), *whole);
    if (!counts) return counts.error();
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = *counts;
    seen.as_of = hours.end;
    seen.link = fmt::format("{}/organizations/{}/releases/{}/?project={}", signal.url,
                            percent_encode(option_named(signal, "organization")), percent_encode(*release),
                            percent_encode(option_named(signal, "project")));
    return concluded(signal, subject, std::move(seen));
  }

 private:
  Asker asker_;
  Secret token_;
};

}  // namespace
}  // namespace sentry

std::unique_ptr<SignalSource> make_sentry(Link link, Secret token) {
  return std::make_unique<sentry::SentrySource>(std::move(link), std::move(token));
}

namespace sentry {
namespace {

std::vector<KeyProblem> settle(Signal& signal, const WrittenKeys&) {
  signal.unit = option_named(signal, "metric");
  return {};
}

Result<std::unique_ptr<SignalSource>> wire(const Signal& signal, const Site& site) {
  auto token = site.token(signal);
  if (!token) return tl::unexpected(token.error());
  return make_sentry(site.link(), std::move(*token));
}

}  // namespace
}  // namespace sentry

Descriptor describe_sentry() {
  SignalKeys keys{
      "sentry",
      {{.name = "organization", .meaning = "the organization's name", .need = Need::required},
       {.name = "project",
        .kind = KeyKind::whole_number,
        .meaning = "the project's id",
        .need = Need::required,
        .noun = "Sentry's id of the project"},
       {.name = "token", .kind = KeyKind::secret, .meaning = "a secret: a token", .need = Need::required},
       {.name = "environment", .meaning = "only this one", .otherwise = "all of them"},
       {.name = "metric",
        .kind = KeyKind::choice,
        .meaning = "what is counted",
        .fallback = "sessions",
        .words = {"sessions", "users"}},
       {.name = "release",
        .kind = KeyKind::query,
        .meaning = "Sentry's name of the version, from variables",
        .fallback = "$bundle_id@$version+$build"},
       {.name = "url", .kind = KeyKind::url, .meaning = "of a server of one's own", .fallback = "https://sentry.io"}}};
  keys.queries = Queries::refused;
  keys.settle = sentry::settle;
  return {std::move(keys), sentry::wire};
}

}  // namespace train::signals
