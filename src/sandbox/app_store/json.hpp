// The built-in App Store's wire: JSON:API documents, Apple's error bodies, and what a request may carry.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "app_store/model.hpp"

namespace train::sandbox::app_store {

struct ApiError {
  int status = 400;
  std::string code;
  std::string title;
  std::string detail;
  std::string pointer;    // source.pointer, or
  std::string parameter;  // source.parameter
  nlohmann::json meta;    // null: none
};
ServerResponse error_response(const std::vector<ApiError>& errors);
nlohmann::json error_json(const ApiError& error);

ApiError not_found(std::string_view type, std::string_view id);
ApiError state_error(std::string detail);

// What a GET asks to see: `include` names relationships of the primary resource, `fields` trims by type.
struct Selection {
  std::set<std::string> include;
  std::map<std::string, std::set<std::string>> fields;
  std::size_t offset = 0;
  std::size_t limit = 50;
};

// Resources as JSON. `linked` names the relationships whose linkage is told; Apple tells only what was included.
class Wire {
 public:
  Wire(const Model& model, std::string base_url, Instant now)
      : model_(model), base_url_(std::move(base_url)), now_(now) {}

  nlohmann::json app(const AppRow& app) const;
  nlohmann::json build(const Build& build, const std::set<std::string>& linked = {}) const;
  nlohmann::json version(const Version& version, const std::set<std::string>& linked = {}) const;
  nlohmann::json localization(const Version& version, const Localization& localization,
                              const std::set<std::string>& linked = {}) const;
  nlohmann::json phase(const Phase& phase) const;
  nlohmann::json submission(const Submission& submission, const std::set<std::string>& linked = {}) const;
  nlohmann::json item(const Item& item, const std::set<std::string>& linked = {}) const;
  nlohmann::json release_request(const std::string& id) const;
  nlohmann::json beta_group(const BetaGroup& group) const;
  nlohmann::json beta_detail(const Build& build) const;
  nlohmann::json beta_groups_of(const Build& build) const;  // their linkage
  nlohmann::json beta_text(const Localization& row) const;
  nlohmann::json beta_submission(const Build& build) const;
  nlohmann::json beta_notification(const std::string& id) const;
  nlohmann::json review(const Review& review) const;
  nlohmann::json webhook(const Webhook& webhook, const std::set<std::string>& linked = {}) const;
  nlohmann::json delivery(const WebhookDelivery& delivery, const std::set<std::string>& linked = {}) const;
  nlohmann::json event(const WebhookEvent& event) const;
  nlohmann::json ping(const std::string& id) const;
  nlohmann::json availability(const AppRow& app) const;
  nlohmann::json storefront(const Storefront& storefront) const;
  nlohmann::json legacy_submission(const std::string& id) const;
  nlohmann::json upload(const BuildUpload& upload,
                        const std::set<std::string>& linked = {}) const;  // app_store_upload_json.cpp
  nlohmann::json upload_file(const UploadFile& file) const;

  // What `include` of a document whose primary data is `data` brings.
  nlohmann::json included(const nlohmann::json& data, const Selection& selection) const;

  nlohmann::json document(nlohmann::json resource, const Selection& selection, const std::string& self) const;
  // One page of `rows`.
  nlohmann::json list(std::vector<nlohmann::json> rows, const Selection& selection, const ServerRequest& request) const;

 private:
  nlohmann::json resource(std::string_view type, const std::string& id, nlohmann::json attributes) const;
  nlohmann::json find(const std::string& type, const std::string& id) const;
  nlohmann::json find_upload(const std::string& type, const std::string& id) const;
  nlohmann::json pre_release(const Build& build) const;

  const Model& model_;
  std::string base_url_;
  Instant now_;
};

// ---- requests (app_store_request.cpp)
enum class Must { appear, no };
struct AttributeRule {
  std::string_view name;
  bool flag = false;  // a boolean; else text
  Must must = Must::no;
  std::vector<std::string_view> words{};  // allowed values; empty: any
  bool list = false;                      // of texts
  bool whole_number = false;              // instead of text
};
struct RelationshipRule {
  std::string_view name;
  std::string_view type;
  Must must = Must::no;
};
struct BodyRule {
  std::string_view type;
  std::vector<AttributeRule> attributes;
  std::vector<RelationshipRule> relationships;
};
struct Body {
  nlohmann::json attributes = nlohmann::json::object();
  std::map<std::string, std::string> related;  // relationship → id

  bool has(const std::string& attribute) const;              // present and not null
  std::string text(const std::string& attribute) const;      // empty when absent
  bool flag(const std::string& attribute) const;             // false when absent
  std::uint64_t number(const std::string& attribute) const;  // 0 when absent or negative
  std::string id_of(const std::string& relationship) const;
};
// `id` empty for a create. A failure is the answer to send.
tl::expected<Body, ServerResponse> parse_body(const ServerRequest& request, const BodyRule& rule,
                                              const std::string& id);
// The id of a to-one linkage body of `type`.
tl::expected<std::string, ServerResponse> parse_linkage(const ServerRequest& request, std::string_view type);

struct QueryRule {
  std::vector<std::string_view> filters;   // names inside filter[…]
  std::vector<std::string_view> required;  // of the filters
  std::vector<std::string_view> include;
  std::vector<std::string_view> fields;  // types
  std::vector<std::string_view> sort;
  bool paged = false;
  std::vector<std::string_view> limits{};  // relationships inside limit[…]
};
tl::expected<Selection, ServerResponse> parse_query(const ServerRequest& request, const QueryRule& rule);
// True when the filter is absent or lists the value.
bool passes(const ServerRequest& request, std::string_view filter, std::string_view value);

}  // namespace train::sandbox::app_store
