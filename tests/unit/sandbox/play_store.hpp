// Google Play as a program, without a socket: what the rule tests drive.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../../../src/sandbox/world/service.hpp"
#include "play_bundle_file.hpp"

namespace train::testing_play {

using Json = nlohmann::json;
using sandbox::Handled;
using Releases = std::vector<Json>;

inline constexpr Instant k_start{std::chrono::seconds{1796029200}};

inline sandbox::AppSetup charge_setup(bool released = true) {
  sandbox::AppSetup setup;
  setup.name = "android";
  setup.store = StoreKind::google_play;
  setup.store_id = "com.example.charge";
  if (released) {
    setup.live = VersionName::parse("3.3.0");
    setup.live_build = BuildNumber::from(330);
  }
  return setup;
}

struct PlayStore {
  explicit PlayStore(sandbox::AppSetup setup = charge_setup())
      : service(sandbox::make_play_service(
            {std::move(setup)},
            [](std::string_view sent, Instant) -> Result<Done> {
              if (sent == "good") return Done{};
              return fail(ErrorKind::auth, "the token is unknown");
            },
            7, "http://127.0.0.1:1/play", k_start)) {}

  std::unique_ptr<sandbox::Service> service;
  Instant now = k_start;
  std::string token = "good";
  std::string edit;

  Handled call(const std::string& method, const std::string& path, const std::string& body = {},
               const std::vector<std::pair<std::string, std::string>>& query = {},
               const std::map<std::string, std::string>& headers = {}) {
    sandbox::ServerRequest request{method, path, query, headers, body};
    request.headers["authorization"] = "Bearer " + token;
    return service->handle(request, now);
  }
  std::string base() const { return "/androidpublisher/v3/applications/com.example.charge"; }
  std::string in_edit(const std::string& rest) const { return base() + "/edits/" + edit + rest; }

  Handled open() {
    Handled handled = call("POST", base() + "/edits");
    edit = Json::parse(handled.response.body)["id"].get<std::string>();
    return handled;
  }
  Handled put(const Releases& releases, const std::string& track = "production") {
    return call("PUT", in_edit("/tracks/" + track), Json{{"track", track}, {"releases", releases}}.dump());
  }
  Handled commit(const std::string& behaviour = "ERROR_IF_IN_REVIEW") {
    return call("POST", in_edit(":commit"), "", {{"changesInReviewBehavior", behaviour}});
  }
  Handled upload(const std::string& bytes) {
    const std::string path = "/upload" + in_edit("/bundles");
    const Handled started = call("POST", path, "", {{"uploadType", "resumable"}});
    std::string location;
    for (const auto& [name, value] : started.response.headers) {
      if (name == "Location") location = value;
    }
    upload_id = location.substr(location.rfind('=') + 1);
    return chunk(bytes, fmt::format("bytes 0-{}/{}", bytes.size() - 1, bytes.size()));
  }
  Handled chunk(const std::string& bytes, const std::string& range) {
    return call("PUT", "/upload" + in_edit("/bundles"), bytes, {{"uploadType", "resumable"}, {"upload_id", upload_id}},
                {{"content-range", range}});
  }
  std::string upload_id;

  // One edit with this list, committed.
  Handled release(const Releases& releases, const std::string& track = "production") {
    open();
    Handled put_answer = put(releases, track);
    return put_answer.response.status == 200 ? commit() : put_answer;
  }
  Handled keep_bundle(const BundleFile& wanted = {}) {
    open();
    upload(make_bundle(wanted));
    return commit();
  }
  std::string lifecycle(const std::string& code) {
    const Json body = Json::parse(call("GET", base() + "/tracks/production/releases").response.body);
    for (const Json& release : body.value("releases", Json::array())) {
      if (std::to_string(release["activeArtifacts"][0]["versionCode"].get<int>()) == code) {
        return release["releaseLifecycleState"].get<std::string>().substr(24);
      }
    }
    return "";
  }
  Result<std::string> person(const Json& act) { return service->person(act, now); }
};

inline Json one(const std::string& code, const std::string& status, std::optional<double> fraction = {}) {
  Json release = {{"name", code == "330"   ? "3.3.0"
                           : code == "341" ? "3.4.1"
                                           : "3.4.0"},
                  {"versionCodes", {code}},
                  {"status", status}};
  if (fraction) release["userFraction"] = *fraction;
  return release;
}

inline std::string error_message(const Handled& handled) {
  const Json body = Json::parse(handled.response.body, nullptr, false);
  return body.is_object() && body.contains("error") ? body["error"]["message"].get<std::string>() : "";
}

// A store with 3.4.0 (340) rolling out at `fraction`, reviewed and published.
inline void roll_out(PlayStore& play, double fraction) {
  play.keep_bundle();
  play.release({one("330", "completed"), one("340", "inProgress", fraction)});
  play.service->review("android", *VersionName::parse("3.4.0"), true, play.now);
}

}  // namespace train::testing_play
