#include "app_store/testflight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app_store/json.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

constexpr std::size_t k_beta_text_bytes = 4000;
constexpr std::string_view k_beta_approved = "APPROVED";
constexpr std::string_view k_beta_rejected = "REJECTED";

bool is_in(const BetaGroup& group, const Build& build) {
  return std::find(group.build_ids.begin(), group.build_ids.end(), build.id) != group.build_ids.end();
}

bool is_tested_by(const Model& model, const Build& build, bool internal) {
  return std::any_of(model.groups.begin(), model.groups.end(), [&](const BetaGroup& group) {
    return group.app_id == build.app_id && group.internal == internal && (group.all_builds || is_in(group, build));
  });
}

bool is_in_beta_review(const Build& build) {
  return build.beta.review == k_waiting || build.beta.review == k_in_review;
}

// What holds for both kinds of testers; empty: nothing stands in the way.
std::string common_state(const Build& build, Instant now) {
  if (build.state == "PROCESSING") return build.state;
  if (build.state != "VALID") return "PROCESSING_EXCEPTION";
  if (build.expired || now >= build.uploaded + 90 * k_day) return "EXPIRED";
  return build.uses_encryption ? std::string{} : "MISSING_EXPORT_COMPLIANCE";
}

std::string member_text(const json& act, const char* name) {
  return act.contains(name) && act.at(name).is_string() ? act.at(name).get<std::string>() : std::string{};
}

tl::unexpected<Error> site_refuses(const std::string& why) {
  return fail(ErrorKind::refused, "TestFlight's site does not allow that: " + why);
}

Build* find_build_numbered(Model& model, const AppRow& app, const json& act) {
  const auto version = VersionName::parse(member_text(act, "version"));
  const auto number = BuildNumber::parse(member_text(act, "build"));
  const auto found = std::find_if(model.builds.begin(), model.builds.end(), [&](const Build& build) {
    return build.app_id == app.id && number && BuildNumber::parse(build.number) == number &&
           (!version || VersionName::parse(build.marketing) == version);
  });
  return found == model.builds.end() ? nullptr : &*found;
}

Result<std::string> remove_from_group(Model& model, const AppRow& app, const Build& build, const std::string& name) {
  for (auto& group : model.groups) {
    if (group.app_id != app.id || group.name != name || !is_in(group, build)) continue;
    group.build_ids.erase(std::find(group.build_ids.begin(), group.build_ids.end(), build.id));
    return fmt::format("app-store/{} build {} taken from {}", build.marketing, build.number, name);
  }
  return site_refuses("the group does not have this build.");
}

}  // namespace

void add_beta_groups(Model& model, const AppRow& app, const AppSetup& setup) {
  for (const auto& name : setup.testers) {
    BetaGroup group;
    group.id = model.new_id();
    group.app_id = app.id;
    group.name = name;
    group.internal = starts_with(name, "internal");
    model.groups.push_back(std::move(group));
  }
}

std::string internal_beta_state(const Model& model, const Build& build, Instant now) {
  auto state = common_state(build, now);
  if (!state.empty()) return state;
  return is_tested_by(model, build, true) ? "IN_BETA_TESTING" : "READY_FOR_BETA_TESTING";
}

std::string external_beta_state(const Model& model, const Build& build, Instant now) {
  auto state = common_state(build, now);
  if (!state.empty()) return state;
  const auto& beta = build.beta;
  if (beta.review == k_waiting) return "WAITING_FOR_BETA_REVIEW";
  if (beta.review == k_in_review) return "IN_BETA_REVIEW";
  if (beta.review == k_beta_rejected) return "BETA_REJECTED";
  if (beta.review != k_beta_approved) return "READY_FOR_BETA_SUBMISSION";
  const bool told = beta.told || beta.auto_notify;
  return told && is_tested_by(model, build, false) ? "IN_BETA_TESTING" : "BETA_APPROVED";
}

Refusal join_group(const Model& model, BetaGroup& group, const Build& build, Instant now) {
  if (build.app_id != group.app_id) return "The build belongs to another app.";
  if (group.all_builds) return "Builds cannot be assigned to this internal group.";
  const auto state = group.internal ? internal_beta_state(model, build, now) : external_beta_state(model, build, now);
  if (state == "MISSING_EXPORT_COMPLIANCE") return "The build is missing its export compliance information.";
  if (!common_state(build, now).empty()) return "The build is not in a valid processing state for this operation.";
  if (!is_in(group, build)) group.build_ids.push_back(build.id);
  return std::nullopt;
}

Refusal submit_beta(const Model& model, Build& build, Instant now) {
  const auto state = external_beta_state(model, build, now);
  if (state != "READY_FOR_BETA_SUBMISSION") return "The build is not in a valid state for beta review - " + state;
  for (const auto& other : model.builds) {
    const bool rival = other.app_id == build.app_id && other.id != build.id &&
                       VersionName::parse(other.marketing) == VersionName::parse(build.marketing);
    if (rival && is_in_beta_review(other)) return "Another build is in review";
  }
  build.beta.review = k_waiting;
  build.beta.submitted = now;
  build.beta.due = now + k_beta_queue_time;
  return std::nullopt;
}

Refusal tell_beta_testers(const Model& model, Build& build, Instant now) {
  const auto state = external_beta_state(model, build, now);
  if (state != "BETA_APPROVED") return "The testers of this build cannot be notified - " + state;
  if (!is_tested_by(model, build, false)) return "The build has no external testers.";
  build.beta.told = true;
  return std::nullopt;
}

bool decide_beta_review(Build& build, bool approved) {
  if (!is_in_beta_review(build)) return false;
  build.beta.review = approved ? k_beta_approved : k_beta_rejected;
  build.beta.due.reset();
  return true;
}

void move_beta_on(Build& build, Instant at) {
  if (build.beta.review == k_waiting) {
    build.beta.review = k_in_review;
    build.beta.due = build.beta.submitted.value_or(at) + k_beta_review_time;
  } else {
    decide_beta_review(build, true);
  }
}

std::vector<Localization>& beta_texts_of(Build& build) {
  // The same id whenever it is first asked for, also by a read that is answered from the past.
  if (build.beta.texts.empty()) build.beta.texts.push_back({"en-" + build.id, "en-US", "", {}});
  return build.beta.texts;
}

std::optional<std::string> refused_beta_text(std::string_view text) {
  if (text.size() > k_beta_text_bytes) return fmt::format("whatsNew is too long: at most {} bytes.", k_beta_text_bytes);
  // Four-byte sequences hold nearly every emoji, and nothing that people write notes with.
  const bool emoji =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
  if (emoji || text.find('<') != std::string_view::npos) return "whatsNew contains characters that are not allowed.";
  return std::nullopt;
}

Result<std::string> act_in_testflight(Model& model, const AppRow& app, const json& act, Instant now) {
  const auto action = member_text(act, "action");
  auto* build = find_build_numbered(model, app, act);
  if (build == nullptr) return site_refuses("`build` must name a build of the app.");
  if (action == "beta_remove") return remove_from_group(model, app, *build, member_text(act, "group"));
  if (action == "beta_submit") {
    if (const auto refusal = submit_beta(model, *build, now)) return site_refuses(*refusal);
    return fmt::format("app-store/{} build {} beta review", build->marketing, build->number);
  }
  if (action == "beta_auto_notify") {
    build->beta.auto_notify = true;
    return fmt::format("app-store/{} build {} beta tells by itself", build->marketing, build->number);
  }
  const auto outcome = member_text(act, "outcome");
  if (action != "beta_review" || (outcome != "approved" && outcome != "rejected")) {
    return fail(
        ErrorKind::usage, fmt::format("TestFlight has no action '{}' with outcome '{}'.", action, outcome),
        "Use beta_submit, beta_remove, beta_auto_notify, or beta_review with the outcome approved or rejected.");
  }
  if (!decide_beta_review(*build, outcome == "approved")) return site_refuses("the build is not in beta review.");
  return fmt::format("app-store/{} build {} beta {}", build->marketing, build->number, outcome);
}

json Wire::beta_group(const BetaGroup& group) const {
  return resource("betaGroups", group.id,
                  {{"name", group.name},
                   {"isInternalGroup", group.internal},
                   {"hasAccessToAllBuilds", group.all_builds},
                   {"publicLinkEnabled", false},
                   {"feedbackEnabled", true}});
}

json Wire::beta_detail(const Build& build) const {
  return resource("buildBetaDetails", "beta-" + build.id,
                  {{"autoNotifyEnabled", build.beta.auto_notify},
                   {"internalBuildState", internal_beta_state(model_, build, now_)},
                   {"externalBuildState", external_beta_state(model_, build, now_)}});
}

json Wire::beta_groups_of(const Build& build) const {
  json rows = json::array();
  for (const auto& group : model_.groups) {
    if (is_in(group, build)) rows.push_back({{"type", "betaGroups"}, {"id", group.id}});
  }
  return rows;
}

json Wire::beta_text(const Localization& row) const {
  return resource("betaBuildLocalizations", row.id,
                  {{"locale", row.locale}, {"whatsNew", row.whats_new.empty() ? json(nullptr) : json(row.whats_new)}});
}

json Wire::beta_submission(const Build& build) const {
  return resource(
      "betaAppReviewSubmissions", build.id,
      {{"betaReviewState", build.beta.review},
       {"submittedDate", build.beta.submitted ? json(format_rfc3339(*build.beta.submitted)) : json(nullptr)}});
}

json Wire::beta_notification(const std::string& id) const {
  return resource("buildBetaNotifications", id, json::object());
}

}  // namespace train::sandbox::app_store
