#include "google_play/feedback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "google_play/wire.hpp"
#include "train/base/text.hpp"
#include "world/metrics.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

constexpr Duration k_use_hour{3600};
constexpr Duration k_days_kept{100 * 86400};
constexpr Duration k_days_before{30 * 86400};  // of use before the sandbox began
constexpr Duration k_reviews_listed{7 * 86400};
constexpr int k_untold_every = 23;  // one review in so many tells no version
constexpr std::size_t k_reviews_default = 10;
constexpr std::size_t k_reviews_most = 100;

Instant whole_hour(Instant at) { return Instant(std::chrono::floor<std::chrono::hours>(at.time_since_epoch())); }

double told_or(const Usage& usage, std::string_view name, double otherwise) {
  const auto found = usage.named.find(name);
  return found == usage.named.end() ? otherwise : found->second;
}

int reviews_due(const CodeUse& use) {
  return static_cast<int>(std::floor(use.sessions / k_sessions_a_written_review + 1e-9));
}

void write_due_reviews(Feedback& feedback, std::int64_t code, CodeUse& use, double low_share, Instant at) {
  const int due = reviews_due(use);
  for (; use.reviews < due; ++use.reviews) {
    use.low_owed += std::min(1.0, low_share);
    const bool low = use.low_owed >= 1 - 1e-9;
    if (low) use.low_owed -= 1;
    const int odd = use.reviews % 2;
    feedback.reviews.push_back({fmt::format("gp:{}-{}", code, use.reviews), code, use.version, low ? 1 + odd : 4 + odd,
                                use.reviews % k_untold_every != k_untold_every - 1, at});
  }
}

void use_for_an_hour(Feedback& feedback, std::int64_t code, CodeUse& use, const Usage& usage, Instant start) {
  const double users = usage.sessions - use.sessions;
  use.sessions = usage.sessions;
  if (users > 0) {
    use.hours.push_back({start, users, std::min(1.0, usage.crash_rate),
                         std::min(1.0, told_or(usage, "anr", k_anr_rate)),
                         std::min(1.0, told_or(usage, "slow_start", k_slow_start_rate))});
  }
  write_due_reviews(feedback, code, use, told_or(usage, "low_reviews", k_low_star_share), start + k_use_hour);
}

// Of several version codes of one version, the highest; the others are for other devices.
std::map<std::string, std::int64_t> counted_codes(const PlayApp& app) {
  std::map<std::string, std::int64_t> codes;
  for (const auto& [code, artifact] : app.artifacts) codes[artifact.version] = code;
  return codes;
}

void forget_what_is_old(Feedback& feedback, Instant now) {
  const auto old = [&](const HourOfUse& hour) { return hour.start < now - k_days_kept; };
  for (auto& [code, use] : feedback.codes) {
    use.hours.erase(std::remove_if(use.hours.begin(), use.hours.end(), old), use.hours.end());
  }
  const auto unlisted = [&](const WrittenReview& review) { return review.written < now - k_reviews_listed; };
  feedback.reviews.erase(std::remove_if(feedback.reviews.begin(), feedback.reviews.end(), unlisted),
                         feedback.reviews.end());
}

}  // namespace

Feedback past_feedback(const PlayApp& app, Instant start) {
  Feedback feedback;
  feedback.counted_to = whole_hour(start);
  if (!app.setup.live) return feedback;
  const std::int64_t code = app.setup.live_build.number().value_or(1);
  CodeUse& use = feedback.codes[code];
  use.version = app.setup.live->text();
  Usage usage;
  usage.crash_rate = 0.002;
  for (Instant hour = feedback.counted_to - k_days_before; hour < feedback.counted_to; hour += k_use_hour) {
    usage.sessions += static_cast<double>(k_sessions_a_day) / 24;
    // What nobody could list any more is not written: a sandbox starts thousands of times in a test.
    if (hour < start - k_reviews_listed) use.reviews = static_cast<int>(usage.sessions / k_sessions_a_written_review);
    use_for_an_hour(feedback, code, use, usage, hour);
  }
  forget_what_is_old(feedback, start);
  // From here on the sandbox's own count begins, at 0.
  use.sessions = 0;
  use.reviews = 0;
  for (auto& review : feedback.reviews) review.id += "-before";
  return feedback;
}

void accrue_feedback(Feedback& feedback, const PlayApp& app, const UsageOf& usage_of, Instant until) {
  const Instant to = whole_hour(until);
  if (to <= feedback.counted_to || !usage_of) return;
  const auto codes = counted_codes(app);
  const auto count = [&](Instant hour, bool kept) {
    for (const auto& [version, code] : codes) {
      const auto name = VersionName::parse(version);
      if (!name) continue;
      const Usage usage = usage_of(app.setup.name, *name, hour + k_use_hour);
      CodeUse& use = feedback.codes[code];
      use.version = version;
      if (kept) {
        use_for_an_hour(feedback, code, use, usage, hour);
        continue;
      }
      use.sessions = usage.sessions;
      use.reviews = reviews_due(use);
    }
  };
  // A clock that jumps over years leaves only what is kept.
  const Instant first = std::max(feedback.counted_to, to - k_days_kept);
  if (first > feedback.counted_to) count(first - k_use_hour, false);
  for (Instant hour = first; hour < to; hour += k_use_hour) count(hour, true);
  feedback.counted_to = to;
  forget_what_is_old(feedback, to);
}

namespace {

Json review_json(const WrittenReview& review) {
  Json comment = {{"text", review.stars <= 2 ? "It used to work." : "Charges well."},
                  {"lastModified", {{"seconds", std::to_string(review.written.time_since_epoch().count())}}},
                  {"starRating", review.stars},
                  {"reviewerLanguage", "en"}};
  if (review.tells_version) {
    comment["appVersionCode"] = review.code;
    comment["appVersionName"] = review.version;
  }
  return {{"reviewId", review.id},
          {"authorName", "somebody"},
          {"comments", Json::array({{{"userComment", std::move(comment)}}})}};
}

// nullopt: not a whole number.
std::optional<std::size_t> whole_of(const ServerRequest& request, std::string_view name, std::size_t otherwise) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace

Handled list_reviews(const Feedback& feedback, const ServerRequest& request, Instant now) {
  for (const auto& [name, value] : request.query) {
    if (name != "maxResults" && name != "startIndex" && name != "token" && name != "translationLanguage") {
      return refused(bad_request(fmt::format(
          "Invalid JSON payload received. Unknown name \"{}\": Cannot bind query parameter.", printable(name, 80))));
    }
  }
  const auto asked = whole_of(request, "maxResults", k_reviews_default);
  const auto first = whole_of(request, request.query_value("token") ? "token" : "startIndex", 0);
  if (!asked || *asked == 0) return refused(bad_request("Invalid value at 'max_results' (TYPE_UINT32)."));
  if (!first) return refused(bad_request("Invalid value for the page token."));
  std::vector<const WrittenReview*> listed;
  for (auto review = feedback.reviews.rbegin(); review != feedback.reviews.rend(); ++review) {
    if (review->written > now - k_reviews_listed) listed.push_back(&*review);
  }
  Json body = Json::object();
  const std::size_t end = std::min(listed.size(), *first + std::min(*asked, k_reviews_most));
  for (std::size_t at = *first; at < end; ++at) body["reviews"].push_back(review_json(*listed[at]));
  if (end < listed.size() && *first < end) body["tokenPagination"] = {{"nextPageToken", std::to_string(end)}};
  return answered(json_response(body));
}

}  // namespace train::sandbox::play
