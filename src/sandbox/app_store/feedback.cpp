#include "app_store/feedback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app_store/handlers.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 4> k_territories{"USA", "DEU", "FRA", "JPN"};
constexpr double k_half_p90 = 0.6;  // the median beside a p90

double named_or(const Usage& usage, std::string_view name, double otherwise) {
  const auto found = usage.named.find(name);
  return found == usage.named.end() ? otherwise : found->second;
}

void write_reviews(Feedbacks& all, Feedback& own, const Version& version, Instant now) {
  const int due = static_cast<int>(std::floor(own.usage.sessions / k_sessions_a_review + 1e-9));
  while (own.reviews < due) {
    Review review;
    review.id = fmt::format("{}-review-{}", version.id, own.reviews);
    review.version_id = version.id;
    review.territory = std::string(k_territories[static_cast<std::size_t>(own.reviews) % k_territories.size()]);
    review.created = now;
    own.low_owed += std::min(1.0, named_or(own.usage, "low_reviews", k_low_reviews));
    const bool low = own.low_owed >= 1 - 1e-9;
    if (low) own.low_owed -= 1;
    const int odd = own.reviews % 2;
    review.rating = low ? 1 + odd : 4 + odd;
    ++own.reviews;
    all.reviews.push_back(std::move(review));
  }
}

void use_beta(Feedbacks& all, const Build& build, double crash_rate, Instant now) {
  if (build.state != "VALID" || build.expired) return;
  auto& use = all.builds.try_emplace(build.id, BetaUse{build.uploaded, 0, 0}).first->second;
  if (now <= use.until) return;
  const double sessions = k_beta_sessions_a_day * static_cast<double>((now - use.until).count()) / 86400.0;
  use.sessions += sessions;
  use.crashes += sessions * crash_rate;
  use.until = now;
}

AppName name_of(const Model& model, const std::string& app_id) {
  const auto found =
      std::find_if(model.apps.begin(), model.apps.end(), [&](const AppRow& row) { return row.id == app_id; });
  return found == model.apps.end() ? AppName() : found->name;
}

}  // namespace

bool has_metrics(const Feedback& feedback, Instant now) {
  if (feedback.long_live) return true;
  return feedback.live_since && now - *feedback.live_since >= k_metrics_after &&
         feedback.usage.sessions >= k_metrics_sessions_least;
}

void accrue_feedback(Model& model, const UsageOf& usage_of, Instant now) {
  for (const auto& version : model.versions) {
    const auto number = VersionName::parse(version.number);
    if (!number || (version.state != k_live && version.state != k_replaced)) continue;
    auto& own = model.feedback.versions[version.id];
    own.long_live = version.from_the_beginning;
    if (!own.live_since) own.live_since = now;
    own.usage = usage_of(name_of(model, version.app_id), *number, now);
    write_reviews(model.feedback, own, version, now);
  }
  for (const auto& build : model.builds) {
    const auto number = VersionName::parse(build.marketing);
    if (number) use_beta(model.feedback, build, usage_of(name_of(model, build.app_id), *number, now).crash_rate, now);
  }
}

json Wire::review(const Review& review) const {
  return resource("customerReviews", review.id,
                  {{"rating", review.rating},
                   {"title", review.rating <= 2 ? "It used to work" : "Charges well"},
                   {"body", "Written by nobody, in the sandbox."},
                   {"reviewerNickname", "somebody"},
                   {"createdDate", format_rfc3339(review.created)},
                   {"territory", review.territory}});
}

namespace {

void sort_reviews(std::vector<const Review*>& reviews, const std::string& order) {
  if (order.empty()) return;
  const bool falling = order.front() == '-';
  const bool by_rating = order.substr(falling ? 1 : 0) == "rating";
  const auto before = [&](const Review* a, const Review* b) {
    return by_rating ? a->rating < b->rating : a->created < b->created;
  };
  std::stable_sort(reviews.begin(), reviews.end(),
                   [&](const Review* a, const Review* b) { return falling ? before(b, a) : before(a, b); });
}

// ---- Apple's metrics document

struct MetricKind {
  std::string_view category;
  std::string_view identifier;
  std::string_view unit;
  std::string_view shown;
  std::string_view named;  // in POST /_sandbox/health
  double usual;            // p90
};
constexpr std::array<MetricKind, 5> k_kinds{
    {{"LAUNCH", "launchTime", "milliseconds", "ms", "launch_ms", k_launch_ms},
     {"HANG", "hangRate", "secondsPerHour", "s/h", "hang_rate", 4},
     {"MEMORY", "peakMemory", "megabytes", "MB", "peak_memory_mb", 180},
     {"MEMORY", "averageSuspendedMemory", "megabytes", "MB", "suspended_memory_mb", 60},
     {"TERMINATION", "foregroundTerminations", "terminationsPerDay", "per day", "terminations", 0.2}}};

struct MetricsOf {
  const Version* version;
  const Feedback* feedback;
};

json points_of(const MetricKind& kind, const std::vector<MetricsOf>& versions, double factor) {
  json points = json::array();
  for (const auto& one : versions) {
    const double value = factor * named_or(one.feedback->usage, kind.named, kind.usual);
    points.push_back({{"version", one.version->number}, {"value", value}, {"errorMargin", value / 50}});
  }
  return points;
}

json metric_of(const MetricKind& kind, const std::vector<MetricsOf>& versions,
               const std::vector<std::string>& devices) {
  json datasets = json::array();
  for (const auto& device : devices) {
    for (const auto* percentile : {"percentile.fifty", "percentile.ninety"}) {
      const double factor = std::string_view(percentile) == "percentile.fifty" ? k_half_p90 : 1;
      datasets.push_back(
          {{"filterCriteria", {{"percentile", percentile}, {"device", device}, {"deviceMarketingName", device}}},
           {"points", points_of(kind, versions, factor)}});
    }
  }
  return {{"identifier", kind.identifier},
          {"goalKeys", json::array()},
          {"unit", {{"identifier", kind.unit}, {"displayName", kind.shown}}},
          {"datasets", datasets}};
}

json categories_of(const ServerRequest& request, const std::vector<MetricsOf>& versions) {
  const auto devices = split(request.query_value("filter[deviceType]").value_or("all_iphones"), ',');
  json categories = json::array();
  for (const auto& kind : k_kinds) {
    if (versions.empty() || !passes(request, "metricType", kind.category)) continue;
    if (categories.empty() || categories.back().at("identifier") != kind.category)
      categories.push_back({{"identifier", kind.category}, {"metrics", json::array()}});
    categories.back()["metrics"].push_back(metric_of(kind, versions, devices));
  }
  return categories;
}

// The build's version, and the ones before it: Apple shows them side by side.
std::vector<MetricsOf> measured_versions(const Model& model, const Build& build, Instant now) {
  std::vector<MetricsOf> out;
  bool own = false;
  for (const auto& version : model.versions) {
    const auto found = model.feedback.versions.find(version.id);
    if (version.app_id != build.app_id || found == model.feedback.versions.end() || !has_metrics(found->second, now))
      continue;
    out.push_back({&version, &found->second});
    own = own || version.build_id == build.id;
  }
  if (!own) out.clear();
  return out;
}

}  // namespace

Handled list_reviews(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  std::vector<const Review*> found;
  for (const auto& review : call.model.feedback.reviews) {
    if (review.version_id == version->id && passes(call.request, "territory", review.territory) &&
        passes(call.request, "rating", std::to_string(review.rating)))
      found.push_back(&review);
  }
  sort_reviews(found, call.request.query_value("sort").value_or(""));
  std::vector<json> rows;
  for (const auto* review : found) rows.push_back(call.wire().review(*review));
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled get_metrics(Call& call) {
  constexpr std::string_view type = "application/vnd.apple.xcode-metrics+json";
  const auto* build = call.model.find_build(call.ids.at(0));
  if (build == nullptr) return refuse(not_found("builds", call.ids.at(0)));
  const auto accept = call.request.headers.find("accept");
  const bool fits = accept == call.request.headers.end() || accept->second.find(type) != std::string::npos ||
                    accept->second.find("*/*") != std::string::npos;
  if (!fits) {
    return refuse(ApiError{406, "NOT_ACCEPTABLE", "The requested media type is not served",
                           fmt::format("This is {}, and Accept does not name it.", type)});
  }
  json products = json::array();
  const auto categories = categories_of(call.request, measured_versions(call.model, *build, call.now));
  if (!categories.empty()) products.push_back({{"platform", "iOS"}, {"metricCategories", categories}});
  auto handled = answer(200, {{"version", "1.0"},
                              {"insights", {{"trendingUp", json::array()}, {"regressions", json::array()}}},
                              {"productData", products}});
  handled.response.content_type = std::string(type);
  return handled;
}

Handled get_beta_usage(Call& call) {
  const auto* build = call.model.find_build(call.ids.at(0));
  if (build == nullptr) return refuse(not_found("builds", call.ids.at(0)));
  json rows = json::array();
  const auto use = call.model.feedback.builds.find(build->id);
  if (use != call.model.feedback.builds.end() && use->second.sessions >= 1) {
    const auto whole = [](double count) { return static_cast<std::int64_t>(std::floor(count + 1e-6)); };
    const json values{{"crashCount", whole(use->second.crashes)},
                      {"installCount", 20},
                      {"sessionCount", whole(use->second.sessions)},
                      {"feedbackCount", 0},
                      {"inviteCount", 25}};
    const json point{
        {"start", format_rfc3339(build->uploaded)}, {"end", format_rfc3339(use->second.until)}, {"values", values}};
    rows.push_back({{"dataPoints", json::array({point})}});
  }
  const auto total = rows.size();
  return answer(200, {{"data", std::move(rows)},
                      {"links", {{"self", call.base_url + call.request.path}}},
                      {"meta", {{"paging", {{"total", total}, {"limit", call.selection.limit}}}}}});
}

}  // namespace train::sandbox::app_store
