// Flags in Firebase Remote Config: the project's template is read, changed in one place and published whole, guarded by
// its ETag.
#include <nlohmann/json.hpp>

#include "descriptors.hpp"
#include "firebase_template.hpp"
#include "service.hpp"
#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "train/http/json_depth.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

std::string firebase_address(const Flag& flag) {
  return option_of(flag, "endpoint", "https://firebaseremoteconfig.googleapis.com");
}

}  // namespace

namespace {

using nlohmann::ordered_json;

constexpr const char* k_remote_config_scope = "https://www.googleapis.com/auth/firebase.remoteconfig";
constexpr int k_publishes_max = 2;  // somebody may publish between our reading and our writing, once

struct FirebaseTemplate {
  ordered_json config;
  std::string etag;
};

class FirebaseProvider final : public FlagProvider {
 public:
  FirebaseProvider(http::Sleep sleep, Clock& clock, auth::GoogleCredentials credentials)
      : client_(std::move(sleep)), clock_(&clock), tokens_(std::move(credentials), k_remote_config_scope, client_) {}

  Result<std::string> get(const Flag& flag) override {
    const auto present = read(flag, "");
    if (!present) return tl::unexpected(present.error());
    return template_value(present->config, flag);
  }

  Result<std::string> value_in(const Flag& flag, std::int64_t version) override {
    const auto then = read(flag, "?versionNumber=" + std::to_string(version));
    if (!then) return tl::unexpected(then.error());
    return template_value(then->config, flag);
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    Error beaten;
    for (int i = 0; i < k_publishes_max; ++i) {
      auto present = read(flag, "");
      if (!present) return tl::unexpected(present.error());
      const auto ready = prepare(flag, value, *present);
      if (!ready) return tl::unexpected(ready.error());
      if (!*ready) return Done{};
      const auto sent = publish(flag, *present, "");
      if (!sent) return tl::unexpected(sent.error());
      if (!is_beaten(sent->second)) return conclude_write(*this, flag, value, sent->first, sent->second);
      beaten = http::error_of(sent->first, sent->second, "Setting the flag " + flag.name);
    }
    return fail(ErrorKind::refused, beaten.message + " Others publish this template at the same time.",
                "Nothing was changed. Run it again.");
  }

  Result<Done> roll_back(const Flag& flag, std::int64_t version) override {
    const auto wanted = value_in(flag, version);
    if (!wanted) return tl::unexpected(wanted.error());
    http::Request request = request_for(flag, ":rollback");
    request.method = http::Method::post;
    request.purpose = http::Purpose::write;
    request.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
    request.body = ordered_json{{"versionNumber", std::to_string(version)}}.dump();
    const auto outcome = send(request);
    if (!outcome) return tl::unexpected(outcome.error());
    return conclude_write(*this, flag, *wanted, request, *outcome);
  }

 private:
  using Sent = std::pair<http::Request, http::Outcome>;

  static bool is_beaten(const http::Outcome& outcome) {
    return outcome.transport == http::Transport::answered && (outcome.status == 412 || outcome.status == 409);
  }

  // Changes `present`; false: it is so already. The change is proved by validating before anything is published.
  Result<bool> prepare(const Flag& flag, const std::string& value, FirebaseTemplate& present) {
    const ordered_json before = present.config;
    Result<bool> refused = false;
    for (const auto& wording : k_wordings) {
      present.config = before;
      const auto change = set_template_value(present.config, flag, value, wording);
      if (!change) return tl::unexpected(change.error());
      if (!change->any) return false;
      const auto checked = publish(flag, present, "?validateOnly=true");
      if (!checked) return tl::unexpected(checked.error());
      const auto& [request, outcome] = *checked;
      // Beaten already: the publish that follows is told so, and is tried again.
      if (is_good(outcome) || is_beaten(outcome)) return true;
      Error error = http::error_of(request, outcome, "Checking the change of the flag " + flag.name);
      if (error.kind == ErrorKind::unknown_outcome) error.kind = ErrorKind::unreachable;  // a check changes nothing
      refused = tl::unexpected(std::move(error));
      if (!change->worded || outcome.status != 400) break;
    }
    return refused;
  }

  Result<Sent> publish(const Flag& flag, const FirebaseTemplate& present, const std::string& query) {
    http::Request request = request_for(flag, query);
    request.method = http::Method::put;
    request.purpose = http::Purpose::write;
    request.headers.push_back({"Content-Type", "application/json; charset=utf-8"});
    request.headers.push_back({"If-Match", present.etag});
    request.body = present.config.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    auto outcome = send(request);
    if (!outcome) return tl::unexpected(outcome.error());
    return Sent{std::move(request), std::move(*outcome)};
  }

  Result<FirebaseTemplate> read(const Flag& flag, const std::string& query) {
    if (flag.options.count("project") == 0) {
      return fail(ErrorKind::definition, "The flag " + flag.name + " names no Firebase project.",
                  "Give it `project: ID`, as the Firebase console shows it.");
    }
    http::Request request = request_for(flag, query);
    const auto outcome = send(request);
    if (!outcome) return tl::unexpected(outcome.error());
    const std::string what = "Reading the flag " + flag.name;
    if (!is_good(*outcome)) return tl::unexpected(http::error_of(request, *outcome, what));
    FirebaseTemplate out;
    const auto etag = outcome->header("etag");
    if (http::is_nested_within(outcome->body)) out.config = ordered_json::parse(outcome->body, nullptr, false);
    if (!out.config.is_object() || !etag || etag->empty()) {
      return fail(ErrorKind::invalid_answer, what + ": the answer is no Remote Config template with an ETag.",
                  "Check `endpoint`, and that no proxy answers in its place.");
    }
    out.etag = std::string(*etag);
    return out;
  }

  static http::Request request_for(const Flag& flag, const std::string& rest) {
    http::Request request;
    request.url =
        firebase_address(flag) + "/v1/projects/" + path_part(option_of(flag, "project", "")) + "/remoteConfig" + rest;
    request.gzip = true;  // without it Google answers no usable ETag
    request.answer_limit_bytes = k_service_answer_bytes;
    return request;
  }

  // A token that is refused is asked for anew, once: nothing was done with it. It stays in the request, so that an
  // error about it knows what to leave out.
  Result<http::Outcome> send(http::Request& request) {
    const auto plain = request.headers;
    for (bool again = false;; again = true) {
      const auto token = tokens_.bearer(clock_->now());
      if (!token) return tl::unexpected(token.error());
      request.headers = plain;
      request.headers.push_back({"Authorization", "Bearer " + token->expose()});
      auto outcome = request.purpose == http::Purpose::read ? client_.read(request) : client_.send(request);
      if (outcome.status != 401 || again) return outcome;
      tokens_.forget();
    }
  }

  http::Client client_;
  Clock* clock_;
  auth::GoogleTokens tokens_;
};

}  // namespace

std::unique_ptr<FlagProvider> make_firebase_provider(http::Sleep sleep, Clock& clock,
                                                     auth::GoogleCredentials credentials) {
  return std::make_unique<FirebaseProvider>(std::move(sleep), clock, std::move(credentials));
}

namespace {

Result<std::vector<std::string>> firebase_addresses(const Flag& flag, const Site& site) {
  const auto account = site.google_account(flag.credentials);
  if (!account) return tl::unexpected(account.error());
  auto addresses = auth::addresses_of(*account);
  addresses.insert(addresses.begin(), firebase_address(flag));
  return addresses;
}

Result<std::unique_ptr<FlagProvider>> wire_firebase(const Flag& flag, const Site& site) {
  auto account = site.google_account(flag.credentials);
  if (!account) return tl::unexpected(account.error());
  return make_firebase_provider(site.sleep, *site.clock, std::move(*account));
}

}  // namespace

Descriptor describe_firebase() {
  FlagKeys keys{
      "firebase_remote_config",
      {{.name = "project", .meaning = "the id of the Firebase project", .otherwise = "needed"},
       {.name = "credentials",
        .kind = KeyKind::secret,
        .meaning = "a secret: the JSON of a Google account",
        .otherwise = "where Google's own tools look"},
       {.name = "endpoint", .kind = KeyKind::url, .meaning = "of another server", .otherwise = "Google's own"},
       {.name = "environment", .meaning = "not used"}}};
  keys.reach = FlagReach::share_and_groups;
  return {std::move(keys), wire_firebase, firebase_addresses};
}

}  // namespace train::flags
