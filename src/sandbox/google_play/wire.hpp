// Google's JSON: releases in and out, and the error envelope.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "google_play/model.hpp"
#include "world/service.hpp"

namespace train::sandbox::play {

// What the store says when it says no.
struct Refusal {
  int http_status = 400;
  std::string status;  // "INVALID_ARGUMENT"
  std::string reason;  // "badRequest"
  std::string message;
};
template <typename T>
using Answered = tl::expected<T, Refusal>;

Refusal bad_request(std::string message);
Refusal failed_precondition(std::string message);
Refusal not_found(std::string message);
Refusal forbidden(std::string message);
ServerResponse error_response(const Refusal& refusal);
Handled refused(const Refusal& refusal);
tl::unexpected<Refusal> refuse(Refusal refusal);
ServerResponse json_response(const nlohmann::json& body);

nlohmann::json release_json(const TrackRelease& release);
nlohmann::json track_json(std::string_view name, const std::vector<TrackRelease>& releases);
nlohmann::json summary_json(std::string_view track, const TrackRelease& release);
std::string fraction_text(double fraction);

// The releases a Track body wants for `track`. Unknown fields, wrong types and values outside their range are refused.
Answered<std::vector<TrackRelease>> parse_track(std::string_view body, std::string_view track);

}  // namespace train::sandbox::play
