#include "wire.hpp"

#include <fmt/format.h>

#include <map>

#include "errors.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

const json k_nothing;

const json& member(const json& object, const std::string& name) {
  if (!object.is_object()) return k_nothing;
  const auto found = object.find(name);
  return found == object.end() ? k_nothing : *found;
}

std::string text(const json& value) { return value.is_string() ? value.get<std::string>() : std::string{}; }
bool truth(const json& value) { return value.is_boolean() && value.get<bool>(); }

int whole(const json& value) {
  if (!value.is_number_integer()) return 0;
  const auto number = value.get<std::int64_t>();
  return number < 0 || number > 100000 ? 0 : static_cast<int>(number);
}

tl::unexpected<Error> lacks(std::string_view type, std::string_view what) {
  return fail(ErrorKind::invalid_answer, fmt::format("App Store Connect answered a {} without its {}.", type, what),
              "If this persists, Apple has changed the format: report it, and act in App Store Connect meanwhile.");
}

// The resources beside the primary ones, by type and id.
using Included = std::map<std::pair<std::string, std::string>, const json*>;

Included index_included(const json& document) {
  Included index;
  const auto& rows = member(document, "included");
  if (!rows.is_array()) return index;
  for (const auto& row : rows) index[{text(member(row, "type")), text(member(row, "id"))}] = &row;
  return index;
}

const json& linkage(const json& resource, const std::string& relationship) {
  return member(member(member(resource, "relationships"), relationship), "data");
}

const json& follow(const json& resource, const std::string& relationship, const Included& included) {
  const auto& link = linkage(resource, relationship);
  const auto found = included.find({text(member(link, "type")), text(member(link, "id"))});
  return found == included.end() ? k_nothing : *found->second;
}

PhaseRow phase_row(const json& resource) {
  const auto& attributes = member(resource, "attributes");
  PhaseRow row;
  row.id = text(member(resource, "id"));
  row.state = text(member(attributes, "phasedReleaseState"));
  row.day = whole(member(attributes, "currentDayNumber"));
  row.pause_days = whole(member(attributes, "totalPauseDuration"));
  row.started = parse_rfc3339(text(member(attributes, "startDate")));
  return row;
}

BuildRow build_row(const json& resource, const Included& included) {
  const auto& attributes = member(resource, "attributes");
  BuildRow row;
  row.id = text(member(resource, "id"));
  row.number = text(member(attributes, "version"));
  row.state = text(member(attributes, "processingState"));
  row.audience = text(member(attributes, "buildAudienceType"));
  row.expired = truth(member(attributes, "expired"));
  const auto& encryption = member(attributes, "usesNonExemptEncryption");
  if (encryption.is_boolean()) row.uses_encryption = encryption.get<bool>();
  row.marketing = text(member(member(follow(resource, "preReleaseVersion", included), "attributes"), "version"));
  row.has_beta_detail = linkage(resource, "buildBetaDetail").is_object();
  return row;
}

Result<VersionRow> version_row(const json& resource, const Included& included) {
  const auto& attributes = member(resource, "attributes");
  VersionRow row;
  row.id = text(member(resource, "id"));
  row.number = text(member(attributes, "versionString"));
  row.state = text(member(attributes, "appVersionState"));
  row.old_state = text(member(attributes, "appStoreState"));
  row.release_type = text(member(attributes, "releaseType"));
  if (row.id.empty()) return lacks("appStoreVersions", "id");
  if (row.number.empty()) return lacks("appStoreVersions", "versionString");
  // Apple leaves it null at times. Such a version is shown and held on; the others are read all the same.
  if (row.state.empty()) row.state = "no appVersionState";
  const auto& build = follow(resource, "build", included);
  if (build.is_object()) row.build = build_row(build, included);
  const auto& phase = follow(resource, "appStoreVersionPhasedRelease", included);
  if (phase.is_object()) row.phase = phase_row(phase);
  const auto& relationship = member(member(resource, "relationships"), "appStoreVersionPhasedRelease");
  row.phase_told = row.phase.has_value() ||
                   (relationship.is_object() && relationship.contains("data") && relationship["data"].is_null());
  return row;
}

template <typename Row, typename Read>
Result<std::vector<Row>> read_rows(const json& document, Read read) {
  const auto& data = member(document, "data");
  if (!data.is_array()) return lacks("list", "rows");
  const auto included = index_included(document);
  std::vector<Row> rows;
  for (const auto& resource : data) {
    if (!member(resource, "id").is_string()) return lacks("resource", "id");
    Result<Row> row = read(resource, included);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(std::move(*row));
  }
  return rows;
}

}  // namespace

Result<json> parse_document(std::string_view body, std::string_view what) {
  const auto unusable = [&](std::string_view why, std::string_view hint) {
    return fail(ErrorKind::invalid_answer,
                fmt::format("Cannot {}: App Store Connect answered with a success, but {}.", what, why),
                std::string(hint));
  };
  constexpr std::string_view k_portal =
      "A proxy or a captive portal may stand between this machine and App Store Connect.";
  constexpr std::string_view k_again = "Run it again; if it stays, look in App Store Connect.";
  if (!http::is_nested_within(body)) return unusable("the body is nested too deeply to be read", k_again);
  auto document = json::parse(body, nullptr, false);
  // Data beside errors is data of which nobody knows what is missing.
  if (const auto errors = errors_in(document); !errors.empty()) return unusable("reports " + words_of(errors), k_again);
  if (const auto status = text(member(document, "statusCode")); !status.empty()) {  // the form before JSON:API
    return unusable(fmt::format("says statusCode {}", printable(status, 40)), k_again);
  }
  if (document.is_object() && document.contains("data")) return document;
  const auto said = trim(body);
  if (said.empty()) return unusable("the body is empty", k_portal);
  if (said.front() == '<') return unusable("the body is a page of HTML", k_portal);
  return unusable("the body is not a JSON:API document: " + printable(said, 120), k_portal);
}

Result<std::vector<AppRow>> read_apps(const json& document) {
  return read_rows<AppRow>(document, [](const json& resource, const Included&) -> Result<AppRow> {
    const auto& attributes = member(resource, "attributes");
    return AppRow{text(member(resource, "id")), text(member(attributes, "bundleId")), text(member(attributes, "name"))};
  });
}

Result<std::vector<BuildRow>> read_builds(const json& document) {
  return read_rows<BuildRow>(document, [](const json& resource, const Included& included) -> Result<BuildRow> {
    auto row = build_row(resource, included);
    if (row.number.empty()) return lacks("builds", "version");
    return row;
  });
}

Result<std::vector<VersionRow>> read_versions(const json& document) {
  return read_rows<VersionRow>(document, version_row);
}

Result<std::vector<TextRow>> read_texts(const json& document) {
  return read_rows<TextRow>(document, [](const json& resource, const Included&) -> Result<TextRow> {
    const auto& attributes = member(resource, "attributes");
    TextRow row{text(member(resource, "id")), text(member(attributes, "locale")), text(member(attributes, "whatsNew"))};
    if (row.locale.empty()) return lacks("appStoreVersionLocalizations", "locale");
    return row;
  });
}

Result<std::vector<SubmissionRow>> read_submissions(const json& document) {
  return read_rows<SubmissionRow>(document, [](const json& resource, const Included&) -> Result<SubmissionRow> {
    SubmissionRow row;
    row.id = text(member(resource, "id"));
    row.state = text(member(member(resource, "attributes"), "state"));
    row.version_id = text(member(linkage(resource, "appStoreVersionForReview"), "id"));
    const auto& items = linkage(resource, "items");
    row.has_items = items.is_array() && !items.empty();
    if (row.state.empty()) return lacks("reviewSubmissions", "state");
    return row;
  });
}

Result<std::vector<ItemRow>> read_items(const json& document) {
  return read_rows<ItemRow>(document, [](const json& resource, const Included&) -> Result<ItemRow> {
    return ItemRow{text(member(resource, "id")), text(member(member(resource, "attributes"), "state")),
                   text(member(linkage(resource, "appStoreVersion"), "id"))};
  });
}

Result<std::optional<VersionRow>> read_version(const json& document) {
  const auto& data = member(document, "data");
  if (!data.is_object()) return std::optional<VersionRow>{};
  auto row = version_row(data, index_included(document));
  if (!row) return tl::unexpected(row.error());
  return std::optional<VersionRow>(std::move(*row));
}

Result<std::optional<PhaseRow>> read_phase(const json& document) {
  const auto& data = member(document, "data");
  if (!data.is_object()) return std::optional<PhaseRow>{};
  auto row = phase_row(data);
  if (row.id.empty() || row.state.empty()) return lacks("appStoreVersionPhasedReleases", "id or state");
  return std::optional<PhaseRow>(std::move(row));
}

Result<std::optional<BuildRow>> read_build(const json& document) {
  const auto& data = member(document, "data");
  if (!data.is_object()) return std::optional<BuildRow>{};
  return std::optional<BuildRow>(build_row(data, index_included(document)));
}

std::string read_id(const json& document) { return text(member(member(document, "data"), "id")); }

std::optional<std::string> read_next(const json& document) {
  auto next = text(member(member(document, "links"), "next"));
  if (next.empty()) return std::nullopt;
  return next;
}

namespace {

std::string dump(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string create_body(std::string_view type, const json& attributes, const std::vector<Link>& links) {
  json data{{"type", type}};
  if (!attributes.empty()) data["attributes"] = attributes;
  for (const auto& link : links) {
    data["relationships"][std::string(link.relationship)] = {{"data", {{"type", link.type}, {"id", link.id}}}};
  }
  return dump({{"data", data}});
}

std::string update_body(std::string_view type, const std::string& id, const json& attributes) {
  return dump({{"data", {{"type", type}, {"id", id}, {"attributes", attributes}}}});
}

std::string linkage_body(std::string_view type, const std::string& id) {
  return dump({{"data", {{"type", type}, {"id", id}}}});
}

}  // namespace train::stores::app_store
