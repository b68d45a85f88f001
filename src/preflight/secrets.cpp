#include "train/preflight/secrets.hpp"

#include <variant>

namespace train::preflight {
namespace {

void add_credentials(const AppName& name, const AppStoreCredentials& apple, std::vector<NeededSecret>& out) {
  out.push_back({name + " key_id", apple.key_id, SecretForm::app_store_key_id});
  if (apple.issuer_id) out.push_back({name + " issuer_id", *apple.issuer_id, SecretForm::app_store_issuer_id});
  out.push_back({name + " private_key", apple.private_key, SecretForm::app_store_private_key});
}

void add_credentials(const AppName& name, const GooglePlayCredentials& google, std::vector<NeededSecret>& out) {
  if (!google.application_default)
    out.push_back({name + " service_account", google.service_account, SecretForm::google_credentials});
}

}  // namespace

std::vector<NeededSecret> needed_secrets(const Definition& definition) {
  std::vector<NeededSecret> out;
  if (definition.source && definition.source->build && definition.source->build->http) {
    for (const auto& [header, ref] : definition.source->build->http->secret_headers)
      out.push_back({"build " + header, ref});
  }
  for (const auto& app : definition.apps)
    std::visit([&](const auto& own) { add_credentials(app.name, own.credentials, out); }, app.part);
  for (const auto& signal : definition.signals) {
    if (signal.token) out.push_back({"signal " + signal.name, *signal.token});
    for (const auto& [key, ref] : signal.secrets) out.push_back({"signal " + signal.name + " " + key, ref});
    for (const auto& [header, ref] : signal.secret_headers)
      out.push_back({"signal " + signal.name + " " + header, ref});
  }
  for (const auto& flag : definition.flags) {
    for (const auto& [header, ref] : flag.secret_headers) out.push_back({"flag " + flag.name + " " + header, ref});
    if (flag.credentials) out.push_back({"flag " + flag.name, *flag.credentials});
  }
  for (const auto& channel : definition.notify)
    out.push_back({"notify " + std::string(to_string(channel.kind)), channel.target});
  return out;
}

Lines secret_lines(const Definition& definition, const std::vector<SecretAnswer>& answers) {
  Lines lines;
  for (const auto& [secret, answer] : answers) {
    if (!answer)
      lines.push_back(unanswered_line("Secrets", secret.subject, answer.error()));
    else
      lines.push_back({"Secrets", secret.subject, Level::ok, text_of(secret.ref, definition.directory), ""});
  }
  return lines;
}

}  // namespace train::preflight
