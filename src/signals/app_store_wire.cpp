// App Store Connect's answers, read for signals: what is needed and missing is never made up.
#include <fmt/format.h>

#include "app_store_reader.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals::app_store {

using nlohmann::json;

namespace {

struct Meaning {
  int status;
  std::string_view code;  // the code begins with it; empty: any
  std::string_view text;
};
constexpr Meaning k_meanings[] = {
    {401, "", "the key was refused: look at key id, issuer id and this machine's clock"},
    {403, "FORBIDDEN.REQUIRED_AGREEMENTS", "the Account Holder must accept an agreement first"},
    {403, "", "the key's role does not allow it"},
    {429, "", "the key's request budget is used up for now"},
};

std::string_view meaning_of(int status, const std::string& code) {
  for (const auto& row : k_meanings) {
    if (row.status == status && starts_with(code, row.code)) return row.text;
  }
  return status >= 500 ? "App Store Connect has a problem of its own" : "";
}

json first_error(const http::Outcome& outcome) {
  if (!http::is_nested_within(outcome.body)) return {};
  const auto document = json::parse(outcome.body, nullptr, false);
  const auto& errors = part(document, "errors");
  return errors.is_array() && !errors.empty() ? errors[0] : json();
}

}  // namespace

std::string refusal(const http::Outcome& outcome, std::string_view what) {
  const json error = first_error(outcome);
  const std::string code = words_of(part(error, "code"));
  const std::string detail = words_of(part(error, "detail"));
  std::string text = fmt::format("{}: App Store Connect answered {}", what, outcome.status);
  if (!code.empty()) text += " " + printable(code, 100);
  if (!detail.empty()) text += " (" + printable(detail, 300) + ")";
  const auto meaning = meaning_of(outcome.status, code);
  return meaning.empty() ? text : fmt::format("{}: {}", text, meaning);
}

Reading<std::string> app_id_in(const json& document, const std::string& bundle_id) {
  const auto& rows = part(document, "data");
  if (!rows.is_array()) return cannot("find app " + bundle_id + ": the answer has no list");
  for (const auto& row : rows) {
    const std::string id = words_of(part(row, "id"));
    if (!id.empty() && words_of(part(part(row, "attributes"), "bundleId")) == bundle_id) return id;
  }
  return cannot("the key sees no app with the bundle id " + bundle_id);
}

Reading<Ids> ids_in(const json& document, const VersionName& version) {
  const auto& rows = part(document, "data");
  if (!rows.is_array()) return cannot("find version " + version.text() + ": the answer has no list");
  for (const auto& row : rows) {
    const auto number = VersionName::parse(words_of(part(part(row, "attributes"), "versionString")));
    const std::string id = words_of(part(row, "id"));
    if (id.empty() || !number || *number != version) continue;
    return Ids{id, words_of(part(part(part(part(row, "relationships"), "build"), "data"), "id"))};
  }
  return nothing_yet("the App Store has no version " + version.text());
}

}  // namespace train::signals::app_store
