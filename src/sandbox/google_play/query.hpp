// What a query of the Developer Reporting API asks for, held to Google's rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google_play/feedback.hpp"
#include "google_play/wire.hpp"

namespace train::sandbox::play {

inline constexpr const char* k_reporting_zone = "America/Los_Angeles";  // of days; hours are UTC's
inline constexpr Duration k_day_counted_after{30 * 3600};  // its end: Google's days come one or two days late
inline constexpr Duration k_hour_counted_after{3 * 3600};

enum class Every { day, hour };

// One set of metrics, and what of an hour of use each of its numbers is.
struct ReportedSet {
  std::string_view name;
  std::vector<std::string_view> rates;  // shares of the users
  double HourOfUse::*share;             // what they are all made of; nullptr: the set counts reports
  std::string_view needs;               // a dimension without which Google does not answer
  std::vector<std::string_view> of_it;  // its values
  bool by_the_hour;
};

const std::vector<ReportedSet>& reported_sets();

const Zone& reporting_zone();
std::string_view word_of_period(Every every);
Instant next_of(Instant start, Every every);
// The end of what there is.
Instant fresh_end(const Feedback& feedback, Every every, Instant now);

// first, page_size: rows.
struct Query {
  Every every = Every::day;
  Instant start;
  Instant end;
  std::vector<std::string> metrics;
  std::vector<std::string> dimensions;
  std::optional<std::int64_t> code;
  std::string of_it;  // of the needed dimension; empty: all
  std::size_t page_size = 0;
  std::size_t first = 0;
};
// Unknown fields, what the set does not have, and times past what is fresh are refused.
Answered<Query> read_query(const std::string& text, const ReportedSet& set, const Feedback& feedback, Instant now);

}  // namespace train::sandbox::play
