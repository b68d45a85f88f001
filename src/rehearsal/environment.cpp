#include "environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/engine/calendar.hpp"

namespace train::rehearsal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t k_live_build = 330;
constexpr std::int64_t k_new_build = 340;
constexpr std::size_t k_flags_bytes_max = 1 << 20;

VersionName known_version(std::string_view text) { return VersionName::parse(text).value_or(VersionName()); }

std::optional<VersionName> live_of(const Scenario& scenario, const AppName& app) {
  const auto own = scenario.apps.find(app);
  if (own != scenario.apps.end() && own->second.live_said) return own->second.live;
  return scenario.live_said ? scenario.live : known_version("3.3.0");
}

// In the languages of the built-in App Store's app.
Result<Done> write_notes(const fs::path& directory, const std::string& text) {
  std::error_code problem;
  fs::create_directories(directory, problem);
  for (const char* locale : {"en-US", "de-DE"}) {
    if (auto wrote = write_file_atomically(directory / (std::string(locale) + ".txt"), text); !wrote) return wrote;
  }
  return Done{};
}

VersionName version_of(const Scenario& scenario, Bump next) {
  if (scenario.version) return *scenario.version;
  const auto live = scenario.live_said ? scenario.live : known_version("3.3.0");
  return live ? live->next(next) : known_version("3.4.0");
}

// A calendar whose next departure is far away would only be waited for.
Instant start_of(const Scenario& scenario, const std::optional<Definition>& own) {
  const Instant usual = sandbox::Options().start;
  if (!own || !scenario.calendar) return usual;
  const auto cutoff = engine::next_cutoff(own->calendar, usual);
  return cutoff ? std::max(usual, *cutoff - Duration{86400}) : usual;
}

bool builds_itself(const Definition& definition) { return definition.source && definition.source->build; }

}  // namespace

bool SandboxClock::wait_until(Instant until) {
  if (until > sandbox_.now()) sandbox_.advance_to(until);
  return true;
}

Result<std::unique_ptr<TemporaryDirectory>> TemporaryDirectory::make() {
  std::error_code problem;
  const auto base = fs::temp_directory_path(problem);
  std::string name = (base / "train-rehearsal-XXXXXX").string();
  if (problem || mkdtemp(name.data()) == nullptr) {
    return fail(ErrorKind::storage,
                "A rehearsal needs a temporary directory, and none could be made in " + base.string() + ".",
                "Point TMPDIR at a directory that can be written.");
  }
  return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(fs::canonical(name)));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

namespace {

// The example's two apps, as far as a scenario needs them.
std::vector<App> example_apps() {
  App ios;
  ios.name = "ios";
  ios.part = AppStoreApp();
  ios.store_id = "com.example.charge";
  ios.testers = {"internal-qa", "field-beta"};  // as the example's definition names them
  App android;
  android.name = "android";
  android.part = GooglePlayApp();
  android.store_id = ios.store_id;
  android.artifact = "uploaded by train";
  return {ios, android};
}

}  // namespace

AppRoster roster_of(const std::optional<Definition>& own) {
  AppRoster out;
  for (const auto& app : own ? own->apps : example_apps()) out.push_back({app.name, app.store()});
  return out;
}

Result<std::unique_ptr<Environment>> Environment::set(const Scenario& scenario, const std::optional<Definition>& own,
                                                      const definition::Catalog& catalog) {
  std::unique_ptr<Environment> environment(new Environment());
  environment->next_build_ = k_new_build;
  auto directory = TemporaryDirectory::make();
  if (!directory) return tl::unexpected(directory.error());
  environment->directory_ = std::move(*directory);
  environment->version_ = version_of(scenario, own ? own->next : Bump::minor);
  auto set = own ? environment->set_own(scenario, *own) : environment->set_example(scenario, catalog);
  if (!set) return tl::unexpected(set.error());
  if (!scenario.calendar) {
    environment->definition_.calendar.first_cutoff.reset();
    environment->definition_.calendar.every.reset();
  }
  environment->clock_ = std::make_unique<SandboxClock>(*environment->sandbox_);
  const auto mainline =
      environment->definition_.source ? environment->definition_.source->mainline : std::string("main");
  environment->repository_ = std::make_unique<Repository>(
      mainline, [raw = environment.get()](const VersionName& version) { raw->upload_builds(version); });
  return environment;
}

void Environment::upload_builds(const VersionName& version) {
  for (const auto& app : definition_.apps) {
    const json act = {
        {"app", app.name}, {"action", "upload"}, {"version", version.text()}, {"build", std::to_string(next_build_)}};
    sandbox_->control("POST", "/_sandbox/person", act.dump());
  }
  next_build_ += 10;
}

Result<Done> Environment::open_sandbox(const Scenario& scenario, const std::vector<App>& apps, Instant start) {
  sandbox::Options options;
  options.start = start;
  if (scenario.seed) options.chance = static_cast<std::uint64_t>(*scenario.seed);
  for (const auto& app : apps) {
    sandbox::AppSetup setup;
    setup.name = app.name;
    setup.store = app.store();
    setup.store_id = app.store_id;
    if (const auto* play = app.google_play()) setup.track = play->track;
    setup.testers = app.testers;
    setup.live = live_of(scenario, app.name);
    setup.live_build = BuildNumber::from(k_live_build);
    if (!app.artifact) {
      setup.uploaded = version_;
      setup.uploaded_build = BuildNumber::from(k_new_build);
    }
    options.apps.push_back(std::move(setup));
  }
  auto sandbox = sandbox::Sandbox::start(std::move(options));
  if (!sandbox) return tl::unexpected(sandbox.error());
  sandbox_ = std::move(*sandbox);
  return Done{};
}

namespace {

// A second gate beside the example's, so that one can disagree with the other, and a feature that answers for it.
void add_payments(Definition& example) {
  Signal payments = example.signals.front();
  payments.name = "payment_failures";
  payments.events = R"(sum(app_payment_failures_total{app="$app",version="$version"}))";
  payments.exposures = R"(sum(app_payments_total{app="$app",version="$version"}))";
  example.signals.push_back(std::move(payments));
  Gate gate;
  gate.signal = "payment_failures";
  gate.limit = 0.02;
  gate.on_breach = Reaction::pause;
  example.gates.push_back(std::move(gate));
  for (auto& flag : example.flags) flag.signal = "payment_failures";
}

}  // namespace

Result<Done> Environment::set_example(const Scenario& scenario, const definition::Catalog& catalog) {
  const auto apps = example_apps();
  if (auto open = open_sandbox(scenario, apps, sandbox::Options().start); !open) return open;
  const auto& directory = directory_->path();
  if (auto written = sandbox::write_example(*sandbox_, directory); !written) return written;
  auto loaded = definition::load_file(directory / "train.yaml", catalog);
  if (!loaded)
    return fail(ErrorKind::internal, "The built-in example does not load: " + loaded.error().front().format());
  definition_ = std::move(*loaded);
  add_payments(definition_);
  if (scenario.standby) {
    for (const auto& app : definition_.apps)
      definition_.standby.push_back(StandbyRule{app.name, {}, {}, {}, {}, {}, {}});
  }
  if (auto kept = keep_live_archives(scenario); !kept) return kept;
  // A hotfix that is started in the scenario brings notes like any release.
  VersionName next = version_;
  for (int i = 0; i < 2; ++i) {
    next = next.next(Bump::patch);
    if (auto wrote = write_notes(directory / "notes" / next.text(), "A rehearsal.\n"); !wrote) return wrote;
  }
  const auto bundle = directory / "build" / ("charge-" + version_.text() + ".aab");
  if (fs::exists(bundle)) return Done{};
  std::error_code problem;
  const auto notes = directory / "notes" / version_.text();
  fs::create_directories(notes, problem);
  if (auto wrote = write_file_atomically(notes / "en-US.txt", "A rehearsal.\n"); !wrote) return wrote;
  return write_file_atomically(bundle, sandbox::example_bundle(apps.back().store_id, k_new_build, version_.text()));
}

Result<Done> Environment::set_own(const Scenario& scenario, const Definition& own) {
  auto apps = own.apps;
  for (auto& app : apps) {
    // With a build service of its own the train starts the build; else the store has it already.
    app.artifact = builds_itself(own) ? std::optional<std::string>("built") : std::nullopt;
  }
  if (auto open = open_sandbox(scenario, apps, start_of(scenario, own)); !open) return open;
  auto replaced = replace_outside(own, *sandbox_, directory_->path());
  if (!replaced) return tl::unexpected(replaced.error());
  definition_ = std::move(*replaced);
  return keep_live_archives(scenario);
}

namespace {

std::string live_archive(SigningKeyKind kind, const std::string& id, const std::string& version) {
  switch (kind) {
    case SigningKeyKind::apple_identity:
      return sandbox::example_archive(id, std::to_string(k_live_build), version);
    case SigningKeyKind::android_keystore:
      return sandbox::example_bundle(id, k_live_build, version);
  }
  return {};
}

}  // namespace

// What is live, as a team keeps it: each standby is made of it.
Result<Done> Environment::keep_live_archives(const Scenario& scenario) {
  const auto notes = directory_->path() / "notes" / "standby";
  if (!definition_.standby.empty()) {
    if (auto wrote = write_notes(notes, "An earlier version comes back.\n"); !wrote) return wrote;
  }
  for (auto& rule : definition_.standby) {
    const auto* app = definition_.find_app(rule.app);
    const auto live = live_of(scenario, rule.app);
    if (!app->facts().signing) continue;
    const auto file = directory_->path() / ("live-" + rule.app + std::string(app->facts().archives.front()));
    rule = StandbyRule{rule.app, file.string(), {}, {}, {}, {}, (notes / "{locale}.txt").string()};
    if (!live) continue;
    const auto bytes = live_archive(*app->facts().signing, app->store_id, live->text());
    if (auto written = write_file_atomically(file, bytes); !written) return written;
  }
  return Done{};
}

std::map<FlagName, std::string> Environment::flags() const {
  std::map<FlagName, std::string> out;
  for (const auto& flag : definition_.flags) {
    if (flag.provider != "file") continue;
    const auto text = read_file(flag.path, k_flags_bytes_max);
    const auto object = text ? json::parse(*text, nullptr, false) : json();
    const auto at =
        object.is_object() ? object.find(flag.parameter.empty() ? flag.name : flag.parameter) : object.end();
    if (!object.is_object() || at == object.end()) continue;
    out[flag.name] = at->is_string() ? at->get<std::string>() : at->dump();
  }
  return out;
}

}  // namespace train::rehearsal
