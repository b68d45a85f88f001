// TestFlight in the built-in App Store: groups, what testers should test, beta review, telling testers.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app_store/model.hpp"
#include "train/base/error.hpp"

namespace train::sandbox::app_store {

inline constexpr Duration k_beta_queue_time{3600};       // submitted → IN_REVIEW
inline constexpr Duration k_beta_review_time{8 * 3600};  // submitted → decided

// A group called "internal…" is the team's own, any other an external one.
void add_beta_groups(Model& model, const AppRow& app, const AppSetup& setup);

std::string internal_beta_state(const Model& model, const Build& build, Instant now);
std::string external_beta_state(const Model& model, const Build& build, Instant now);

// Each returns what stops it, in Apple's words, or nullopt once it is done.
Refusal join_group(const Model& model, BetaGroup& group, const Build& build, Instant now);
Refusal submit_beta(const Model& model, Build& build, Instant now);
Refusal tell_beta_testers(const Model& model, Build& build, Instant now);
bool decide_beta_review(Build& build, bool approved);  // false: not in beta review
void move_beta_on(Build& build, Instant at);           // what time alone does to a build in beta review

// The rows of `build`: Apple makes one for the primary locale by itself.
std::vector<Localization>& beta_texts_of(Build& build);
std::optional<std::string> refused_beta_text(std::string_view text);  // why

// What a person does in TestFlight: beta_submit, beta_review, beta_remove, beta_auto_notify. The words of the change.
Result<std::string> act_in_testflight(Model& model, const AppRow& app, const nlohmann::json& act, Instant now);

}  // namespace train::sandbox::app_store
