#include "app_store_world.hpp"

#include <array>

namespace train::sandbox {

using nlohmann::json;

namespace {

constexpr Instant k_start{std::chrono::seconds{1796029200}};

AppSetup example() {
  AppSetup app;
  app.name = "ios";
  app.store_id = "com.example.charge";
  app.live = VersionName::parse("3.3.0");
  app.live_build = *BuildNumber::parse("330");
  app.uploaded = VersionName::parse("3.4.0");
  app.uploaded_build = *BuildNumber::parse("340");
  return app;
}

json at(const json& body, const std::string& pointer) {
  const json::json_pointer path(pointer);
  return body.contains(path) ? body.at(path) : json();
}

std::string text_at(const json& body, const std::string& pointer) {
  const auto found = at(body, pointer);
  return found.is_string() ? found.get<std::string>() : std::string{};
}

}  // namespace

std::string Seen::code(std::size_t index) const { return text_at(body, "/errors/" + std::to_string(index) + "/code"); }
std::string Seen::detail(std::size_t index) const {
  return text_at(body, "/errors/" + std::to_string(index) + "/detail");
}
std::string Seen::id() const { return text_at(body, "/data/id"); }
std::string Seen::attribute(const std::string& name) const { return at(body, "/data/attributes/" + name).dump(); }

json resource(const std::string& type, const json& attributes, const std::vector<std::array<std::string, 3>>& related,
              const std::string& id) {
  json data{{"type", type}};
  if (!id.empty()) data["id"] = id;
  if (!attributes.is_null()) data["attributes"] = attributes;
  for (const auto& [name, to, to_id] : related) {
    data["relationships"][name] = {{"data", {{"type", to}, {"id", to_id}}}};
  }
  return {{"data", data}};
}

AppStoreWorld::AppStoreWorld() : AppStoreWorld(example()) {}

AppStoreWorld::AppStoreWorld(AppSetup app) : now(k_start) {
  const auto verify = [](std::string_view token, Instant) -> Result<Done> {
    if (token == "good") return Done{};
    return fail(ErrorKind::auth, "the signature does not match");
  };
  service = make_app_store_service({std::move(app)}, verify, 7, "http://127.0.0.1:1/app-store", now);
  service->set_share_listener([this](const AppName&, const VersionName& version, Percent percent, Instant at_time) {
    shares.push_back({version.text(), static_cast<int>(percent.percent()), at_time});
  });
}

Seen AppStoreWorld::send(const std::string& method, const std::string& path, const json& body, const Query& query) {
  ServerRequest request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.headers = {{"authorization", "Bearer good"}, {"content-type", "application/json"}};
  if (!body.is_null()) request.body = body.dump();
  const auto handled = service->handle(request, now);
  Seen seen{handled.response.status, json::parse(handled.response.body, nullptr, false), handled.effect, handled.change,
            ""};
  for (const auto& [name, value] : handled.response.headers) {
    if (name == "X-Rate-Limit") seen.rate_limit = value;
  }
  return seen;
}

void AppStoreWorld::pass(Duration time) {
  now += time;
  service->pass_time(now);
}

std::string AppStoreWorld::app_id() { return text_at(send("GET", "/v1/apps", nullptr, {}).body, "/data/0/id"); }

std::string AppStoreWorld::build_id(const std::string& number) {
  return text_at(send("GET", "/v1/builds", nullptr, {{"filter[version]", number}}).body, "/data/0/id");
}

json AppStoreWorld::version(const std::string& number) {
  const auto path = "/v1/apps/" + app_id() + "/appStoreVersions";
  return at(send("GET", path, nullptr, {{"filter[versionString]", number}}).body, "/data/0");
}

std::string AppStoreWorld::state(const std::string& number) {
  return text_at(version(number), "/attributes/appVersionState");
}

Seen AppStoreWorld::create_version(const std::string& number) {
  return send("POST", "/v1/appStoreVersions",
              resource("appStoreVersions", {{"platform", "IOS"}, {"versionString", number}, {"releaseType", "MANUAL"}},
                       {{"app", "apps", app_id()}}));
}

Seen AppStoreWorld::attach(const std::string& version_id, const std::string& build) {
  return send("PATCH", "/v1/appStoreVersions/" + version_id + "/relationships/build",
              {{"data", {{"type", "builds"}, {"id", build}}}});
}

void AppStoreWorld::set_notes(const std::string& version_id, const std::string& text) {
  const auto rows = send("GET", "/v1/appStoreVersions/" + version_id + "/appStoreVersionLocalizations");
  for (const auto& row : rows.body.at("data")) {
    const auto id = row.at("id").get<std::string>();
    send("PATCH", "/v1/appStoreVersionLocalizations/" + id,
         resource("appStoreVersionLocalizations", {{"whatsNew", text}}, {}, id));
  }
}

Seen AppStoreWorld::add_phase(const std::string& version_id) {
  return send("POST", "/v1/appStoreVersionPhasedReleases",
              resource("appStoreVersionPhasedReleases", {{"phasedReleaseState", "INACTIVE"}},
                       {{"appStoreVersion", "appStoreVersions", version_id}}));
}

Seen AppStoreWorld::create_submission() {
  return send("POST", "/v1/reviewSubmissions",
              resource("reviewSubmissions", {{"platform", "IOS"}}, {{"app", "apps", app_id()}}));
}

Seen AppStoreWorld::add_item(const std::string& submission_id, const std::string& version_id) {
  return send("POST", "/v1/reviewSubmissionItems",
              resource("reviewSubmissionItems", nullptr,
                       {{"reviewSubmission", "reviewSubmissions", submission_id},
                        {"appStoreVersion", "appStoreVersions", version_id}}));
}

Seen AppStoreWorld::submit(const std::string& submission_id) {
  return send("PATCH", "/v1/reviewSubmissions/" + submission_id,
              resource("reviewSubmissions", {{"submitted", true}}, {}, submission_id));
}

Seen AppStoreWorld::set_phase(const std::string& phase_id, const std::string& state) {
  return send("PATCH", "/v1/appStoreVersionPhasedReleases/" + phase_id,
              resource("appStoreVersionPhasedReleases", {{"phasedReleaseState", state}}, {}, phase_id));
}

Seen AppStoreWorld::request_release(const std::string& version_id) {
  return send(
      "POST", "/v1/appStoreVersionReleaseRequests",
      resource("appStoreVersionReleaseRequests", nullptr, {{"appStoreVersion", "appStoreVersions", version_id}}));
}

Seen AppStoreWorld::phase_of(const std::string& version_id) {
  return send("GET", "/v1/appStoreVersions/" + version_id + "/appStoreVersionPhasedRelease");
}

AppStoreWorld::Ids AppStoreWorld::draft(const std::string& number, const std::string& build) {
  Ids ids;
  ids.version = create_version(number).id();
  attach(ids.version, build_id(build));
  set_notes(ids.version, "Faster charging.");
  ids.phase = add_phase(ids.version).id();
  return ids;
}

AppStoreWorld::Ids AppStoreWorld::submitted() {
  auto ids = draft();
  ids.submission = create_submission().id();
  ids.item = add_item(ids.submission, ids.version).id();
  submit(ids.submission);
  return ids;
}

AppStoreWorld::Ids AppStoreWorld::live() {
  const auto ids = submitted();
  service->review("ios", *VersionName::parse("3.4.0"), true, now);
  request_release(ids.version);
  pass(std::chrono::minutes{10});
  return ids;
}

}  // namespace train::sandbox
