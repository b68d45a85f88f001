// A service account's key file, read strictly.
#include <nlohmann/json.hpp>

#include "credential_file.hpp"
#include "key_text.hpp"
#include "keys.hpp"
#include "train/auth/google_token.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {

namespace {

constexpr const char* k_where_from =
    "In Google Cloud, under IAM > Service accounts > Keys, make a key of type JSON and give that file unchanged.";
constexpr const char* k_account_token_uri = "https://oauth2.googleapis.com/token";

tl::unexpected<Error> no_account_key(const std::string& why) {
  return fail(ErrorKind::definition, "The Google service account key is not usable: " + why + ".", k_where_from);
}

tl::unexpected<Error> not_json(std::string_view text) {
  const auto kind = kind_of_key_text(text);
  if (kind.find("path of a file") == std::string::npos)
    return no_account_key(kind.empty() ? "it is not a JSON object" : "it is " + kind);
  return fail(ErrorKind::definition, "The Google service account key is not usable: it is " + kind + ".",
              "Write `file:PATH` in the definition, or put the file's contents into the variable.");
}

}  // namespace

Result<ServiceAccount> parse_service_account(const Secret& given) {
  const Secret json(bare_key_text(given.expose()));
  if (!http::is_nested_within(json.expose())) return no_account_key("it is nested too deeply");
  const auto parsed = nlohmann::json::parse(json.expose(), nullptr, false);
  if (!parsed.is_object()) return not_json(json.expose());
  if (const std::string type = text_of(parsed, "type"); type != "service_account") {
    if (type.empty() && (parsed.contains("installed") || parsed.contains("web") || parsed.contains("project_info")))
      return no_account_key("it is " + kind_of_key_text(json.expose()));
    return no_account_key(type.empty()
                              ? "`type` is missing"
                              : "its type is `" + printable(type, 40) +
                                    "`; spoken are `service_account`, `external_account` and `authorized_user`");
  }
  std::vector<std::string> missing;
  for (const char* name : {"client_email", "private_key"}) {
    if (text_of(parsed, name).empty()) missing.push_back(std::string("`") + name + "`");
  }
  if (!missing.empty())
    return no_account_key(join(missing, " and ") + (missing.size() == 1 ? " is missing" : " are missing"));
  ServiceAccount account;
  account.client_email = text_of(parsed, "client_email");
  account.private_key_id = text_of(parsed, "private_key_id");
  account.token_uri = text_of(parsed, "token_uri");
  if (account.token_uri.empty()) account.token_uri = k_account_token_uri;
  if (!is_https_or_loopback(account.token_uri)) {
    return no_account_key("its `token_uri` is neither https nor on this machine");
  }
  auto key = read_private_key(Secret(text_of(parsed, "private_key")));
  if (!key) return no_account_key("in `private_key`: " + key.error().message);
  if (!is_rsa(key->get())) return no_account_key("`private_key` is " + name_of(key->get()) + ", not an RSA key");
  account.key = std::make_shared<const SigningKey>(std::move(*key));
  return account;
}

}  // namespace train::auth
