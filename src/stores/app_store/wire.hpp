// App Store Connect's JSON:API documents as rows. Unknown words are kept, missing parts that we need are an error.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/time.hpp"

namespace train::stores::app_store {

struct AppRow {
  std::string id;
  std::string bundle_id;
  std::string name;
};

struct BuildRow {
  std::string id;
  std::string number;     // CFBundleVersion
  std::string marketing;  // CFBundleShortVersionString; empty when not included
  std::string state;      // PROCESSING FAILED INVALID VALID
  std::string audience;   // APP_STORE_ELIGIBLE, INTERNAL_ONLY
  bool expired = false;
  bool has_beta_detail = false;
  std::optional<bool> uses_encryption;  // nullopt: not answered
};

struct PhaseRow {
  std::string id;
  std::string state;
  int day = 0;
  int pause_days = 0;
  std::optional<Instant> started;
};

struct VersionRow {
  std::string id;
  std::string number;
  std::string state;      // appVersionState
  std::string old_state;  // appStoreState, which alone tells a removal from sale
  std::string release_type;
  std::optional<BuildRow> build;  // where included
  std::optional<PhaseRow> phase;  // where included
  bool phase_told = false;        // the answer says which phase it has, or that it has none
};

struct TextRow {
  std::string id;
  std::string locale;
  std::string text;  // whatsNew; empty when unset
};

struct SubmissionRow {
  std::string id;
  std::string state;
  std::string version_id;  // appStoreVersionForReview; may be empty
  bool has_items = false;
};

struct ItemRow {
  std::string id;
  std::string state;
  std::string version_id;  // empty for an item that is no app version
};

// A document with a `data` member. invalid_answer for anything else, deeper than 64 levels included.
Result<nlohmann::json> parse_document(std::string_view body, std::string_view what);

// ---- rows. invalid_answer when one lacks its id or the attribute it is known by.
Result<std::vector<AppRow>> read_apps(const nlohmann::json& document);
Result<std::vector<BuildRow>> read_builds(const nlohmann::json& document);
Result<std::vector<VersionRow>> read_versions(const nlohmann::json& document);
Result<std::vector<TextRow>> read_texts(const nlohmann::json& document);
Result<std::vector<SubmissionRow>> read_submissions(const nlohmann::json& document);
Result<std::vector<ItemRow>> read_items(const nlohmann::json& document);
Result<std::optional<VersionRow>> read_version(const nlohmann::json& document);  // nullopt: `data` is null
Result<std::optional<PhaseRow>> read_phase(const nlohmann::json& document);
Result<std::optional<BuildRow>> read_build(const nlohmann::json& document);
std::string read_id(const nlohmann::json& document);  // of the primary resource; empty when there is none
std::optional<std::string> read_next(const nlohmann::json& document);  // links.next

// ---- bodies
struct Link {
  std::string_view relationship;
  std::string_view type;
  std::string id;
};
std::string create_body(std::string_view type, const nlohmann::json& attributes, const std::vector<Link>& links);
std::string update_body(std::string_view type, const std::string& id, const nlohmann::json& attributes);
std::string linkage_body(std::string_view type, const std::string& id);

}  // namespace train::stores::app_store
