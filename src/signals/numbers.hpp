// One number for one query, the same for every source that takes queries.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "json_answer.hpp"

namespace train::signals {

struct Sample {
  double value = 0;  // finite and not negative
  Instant at;        // what it counts ends here
};

// A finite decimal, and nothing else beside it; also a negative one.
std::optional<double> parse_number(std::string_view text);
// A number or a numeric text, from 0. `failed` otherwise; `which` names it.
Reading<double> number_in(const nlohmann::json& value, std::string_view which);
// RFC 3339, or seconds or milliseconds since 1970. `failed` otherwise.
Reading<Instant> time_in(const nlohmann::json& value, std::string_view which);

// The Measurement with its detail put behind `which`.
tl::unexpected<Measurement> named(Measurement measurement, std::string_view which);
// `stale` or `failed` when a sample of that time is too old for the signal, or from the future; else nullopt.
std::optional<Measurement> unfit_time(const Signal& signal, const Subject& subject, Instant at);
// As it is, or why it cannot be used: more events than exposures, an unfit time.
Measurement concluded(const Signal& signal, const Subject& subject, Measurement seen);

// The number behind a query; nullopt: it was answered, and found nothing.
using AskNumber = std::function<Reading<std::optional<Sample>>(const std::string& query, std::string_view which)>;
// By the signal's kind: `exposures` and `events`, or `value`. `nothing` says what finding nothing looks like: "the
// query found no series".
Measurement measure_queries(const Signal& signal, const Subject& subject, std::string_view nothing,
                            const AskNumber& ask);

// An option of the signal; empty when it is not given.
std::string option_named(const Signal& signal, const std::string& name);

}  // namespace train::signals
