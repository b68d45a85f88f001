#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app_store/handlers.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "train/domain/number_rules.hpp"
#include "train/domain/release_notes.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

constexpr std::size_t k_whats_new_limit = 4000;

ApiError attribute_refused(std::string_view code, std::string_view name, std::string detail) {
  ApiError error{409, fmt::format("ENTITY_ERROR.ATTRIBUTE.{}", code), "The provided entity has an invalid attribute",
                 std::move(detail)};
  error.pointer = fmt::format("/data/attributes/{}", name);
  return error;
}

ApiError relationship_refused(std::string_view name, std::string detail) {
  ApiError error{409, "ENTITY_ERROR.RELATIONSHIP.INVALID",
                 "The provided entity includes a relationship with an invalid value", std::move(detail)};
  error.pointer = fmt::format("/data/relationships/{}", name);
  return error;
}

const std::vector<std::string_view> k_release_types{"MANUAL", "AFTER_APPROVAL", "SCHEDULED"};

const BodyRule k_version_create{"appStoreVersions",
                                {{"platform", false, Must::appear, {"IOS"}},
                                 {"versionString", false, Must::appear},
                                 {"releaseType", false, Must::no, k_release_types},
                                 {"copyright"},
                                 {"reviewType"},
                                 {"earliestReleaseDate"}},
                                {{"app", "apps", Must::appear}, {"build", "builds"}}};
const BodyRule k_version_update{"appStoreVersions",
                                {{"versionString"},
                                 {"releaseType", false, Must::no, k_release_types},
                                 {"copyright"},
                                 {"reviewType"},
                                 {"earliestReleaseDate"}},
                                {{"build", "builds"}}};
const BodyRule k_build_update{"builds", {{"expired", true}, {"usesNonExemptEncryption", true}}, {}};
const std::vector<AttributeRule> k_texts{{"description"},     {"keywords"},   {"marketingUrl"},
                                         {"promotionalText"}, {"supportUrl"}, {"whatsNew"}};

std::vector<AttributeRule> texts_and_locale() {
  auto rules = k_texts;
  rules.push_back({"locale", false, Must::appear});
  return rules;
}

// What stops this build from being this version's, or nullopt.
std::optional<ApiError> not_attachable(const Call& call, const Version& version, const Build* build,
                                       const std::string& id) {
  if (build == nullptr) return not_found("builds", id);
  if (!is_editable(version.state)) {
    return relationship_refused("build", "The specified pre-release build could not be added.");
  }
  if (build->app_id != version.app_id || VersionName::parse(build->marketing) != VersionName::parse(version.number)) {
    return relationship_refused("build", "The specified pre-release build could not be added.");
  }
  if (build->state != "VALID" || build->expired || call.now >= build->uploaded + 90 * k_day) {
    return relationship_refused("build", "The build is not in a valid processing state for this operation.");
  }
  return std::nullopt;
}

// A number that no version may have, that was used, or that does not rise above what is live; nullopt: it may be
// `own`'s (of a rename) or a new version's.
std::optional<ApiError> not_a_number_for(Model& model, const std::string& app_id, const std::string& text,
                                         const Version* own) {
  const auto number = VersionName::parse(text);
  if (!number) return attribute_refused("INVALID", "versionString", "The version string is not a version number.");
  if (const auto why = unfit_version(facts_of(StoreKind::app_store), *number)) {
    return attribute_refused("INVALID", "versionString", fmt::format("The version string {} {}.", text, *why));
  }
  const auto* same = model.find_version_numbered(app_id, *number);
  if (same != nullptr && same != own) {
    return attribute_refused("INVALID.DUPLICATE", "versionString", "The version number has been previously used.");
  }
  const auto* live = model.live_version(app_id);
  if (live != nullptr && *number < *VersionName::parse(live->number)) {
    return attribute_refused("INVALID", "versionString",
                             fmt::format("The version number must be higher than {}.", live->number));
  }
  return std::nullopt;
}

std::vector<ApiError> not_creatable(Model& model, const AppRow& app, const std::string& text) {
  std::vector<ApiError> errors;
  const bool taken = std::any_of(model.versions.begin(), model.versions.end(), [&](const Version& other) {
    return other.app_id == app.id && holds_the_slot(other.state);
  });
  if (taken) {
    errors.push_back(relationship_refused("app", "You cannot create a new version of the App in the current state."));
  }
  if (auto number = not_a_number_for(model, app.id, text, nullptr)) errors.push_back(std::move(*number));
  return errors;
}

// Applies the attributes that differ; the words of each change.
std::vector<std::string> apply_attributes(Version& version, const Body& body) {
  std::vector<std::string> changes;
  const auto set = [&](const std::string& name, std::string& value, const std::string& given) {
    if (given == value) return;
    value = given;
    changes.push_back(name + " " + given);
  };
  for (const auto& [name, given] : body.attributes.items()) {
    if (name == "earliestReleaseDate")
      version.earliest = given.is_string() ? parse_rfc3339(given.get<std::string>()) : std::nullopt;
    if (!given.is_string() || name == "platform" || name == "earliestReleaseDate") continue;
    if (name == "releaseType")
      set(name, version.release_type, given.get<std::string>());
    else if (name == "versionString")
      set(name, version.number, given.get<std::string>());
    else
      set(name, version.others[name], given.get<std::string>());
  }
  return changes;
}

std::string words_of(std::string_view locale, std::string_view text) {
  return fmt::format("notes {} {}", locale, sha256_hex(text).substr(0, 8));
}

// An emoji (four bytes of UTF-8 that begin with F0 9F) or an angle bracket.
std::string refused_character(const std::string& text) {
  if (const auto emoji = text.find("\xF0\x9F"); emoji != std::string::npos) return text.substr(emoji, 4);
  const auto bracket = text.find_first_of("<>");
  return bracket == std::string::npos ? std::string() : text.substr(bracket, 1);
}

bool is_listed_locale(std::string_view locale) { return !not_a_locale(facts_of(StoreKind::app_store), locale); }

std::optional<ApiError> text_refused(const Model& model, const Version& version, const Body& body) {
  if (!body.has("whatsNew")) return std::nullopt;
  if (is_first_version(model, version) || !(is_editable(version.state) || version.state == k_waiting)) {
    return attribute_refused("INVALID.INVALID_STATE", "whatsNew", "Attribute 'whatsNew' cannot be edited at this time");
  }
  if (utf8_length(body.text("whatsNew")) > k_whats_new_limit) {
    return attribute_refused("INVALID", "whatsNew", "whatsNew is too long: at most 4000 characters.");
  }
  if (const auto character = refused_character(body.text("whatsNew")); !character.empty()) {
    return attribute_refused("INVALID", "whatsNew",
                             "An attribute value has invalid characters. - What's New in This Version can't contain "
                             "the following character(s): " +
                                 character + ".");
  }
  return std::nullopt;
}

// True when something changed.
bool apply_texts(Localization& row, const Body& body) {
  bool any = false;
  for (const auto& [name, given] : body.attributes.items()) {
    if (!given.is_string() || name == "locale") continue;
    auto& value = name == "whatsNew" ? row.whats_new : row.others[name];
    any = any || value != given.get<std::string>();
    value = given.get<std::string>();
  }
  return any;
}

Handled show_text(const Call& call, int status, const Version& version, const Localization& row) {
  return answer(status,
                call.wire().document(call.wire().localization(version, row), call.selection, call.request.path));
}

std::string build_words(const Build& build) { return fmt::format("build {}", build.number); }

}  // namespace

Handled patch_build(Call& call) {
  auto* build = call.model.find_build(call.ids.at(0));
  if (build == nullptr) return refuse(not_found("builds", call.ids.at(0)));
  const auto body = parse_body(call.request, k_build_update, build->id);
  if (!body) return refuse(body.error());
  const auto show = [&] {
    return answer(200, call.wire().document(call.wire().build(*build), call.selection, call.request.path));
  };
  if (body->has("usesNonExemptEncryption")) {
    const bool wanted = body->flag("usesNonExemptEncryption");
    if (build->uses_encryption) {
      return refuse(attribute_refused("INVALID", "usesNonExemptEncryption",
                                      "You cannot update when the value is already set. - "
                                      "/data/attributes/usesNonExemptEncryption"));
    }
    if (wanted) {
      return refuse(state_error("An approved app encryption declaration is required for this value."));
    }
    build->uses_encryption = wanted;
    auto handled = show();
    handled.effect = true;
    handled.change = fmt::format("app-store/{} build {} encryption {}", build->marketing, build->number, wanted);
    return handled;
  }
  if (!body->flag("expired") || build->expired) return show();
  build->expired = true;
  auto handled = show();
  handled.effect = true;
  handled.change = fmt::format("app-store/{} build {} expired", build->marketing, build->number);
  return handled;
}

Handled create_version(Call& call) {
  const auto body = parse_body(call.request, k_version_create, "");
  if (!body) return refuse(body.error());
  const auto* app = call.model.find_app(body->id_of("app"));
  if (app == nullptr) return refuse(not_found("apps", body->id_of("app")));
  const auto errors = not_creatable(call.model, *app, body->text("versionString"));
  if (!errors.empty()) return refuse(error_response(errors));
  auto& version = add_version(call.model, *app, body->text("versionString"), call.now);
  apply_attributes(version, *body);
  const auto build_id = body->id_of("build");
  if (!build_id.empty()) {
    const auto* build = call.model.find_build(build_id);
    if (auto error = not_attachable(call, version, build, build_id)) {
      call.model.versions.pop_back();
      return refuse(std::move(*error));
    }
    version.build_id = build_id;
  }
  return changed(show_version(call, 201, version), version, "created");
}

Handled patch_version(Call& call) {
  auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  const auto body = parse_body(call.request, k_version_update, version->id);
  if (!body) return refuse(body.error());
  if (!body->attributes.empty() && !is_editable(version->state)) {
    const auto name = body->attributes.begin().key();
    return refuse(
        attribute_refused("INVALID.INVALID_STATE", name, fmt::format("The attribute '{}' can not be modified.", name)));
  }
  if (body->has("versionString")) {
    auto number = not_a_number_for(call.model, version->app_id, body->text("versionString"), version);
    if (number) return refuse(std::move(*number));
  }
  const auto build_id = body->id_of("build");
  const auto* build = call.model.find_build(build_id);
  if (!build_id.empty() && build_id != version->build_id) {
    if (auto error = not_attachable(call, *version, build, build_id)) return refuse(std::move(*error));
  }
  auto words = apply_attributes(*version, *body);
  if (!build_id.empty() && build_id != version->build_id) {
    version->build_id = build_id;
    words.push_back(build_words(*build));
  }
  auto handled = show_version(call, 200, *version);
  return words.empty() ? handled : changed(std::move(handled), *version, join(words, ", "));
}

Handled delete_version(Call& call) {
  const auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  if (version->state != k_draft || version->submitted) {
    return refuse(state_error("The version can not be deleted in its present state - " + version->state));
  }
  auto handled = changed(no_content(), *version, "deleted");
  auto& rows = call.model.versions;
  rows.erase(std::find_if(rows.begin(), rows.end(), [&](const Version& row) { return row.id == call.ids.at(0); }));
  return handled;
}

Handled patch_build_linkage(Call& call) {
  auto* version = call.model.find_version(call.ids.at(0));
  if (version == nullptr) return refuse(not_found("appStoreVersions", call.ids.at(0)));
  const auto id = parse_linkage(call.request, "builds");
  if (!id) return refuse(id.error());
  if (*id == version->build_id) return no_content();
  const auto* build = call.model.find_build(*id);
  if (auto error = not_attachable(call, *version, build, *id)) return refuse(std::move(*error));
  version->build_id = *id;
  return changed(no_content(), *version, build_words(*build));
}

Handled create_localization(Call& call) {
  static const BodyRule rule{
      "appStoreVersionLocalizations", texts_and_locale(), {{"appStoreVersion", "appStoreVersions", Must::appear}}};
  const auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(body.error());
  auto* version = call.model.find_version(body->id_of("appStoreVersion"));
  if (version == nullptr) return refuse(not_found("appStoreVersions", body->id_of("appStoreVersion")));
  const auto locale = body->text("locale");
  const bool taken = std::any_of(version->localizations.begin(), version->localizations.end(),
                                 [&](const Localization& row) { return row.locale == locale; });
  if (taken) {
    return refuse(attribute_refused("INVALID.DUPLICATE", "locale", "A localization exists already for " + locale));
  }
  if (!is_listed_locale(locale)) {
    return refuse(attribute_refused("INVALID", "locale", "The language specified is not listed for localization"));
  }
  if (!is_editable(version->state)) return refuse(state_error("The version can not be edited - " + version->state));
  if (auto error = text_refused(call.model, *version, *body)) return refuse(std::move(*error));
  Localization row{call.model.new_id(), locale, "", {}};
  apply_texts(row, *body);
  version->localizations.push_back(row);
  return changed(show_text(call, 201, *version, row), *version, words_of(locale, row.whats_new));
}

Handled patch_localization(Call& call) {
  const auto& id = call.ids.at(0);
  auto* version = call.model.find_version_of_localization(id);
  if (version == nullptr) return refuse(not_found("appStoreVersionLocalizations", id));
  const auto body = parse_body(call.request, {"appStoreVersionLocalizations", k_texts, {}}, id);
  if (!body) return refuse(body.error());
  if (auto error = text_refused(call.model, *version, *body)) return refuse(std::move(*error));
  const auto row = std::find_if(version->localizations.begin(), version->localizations.end(),
                                [&](const Localization& text) { return text.id == id; });
  const bool any = apply_texts(*row, *body);
  auto handled = show_text(call, 200, *version, *row);
  return any ? changed(std::move(handled), *version, words_of(row->locale, row->whats_new)) : handled;
}

}  // namespace train::sandbox::app_store
