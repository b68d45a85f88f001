// A provider's JSON answer, read for a signal: what is not there is null, what is not right becomes a Measurement.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "train/http/client.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

const nlohmann::json& part(const nlohmann::json& object, const char* name);  // null when absent
std::string words_of(const nlohmann::json& value);                           // empty unless text
tl::unexpected<Measurement> cannot(std::string detail);                      // failed
tl::unexpected<Measurement> unauthorized(std::string detail);                // failed, for want of rights
// failed; a 401 or 403 for want of rights.
tl::unexpected<Measurement> cannot_for(const http::Outcome& outcome, std::string detail);
tl::unexpected<Measurement> cannot_sign_in(const Error& error);  // failed
tl::unexpected<Measurement> nothing_yet(std::string detail);     // no_data
// A JSON object, or `failed`.
Reading<nlohmann::json> parse_answer(const http::Outcome& outcome, std::string_view what);

}  // namespace train::signals
