// Google's credential files, each read strictly by its own `type`.
#include <nlohmann/json.hpp>

#include "credential_file.hpp"
#include "key_text.hpp"
#include "keys.hpp"
#include "train/auth/google_token.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

using nlohmann::json;

constexpr const char* k_default_token_uri = "https://oauth2.googleapis.com/token";
constexpr const char* k_default_sts = "https://sts.googleapis.com/v1/token";

tl::unexpected<Error> not_usable(std::string_view what, const std::string& why) {
  return fail(ErrorKind::definition, "The Google credentials (" + std::string(what) + ") are not usable: " + why + ".",
              "Let Google's tools write the file again, and give it unchanged.");
}

std::string missing_of(const json& file, std::initializer_list<const char*> names) {
  std::vector<std::string> missing;
  for (const char* name : names) {
    if (text_of(file, name).empty()) missing.push_back("`" + std::string(name) + "`");
  }
  if (missing.empty()) return {};
  return join(missing, " and ") + (missing.size() == 1 ? " is missing" : " are missing");
}

Result<GoogleCredentials> read_user(const json& file) {
  constexpr std::string_view what = "authorized_user";
  if (auto why = missing_of(file, {"client_id", "client_secret", "refresh_token"}); !why.empty()) {
    return not_usable(what, why);
  }
  AuthorizedUser user{text_of(file, "client_id"), Secret(text_of(file, "client_secret")),
                      Secret(text_of(file, "refresh_token")), text_of(file, "token_uri")};
  if (user.token_uri.empty()) user.token_uri = k_default_token_uri;
  if (!is_https_or_loopback(user.token_uri)) return not_usable(what, "its `token_uri` is neither https nor local");
  return GoogleCredentials(std::move(user));
}

Result<ExternalAccount::Source> read_source(const json& file) {
  constexpr std::string_view what = "external_account";
  const json source = file.value("credential_source", json());
  if (!source.is_object()) return not_usable(what, "`credential_source` is missing");
  ExternalAccount::Source out{text_of(source, "file"), text_of(source, "url"), {}, std::nullopt};
  if (source.contains("executable") || source.contains("environment_id") || source.contains("certificate")) {
    return not_usable(what,
                      "`credential_source` is an executable, an AWS environment or a certificate, and only "
                      "`file` and `url` are spoken here");
  }
  if (out.file.empty() == out.url.empty()) return not_usable(what, "`credential_source` wants one of `file` and `url`");
  if (!out.url.empty() && !is_https_or_loopback(out.url)) {
    return not_usable(what, "the `url` of `credential_source` is neither https nor local");
  }
  const json headers = source.value("headers", json::object());
  if (!headers.is_object()) return not_usable(what, "`headers` of `credential_source` is no object");
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) out.headers.emplace_back(name, Secret(value.get<std::string>()));
  }
  const json format = source.value("format", json::object());
  const std::string type = text_of(format, "type");
  if (type.empty() || type == "text") return out;
  const std::string field = text_of(format, "subject_token_field_name");
  if (type != "json" || field.empty()) return not_usable(what, "`format` is neither text nor json with a field name");
  out.json_field = field;
  return out;
}

Result<GoogleCredentials> read_external(const json& file) {
  constexpr std::string_view what = "external_account";
  if (auto why = missing_of(file, {"audience", "subject_token_type"}); !why.empty()) return not_usable(what, why);
  ExternalAccount account;
  account.audience = text_of(file, "audience");
  account.subject_token_type = text_of(file, "subject_token_type");
  account.token_url = text_of(file, "token_url");
  if (account.token_url.empty()) account.token_url = k_default_sts;
  account.impersonation_url = text_of(file, "service_account_impersonation_url");
  const bool local = account.impersonation_url.empty() || is_https_or_loopback(account.impersonation_url);
  if (!is_https_or_loopback(account.token_url) || !local) {
    return not_usable(what, "`token_url` or `service_account_impersonation_url` is neither https nor local");
  }
  const json options = file.value("service_account_impersonation", json::object());
  const json life = options.is_object() ? options.value("token_lifetime_seconds", json()) : json();
  if (life.is_number_integer() && life >= 600 && life <= 43200) account.impersonation_seconds = life.get<int>();
  auto source = read_source(file);
  if (!source) return tl::unexpected(source.error());
  account.source = std::move(*source);
  return GoogleCredentials(std::move(account));
}

}  // namespace

bool is_https_or_loopback(const std::string& url) {
  const std::string origin = http::origin_of(url);
  return starts_with(origin, "https://") || (starts_with(origin, "http://") && http::is_loopback_url(url));
}

Result<GoogleCredentials> parse_google_credentials(const Secret& given) {
  const Secret text(bare_key_text(given.expose()));
  const json file = http::is_nested_within(text.expose()) ? json::parse(text.expose(), nullptr, false)
                                                          : json(json::value_t::discarded);
  const std::string type = file.is_object() ? text_of(file, "type") : std::string();
  if (type == "authorized_user") return read_user(file);
  if (type == "external_account") return read_external(file);
  // Also what is of no kind at all: the words are made for somebody with a wrong key file.
  auto account = parse_service_account(text);
  if (!account) return tl::unexpected(account.error());
  return GoogleCredentials(std::move(*account));
}

std::string whom(const GoogleCredentials& credentials) {
  if (const auto* account = std::get_if<ServiceAccount>(&credentials)) return printable(account->client_email, 200);
  const auto* external = std::get_if<ExternalAccount>(&credentials);
  if (external == nullptr) return "an authorised user";
  const std::string& url = external->impersonation_url;
  const std::size_t slash = url.rfind('/');
  const std::size_t colon = url.rfind(':');
  const bool names = slash != std::string::npos && colon != std::string::npos && colon > slash;
  return names ? printable(url.substr(slash + 1, colon - slash - 1), 200) : printable(external->audience, 300);
}

std::vector<std::string> addresses_of(const GoogleCredentials& credentials) {
  if (const auto* account = std::get_if<ServiceAccount>(&credentials)) return {account->token_uri};
  if (const auto* user = std::get_if<AuthorizedUser>(&credentials)) return {user->token_uri};
  const auto& external = std::get<ExternalAccount>(credentials);
  std::vector<std::string> all{external.token_url};
  if (!external.impersonation_url.empty()) all.push_back(external.impersonation_url);
  if (!external.source.url.empty()) all.push_back(external.source.url);
  return all;
}

}  // namespace train::auth
