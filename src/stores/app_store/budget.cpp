#include "budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "train/base/text.hpp"

namespace train::stores::app_store {

namespace {

constexpr Duration k_rolling_hour{3600};

bool is_part_of_a_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::vector<std::string> lower_words(std::string_view text) {
  std::vector<std::string> words(1);
  for (char c : text) {
    if (is_part_of_a_word(c)) {
      words.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

std::optional<int> whole_number(std::string_view word) {
  int number = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (word.empty() || code != std::errc{} || end != word.data() + word.size() || number < 0) return std::nullopt;
  return number;
}

// "2026-11-30 10:45 UTC"
std::string clock_words(Instant at) {
  const auto text = format_rfc3339(at);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

// A reserve is never more than a tenth: a small budget is there to be used.
int reserve_of(const RateLimit::Window& window, int wanted) { return std::min(wanted, window.limit / 10); }

}  // namespace

RateLimit read_rate_limit(std::string_view header) {
  RateLimit rate;
  const auto words = lower_words(header);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto number = whole_number(words[i]);
    if (!number) continue;
    if (words[i - 1] == "user-hour-lim") rate.hour.limit = *number;
    if (words[i - 1] == "user-hour-rem") rate.hour.left = *number;
    if (words[i - 1] == "user-minute-lim") rate.minute.limit = *number;
    if (words[i - 1] == "user-minute-rem") rate.minute.left = *number;
  }
  return rate;
}

void Budget::note(const http::Outcome& outcome, Instant now) {
  std::string all;  // Apple has been seen to send one header a window
  for (const auto& header : outcome.headers) {
    if (header.name == "x-rate-limit") all += header.value + ";";
  }
  const auto seen = read_rate_limit(all);
  if (seen.hour.is_told()) {
    rate_.hour = seen.hour;
    hour_at_ = now;
  }
  if (seen.minute.is_told()) {
    rate_.minute = seen.minute;
    minute_at_ = now;
  }
}

int Budget::kept_for_a_halt() const { return rate_.hour.is_told() ? reserve_of(rate_.hour, k_hour_reserve) : 0; }

std::optional<Error> Budget::refusal(Instant now, std::string_view what) const {
  const bool fresh = now < hour_at_ + k_ask_again;
  if (!rate_.hour.is_told() || !fresh || rate_.hour.left > kept_for_a_halt()) return std::nullopt;
  return Error{
      ErrorKind::rate_limited,
      fmt::format("Cannot {}: of this key's requests in an hour {} of {} left, {} are kept for a halt; next look "
                  "at about {}.",
                  what, rate_.hour.left, rate_.hour.limit, kept_for_a_halt(), clock_words(hour_at_ + k_ask_again)),
      "Nothing was sent. Every job that uses the key spends from the same budget: give train a key of its own, "
      "or run it again then. A halt still goes through."};
}

std::optional<Instant> Budget::wait_until(Instant now) const {
  const bool fresh = now < minute_at_ + k_minute;
  if (!rate_.minute.is_told() || !fresh || rate_.minute.left > reserve_of(rate_.minute, k_minute_reserve)) {
    return std::nullopt;
  }
  return minute_at_ + k_minute;
}

bool Budget::passes_in_a_minute(const http::Outcome& refused, Instant now) const {
  const auto wish = http::retry_after(refused);
  if (wish && *wish > k_minute) return false;
  const bool minute_spent = rate_.minute.is_told() && rate_.minute.left == 0 && now < minute_at_ + k_minute;
  const bool hour_left = rate_.hour.is_told() && rate_.hour.left > 0 && now < hour_at_ + k_rolling_hour;
  return minute_spent || hour_left;
}

std::string Budget::come_back(const http::Outcome& refused, Instant now) const {
  const std::string shared = " The budget is shared by every job that uses the key.";
  if (const auto wish = http::retry_after(refused)) {
    const auto length = std::chrono::ceil<Duration>(*wish);
    return fmt::format("Run it again at about {} (in {}): so Apple says.{}", clock_words(now + length),
                       format_duration(length), shared);
  }
  if (passes_in_a_minute(refused, now)) return "Run it again in a minute." + shared;
  return fmt::format("Run it again at {} at the latest: the hour is a rolling one.{}",
                     clock_words(now + k_rolling_hour), shared);
}

std::optional<RequestBudget> Budget::told() const {
  if (!rate_.hour.is_told()) return std::nullopt;
  return RequestBudget{rate_.hour.limit, rate_.hour.left, hour_at_};
}

}  // namespace train::stores::app_store
