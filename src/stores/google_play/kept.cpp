#include "kept.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "train/base/files.hpp"
#include "train/http/json_depth.hpp"

namespace train::stores::google_play {
namespace {

constexpr std::size_t k_file_limit_bytes = 64 << 10;
constexpr std::size_t k_session_limit = 64;

std::string member(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<KeptEdit> parse_kept(const std::string& text, const std::string& package) {
  if (!http::is_nested_within(text)) return std::nullopt;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || member(json, "package") != package) return std::nullopt;
  const auto expires = parse_rfc3339(member(json, "expires"));
  KeptEdit edit{member(json, "edit"), expires.value_or(Instant{}), {}};
  if (edit.id.empty() || !expires) return std::nullopt;
  const auto sessions = json.find("sessions");
  if (sessions == json.end() || !sessions->is_array()) return edit;
  for (const auto& item : *sessions) {
    if (!item.is_object() || edit.sessions.size() >= k_session_limit) continue;
    edit.sessions.push_back({member(item, "place"), member(item, "sha256"), member(item, "url")});
  }
  return edit;
}

std::string document_of(const KeptEdit& edit, const std::string& package) {
  nlohmann::json json = {
      {"package", package}, {"edit", edit.id}, {"expires", format_rfc3339(edit.expires)}, {"sessions", nullptr}};
  json["sessions"] = nlohmann::json::array();
  for (const KeptSession& session : edit.sessions) {
    json["sessions"].push_back({{"place", session.place}, {"sha256", session.sha256}, {"url", session.url}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

bool KeptEdit::holds(std::string_view sha256) const {
  return std::any_of(sessions.begin(), sessions.end(), [&](const KeptSession& each) { return each.sha256 == sha256; });
}

Keep::Keep(std::filesystem::path file, std::string package) : file_(std::move(file)), package_(std::move(package)) {}

std::optional<KeptEdit> Keep::edit(Instant now) {
  load();
  if (edit_ && edit_->expires <= now) forget();
  return edit_;
}

void Keep::begin(KeptEdit edit) {
  edit_ = std::move(edit);
  save();
}

void Keep::add(KeptSession session) {
  if (!edit_) return;
  drop_session(session.place, session.sha256);
  edit_->sessions.push_back(std::move(session));
  save();
}

void Keep::drop_session(std::string_view place, std::string_view sha256) {
  if (!edit_) return;
  auto& all = edit_->sessions;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const KeptSession& each) { return each.place == place && each.sha256 == sha256; }),
            all.end());
  save();
}

void Keep::forget() {
  edit_.reset();
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

// Another process may have begun or ended it meanwhile.
void Keep::load() {
  if (file_.empty()) return;
  const auto text = read_private_file(file_, k_file_limit_bytes);
  edit_ = text ? parse_kept(*text, package_) : std::nullopt;
}

// A disk that refuses only costs the going on after a crash: the upload itself does not need the file.
void Keep::save() {
  if (file_.empty() || !edit_) return;
  std::error_code ignored;
  std::filesystem::create_directories(file_.parent_path(), ignored);
  static_cast<void>(write_file_atomically(file_, document_of(*edit_, package_)));
}

}  // namespace train::stores::google_play
