// The examples in config/ load, and the complete one means what it says.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "compose/catalog.hpp"
#include "snippets.hpp"

namespace train::definition {
namespace {

const std::filesystem::path k_config = std::filesystem::path(TRAIN_SOURCE_DIR) / "config";

Definition example(const std::string& name) {
  auto loaded = load_file(k_config / name, cli::catalog());
  if (loaded) return *loaded;
  for (const Problem& problem : loaded.error()) ADD_FAILURE() << problem.format();
  return {};
}

std::vector<int> percents(const Ladder& ladder) {
  std::vector<int> all;
  for (const Stage& stage : ladder.stages) all.push_back(stage.to.basis_points() / 100);
  return all;
}

std::vector<std::string> inactive_of(const Definition& definition) {
  std::vector<std::string> all;
  for (const Inactive& each : definition.inactive) all.push_back(std::to_string(each.line) + " " + each.where);
  return all;
}

constexpr Duration k_day{86400};
constexpr Duration k_hour{3600};

TEST(Examples, AllLoad) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(k_config)) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    EXPECT_FALSE(example(entry.path().filename().string()).apps.empty()) << entry.path();
  }
  EXPECT_GE(files, 5);
}

// The blocks of YAML in a page, each with the line it begins on.
std::vector<std::pair<int, std::string>> yaml_blocks(const std::filesystem::path& page) {
  std::vector<std::pair<int, std::string>> blocks;
  std::ifstream in(page);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.rfind("```", 0) == 0) {
      inside = line == "```yaml";
      if (inside) blocks.emplace_back(number, "");
    } else if (inside) {
      blocks.back().second += line + "\n";
    }
  }
  return blocks;
}

TEST(Examples, ThoseOfTheSourcesPagesLoad) {
  int loaded = 0;
  for (const auto& page : std::filesystem::directory_iterator(k_config / "../docs/signals")) {
    for (const auto& [line, yaml] : yaml_blocks(page.path())) {
      if (yaml.rfind("signals:\n", 0) != 0) continue;
      SCOPED_TRACE(page.path().filename().string() + ":" + std::to_string(line));
      EXPECT_EQ(problems_of(std::string(k_base) + yaml), std::vector<std::string>{});
      ++loaded;
    }
  }
  EXPECT_GE(loaded, 10);
}

TEST(CompleteExample, CalendarAndRelease) {
  const Definition d = example("train.yaml");
  EXPECT_EQ(d.train, "charge");
  EXPECT_EQ(d.calendar.zone.name(), "Europe/Berlin");
  EXPECT_EQ(format_local(d.calendar.first_cutoff.value()), "2026-11-30T17:00");
  EXPECT_EQ(d.calendar.every, 14 * k_day);
  EXPECT_EQ(d.calendar.stabilization, 2 * k_day);
  ASSERT_TRUE(d.calendar.rollout_hours);
  EXPECT_EQ(d.calendar.rollout_hours->days,
            (std::vector<Weekday>{Weekday::mon, Weekday::tue, Weekday::wed, Weekday::thu}));
  EXPECT_EQ(d.calendar.rollout_hours->from_minute, 9 * 60);
  EXPECT_EQ(d.calendar.rollout_hours->to_minute, 17 * 60);
  ASSERT_EQ(d.calendar.freezes.size(), 1u);
  EXPECT_EQ(d.calendar.freezes[0].reason, "winter holidays");
  EXPECT_EQ(format_local(d.calendar.freezes[0].to), "2027-01-04T00:00");
  EXPECT_EQ(d.next, Bump::minor);
  EXPECT_EQ(d.start_rollout, Coupling::apart);
  EXPECT_EQ(d.hotfix.approvals, (std::vector<std::string>{"qa"}));
  EXPECT_EQ(percents(d.hotfix.rollout.value()), (std::vector<int>{5, 50, 100}));
  EXPECT_EQ(d.directory, k_config);
  EXPECT_EQ(d.state.text(), "file:" + (k_config / ".train").string());
}

TEST(CompleteExample, SourceAndApps) {
  const Definition d = example("train.yaml");
  ASSERT_TRUE(d.source && d.source->build);
  EXPECT_EQ(d.source->build->exec, (std::vector<std::string>{"./ci/build.sh", "{version}", "{branch}"}));
  ASSERT_EQ(d.apps.size(), 2u);
  const App& ios = d.apps[0];
  EXPECT_EQ(ios.store(), StoreKind::app_store);
  EXPECT_EQ(ios.store_id, "com.example.charge");
  ASSERT_NE(ios.app_store(), nullptr);
  EXPECT_EQ(ios.app_store()->credentials.key_id, (SecretRef{SecretRef::From::environment, "ASC_KEY_ID"}));
  EXPECT_EQ(ios.app_store()->credentials.private_key,
            (SecretRef{SecretRef::From::file, (k_config / "keys/AuthKey.p8").string()}));
  EXPECT_EQ(ios.artifact, (k_config / "build/Charge-{version}.ipa").string());
  EXPECT_EQ(ios.testers, (std::vector<std::string>{"internal-qa", "field-beta"}));
  EXPECT_FALSE(ios.test_notes);
  EXPECT_EQ(ios.app_store()->uses_non_exempt_encryption, false);
  EXPECT_EQ(percents(ios.ladder), (std::vector<int>{1, 5, 20, 50, 100}));
  EXPECT_EQ(ios.ladder.stages[0].soak, k_day);
  EXPECT_EQ(ios.ladder.stages[4].soak, Duration{0});
  EXPECT_EQ(ios.ladder.stages[4].watch, k_day);
  const App& android = d.apps[1];
  ASSERT_NE(android.google_play(), nullptr);
  EXPECT_EQ(android.testers, (std::vector<std::string>{"internal", "field-beta"}));
  EXPECT_EQ(android.ladder.strategy, Strategy::staged);
  EXPECT_EQ(percents(android.ladder), (std::vector<int>{1, 5, 20, 50, 100}));
  EXPECT_EQ(android.drift_check, 6 * k_hour);
}

TEST(CompleteExample, SignalsAndGates) {
  const Definition d = example("train.yaml");
  ASSERT_EQ(d.signals.size(), 3u);
  EXPECT_EQ(d.signals[0].kind, SignalKind::proportion);
  EXPECT_EQ(d.signals[0].fresh_within, k_hour);
  EXPECT_EQ(d.signals[2].kind, SignalKind::level);
  EXPECT_EQ(d.signals[2].unit, "s");
  EXPECT_EQ(d.signals[2].fresh_within, k_hour / 2);
  ASSERT_EQ(d.gates.size(), 3u);
  EXPECT_DOUBLE_EQ(d.gates[0].limit.value(), 0.01);
  EXPECT_DOUBLE_EQ(d.gates[0].regress.value(), 0.2);
  EXPECT_EQ(d.gates[0].min_exposures, 500);
  EXPECT_EQ(d.gates[0].on_breach, Reaction::rollback);
  EXPECT_FALSE(d.gates[0].auto_rollback);
  EXPECT_EQ(d.gates[1].min_exposures, 200);
  EXPECT_EQ(d.gates[1].promote, (std::vector<double>{3, 2, 1.5, 1.2}));
  EXPECT_DOUBLE_EQ(d.gates[2].limit.value(), 2.0);
  EXPECT_EQ(d.gates[2].for_samples, 3);
}

TEST(CompleteExample, PeopleAndHands) {
  const Definition d = example("train.yaml");
  ASSERT_TRUE(d.rotation);
  EXPECT_EQ(d.rotation->members, (std::vector<std::string>{"ana", "ben"}));
  EXPECT_EQ(d.rotation->every, 7 * k_day);
  ASSERT_EQ(d.members.size(), 3u);
  EXPECT_EQ(d.members[0].roles, (std::vector<std::string>{"release_manager"}));
  ASSERT_EQ(d.checklist.size(), 1u);
  EXPECT_EQ(d.checklist[0].text, "Store copy proof-read");
  ASSERT_EQ(d.approvals.size(), 2u);
  EXPECT_EQ(d.approvals[1].before, Before::rollout);
  ASSERT_EQ(d.flags.size(), 1u);
  EXPECT_EQ(d.flags[0].value_off, "false");
  EXPECT_EQ(d.flags[0].options.at("project"), "charge-prod");
  ASSERT_EQ(d.standby.size(), 2u);
  EXPECT_EQ(d.standby[0].key.filename(), "dist.p12");
  EXPECT_EQ(d.standby[1].alias, "upload");
  EXPECT_EQ(d.standby[1].password->value, "KS_PASSWORD");
  EXPECT_TRUE(d.standby[1].notes->ends_with("notes/rollback/{locale}.txt")) << *d.standby[1].notes;
  ASSERT_TRUE(d.force_update.minimum_version);
  EXPECT_EQ(d.force_update.minimum_version->provider, "firebase_remote_config");
  EXPECT_EQ(d.force_update.minimum_version->parameter, "min_supported_version");
  EXPECT_EQ(d.flags.at(0).settle, k_hour / 2);
  ASSERT_EQ(d.notify.size(), 1u);
  EXPECT_EQ(d.notify[0].topics.size(), 5u);
}

TEST(CompleteExample, SaysWhatIsNotActedOn) {
  std::vector<std::string> names;
  for (const Inactive& each : example("train.yaml").inactive) {
    EXPECT_GT(each.line, 0) << each.where;
    EXPECT_FALSE(each.what.empty()) << each.where;
    names.push_back(each.where);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"people.members.ana.key"}));
}

TEST(OtherExamples, MeanWhatTheySay) {
  const Definition minimal = example("minimal.yaml");
  EXPECT_EQ(percents(minimal.apps.at(0).ladder), (std::vector<int>{1, 5, 20, 50, 100}));
  EXPECT_EQ(minimal.calendar.zone.name(), Zone().name());
  EXPECT_TRUE(minimal.inactive.empty());
  const Definition canary = example("canary.yaml");
  EXPECT_EQ(percents(canary.apps.at(0).ladder), (std::vector<int>{5, 25, 100}));
  EXPECT_EQ(canary.apps[0].ladder.stages[0].soak, k_hour);
  EXPECT_EQ(canary.apps[0].drift_check, 2 * k_hour);
  EXPECT_EQ(canary.gates.at(0).min_exposures, 1000);
  EXPECT_EQ(canary.gates[0].bake, k_hour);
  EXPECT_EQ(canary.gates[0].fresh_within, k_hour / 4);
  EXPECT_EQ(canary.flags.at(0).value_on, "true");
  EXPECT_TRUE(canary.inactive.empty());
  const Definition hotfix = example("hotfix-heavy.yaml");
  ASSERT_TRUE(hotfix.source && hotfix.source->build && hotfix.source->build->http);
  EXPECT_EQ(hotfix.source->build->http->secret_headers.at(0).second.value, "CI_TOKEN");
  EXPECT_EQ(hotfix.source->build->http->headers.at(0).second, "application/json");
  EXPECT_EQ(hotfix.hotfix.rollout.value().stages.at(0).soak, 2 * k_hour);
  EXPECT_TRUE(hotfix.gates.at(0).auto_rollback);
  EXPECT_TRUE(hotfix.notify.at(0).topics.empty());
}

struct InactiveCase {
  const char* name;
  const char* appended;
  std::vector<std::string> places;
};
void PrintTo(const InactiveCase& row, std::ostream* out) { *out << row.name; }

class InactiveParts : public testing::TestWithParam<InactiveCase> {};
TEST_P(InactiveParts, LoadAndAreNamed) { EXPECT_EQ(inactive_of(loaded_with(GetParam().appended)), GetParam().places); }
INSTANTIATE_TEST_SUITE_P(
    , InactiveParts,
    testing::Values(InactiveCase{"nothing", "", {}}, InactiveCase{"priority", "    in_app_update_priority: 3\n", {}},
                    InactiveCase{"signed", "require_signed_approvals: true\n", {"12 require_signed_approvals"}},
                    InactiveCase{"unsigned", "require_signed_approvals: false\n", {}},
                    InactiveCase{"state_git", "state: git:origin#refs/train/charge\n", {}},
                    InactiveCase{"state_postgres", "state: postgres://db.example/train\n", {"12 state"}},
                    InactiveCase{"state_s3", "state: s3://releases/train\n", {"12 state"}},
                    InactiveCase{"channel_grafana", "notify: [{ grafana: env:G }]\n", {"12 notify[0].grafana"}},
                    InactiveCase{"state_etcd", "state: etcd:https://etcd.example:2379\n", {"12 state"}},
                    InactiveCase{"channel", "notify: [{ teams: env:A }, { webhook: env:B }]\n", {"12 notify[0].teams"}},
                    InactiveCase{"vitals", "signals: { v: { source: play_vitals, metric: crashRate } }\n", {}},
                    InactiveCase{"play_reviews", "signals: { v: { source: play_reviews } }\n", {}},
                    InactiveCase{"exec_source", "signals: { v: { source: exec, exec: [a, b], value: /x } }\n", {}},
                    InactiveCase{
                        "flag", "flags: { f: { provider: unleash, endpoint: https://u, credentials: env:U } }\n", {}}),
    [](const auto& row) { return row.param.name; });

TEST(Loading, TakesEachKindOfGoogleCredentialsAndWhatGoesOutBesideABuild) {
  for (const char* kind : {"service_account: env:C", "external_account: env:C", "authorized_user: env:C"}) {
    const Definition d =
        loaded_with(std::string("  b: { store: google_play, package: a.b, credentials: { ") + kind + " } }\n");
    ASSERT_NE(d.apps.back().google_play(), nullptr) << kind;
    EXPECT_EQ(d.apps.back().google_play()->credentials.service_account.value, "C") << kind;
    EXPECT_TRUE(d.inactive.empty()) << kind;
  }
  const Definition d = loaded_with(
      "  b: { store: google_play, package: a.b, credentials: { application_default: true }, artifact: /b/64.apk,\n"
      "       apks: [/b/32.apk, \"/b/x86-{version}.apk\"], mapping: /b/m.txt, native_symbols: /b/s.zip }\n");
  ASSERT_NE(d.apps.back().google_play(), nullptr);
  const auto& app = *d.apps.back().google_play();
  EXPECT_TRUE(app.credentials.application_default);
  EXPECT_EQ(app.apks, (std::vector<std::string>{"/b/32.apk", "/b/x86-{version}.apk"}));
  EXPECT_EQ(app.mapping, "/b/m.txt");
  EXPECT_EQ(app.native_symbols, "/b/s.zip");
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, KeepsOptionsOfASource) {
  const Definition d = loaded_with(
      "signals: { s: { source: cloudwatch_alarm, region: eu-west-1, alarms: [a, b], credentials: env:AWS } }\n");
  const Signal& signal = d.signals.at(0);
  EXPECT_EQ(signal.options.at("region"), "eu-west-1");
  EXPECT_EQ(signal.options.at("alarms"), "a\nb");
  EXPECT_EQ(signal.kind, SignalKind::alarm);
  EXPECT_EQ(signal.token.value().value, "AWS");
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, AmazonIsAskedInItsRegion) {
  const Definition d = loaded_with(
      "signals:\n"
      "  m: { source: cloudwatch, region: eu-west-1, namespace: App, period: 5m, profile: ops,\n"
      "       events: 'E{V=\"$version\"} Sum', exposures: 'X{V=\"$version\"} Sum' }\n"
      "  l: { source: cloudwatch_logs, region: cn-north-1, log_group: /app, value: 'stats count(*) as n', unit: s }\n"
      "  own: { source: cloudwatch, url: 'http://127.0.0.1:4566', value: 'SEARCH(x)' }\n");
  EXPECT_EQ(d.signals.at(0).url, "https://monitoring.eu-west-1.amazonaws.com");
  EXPECT_EQ(d.signals.at(0).kind, SignalKind::proportion);
  EXPECT_EQ(d.signals.at(0).options.at("profile"), "ops");
  EXPECT_EQ(d.signals.at(1).url, "https://logs.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(d.signals.at(1).kind, SignalKind::level);
  EXPECT_EQ(d.signals.at(2).url, "http://127.0.0.1:4566");
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, AppleMeasuresWhereAppleCan) {
  const Definition d = loaded_with(
      "signals:\n"
      "  stars: { source: app_store_reviews, territory: [DEU, FRA] }\n"
      "  launch: { source: app_store_metrics, metric: launch/launchTime, percentile: p50, device: all_ipads, unit: ms "
      "}\n"
      "  beta: { source: app_store_metrics, metric: beta_crashes, fresh_within: 1d, apps: [ios] }\n"
      "  own: { source: prometheus, url: https://m, value: v }\n"
      "gates: [{ signal: stars, limit: 30% }, { signal: launch, limit: 900, for: 2 }]\n");
  const Signal& stars = d.signals.at(0);
  EXPECT_EQ(stars.kind, SignalKind::proportion);
  EXPECT_EQ(stars.options.at("territory"), "DEU\nFRA");
  EXPECT_EQ(stars.apps, std::vector<AppName>{"ios"});
  EXPECT_EQ(stars.fresh_within, k_hour);
  const Signal& launch = d.signals.at(1);
  EXPECT_EQ(launch.kind, SignalKind::level);
  EXPECT_EQ(launch.options.at("metric"), "launch/launchTime");
  EXPECT_EQ(launch.options.at("percentile"), "p50");
  EXPECT_EQ(launch.options.at("device"), "all_ipads");
  EXPECT_EQ(launch.fresh_within, 2 * k_day);
  EXPECT_EQ(d.signals.at(2).kind, SignalKind::proportion);
  EXPECT_EQ(d.signals.at(2).fresh_within, k_day);
  EXPECT_TRUE(d.signals.at(3).is_for("android"));
  EXPECT_TRUE(d.applies(d.gates.at(0), "ios"));
  EXPECT_FALSE(d.applies(d.gates.at(0), "android"));
  EXPECT_EQ(d.gates.at(1).on_breach, Reaction::investigate) << "a level";
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, GoogleMeasuresWhereGoogleCan) {
  const Definition d = loaded_with(
      "signals:\n"
      "  crashes: { source: play_vitals, metric: userPerceivedCrashRate, credentials: env:REPORTING }\n"
      "  anrs: { source: play_vitals, metric: anrRate, period: hourly }\n"
      "  errors: { source: play_vitals, metric: errorReportCount, fresh_within: 4d, apps: [android] }\n"
      "  stars: { source: play_reviews }\n"
      "  odd: { source: play_vitals, metric: anomalies }\n"
      "gates: [{ signal: crashes, limit: 1% }, { signal: stars, limit: 30 }]\n");
  EXPECT_EQ(d.signals.at(4).kind, SignalKind::level);
  EXPECT_EQ(d.signals.at(4).unit, "anomalies");
  const Signal& crashes = d.signals.at(0);
  EXPECT_EQ(crashes.kind, SignalKind::proportion);
  EXPECT_EQ(crashes.apps, std::vector<AppName>{"android"});
  EXPECT_EQ(crashes.unit, "user-days");
  EXPECT_EQ(crashes.fresh_within, 3 * k_day);
  EXPECT_EQ(crashes.token, (SecretRef{SecretRef::From::environment, "REPORTING"}));
  EXPECT_EQ(d.signals.at(1).unit, "user-hours");
  EXPECT_EQ(d.signals.at(1).options.at("period"), "hourly");
  EXPECT_EQ(d.signals.at(1).fresh_within, 12 * k_hour);
  EXPECT_FALSE(d.signals.at(1).token);
  EXPECT_EQ(d.signals.at(2).kind, SignalKind::level);
  EXPECT_EQ(d.signals.at(2).unit, "reports a user");
  EXPECT_EQ(d.signals.at(2).fresh_within, 4 * k_day);
  EXPECT_EQ(d.signals.at(3).kind, SignalKind::level);
  EXPECT_EQ(d.signals.at(3).unit, "%");
  EXPECT_FALSE(d.applies(d.gates.at(0), "ios"));
  EXPECT_EQ(d.gates.at(1).on_breach, Reaction::investigate) << "a level";
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, AppleNeedsAnAppOnTheAppStore) {
  const auto problems = problems_of(
      "version: 1\ntrain: t\napps:\n  a: { store: google_play, package: a.b, credentials: { service_account: env:C } "
      "}\n"
      "signals: { c: { source: app_store_reviews } }\n");
  ASSERT_EQ(problems.size(), 1u) << testing::PrintToString(problems);
  EXPECT_NE(problems[0].find("no app is on the App Store"), std::string::npos) << problems[0];
}

TEST(Loading, TheFeedIsAskedFor) {
  const auto listens = [](const std::string& key) {
    const auto loaded = load_text("version: 1\ntrain: t\napps: { ios: { store: app_store, bundle_id: a.b, " + key +
                                      "\n  credentials: { key_id: env:A, private_key: env:B } } }\n",
                                  "/trains/train.yaml", cli::catalog());
    return loaded && loaded->apps.at(0).app_store()->webhook_feed;
  };
  EXPECT_FALSE(listens(""));
  EXPECT_TRUE(listens("webhook_feed: true,"));
  const auto problems = problems_of(std::string(k_base) + "    webhook_feed: true\n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("belongs to apps with `store: app_store`"), std::string::npos) << problems[0];
}

TEST(Loading, StrategiesHaveTheirOwnStages) {
  for (const char* strategy : {"blue_green", "immediate"}) {
    const Definition d = loaded_with(std::string("    rollout: { strategy: ") + strategy + " }\n");
    EXPECT_EQ(percents(d.apps.at(1).ladder), (std::vector<int>{100})) << strategy;
    EXPECT_EQ(d.apps[1].ladder.stages.at(0).watch, k_day) << strategy;
  }
  const Definition own =
      loaded_with("    rollout: { strategy: canary, stages: [{ to: 2% }, { to: 100%, watch: 0h }] }\n");
  EXPECT_EQ(own.apps.at(1).ladder.stages.at(0).soak, k_hour);
  EXPECT_EQ(own.apps[1].ladder.stages[1].watch, Duration{0});
}

TEST(Loading, AliasesStandForTheirValue) {
  const Definition d = loaded_with(
      "signals: { a: &s { source: prometheus, url: https://m/, events: e, exposures: n }, b: *s }\n"
      "gates: [{ signal: b, limit: 0.05% }]\n");
  ASSERT_EQ(d.signals.size(), 2u);
  EXPECT_EQ(d.signals[1].name, "b");
  EXPECT_EQ(d.signals[1].url, "https://m");
  EXPECT_DOUBLE_EQ(d.gates.at(0).limit.value(), 0.0005);
}

TEST(Loading, PathsStartAtTheFileOrAtHome) {
  ASSERT_EQ(setenv("HOME", "/home/someone", 1), 0);
  const Definition d = loaded_with(
      "    artifact: ../out/{version}.aab\n"
      "source: { repository: ~/src }\n"
      "state: file:/var/lib/train\n"
      "notify: [{ slack: file:~/slack }, { webhook: 'exec:pass show \"a b\"' }]\n");
  EXPECT_EQ(d.apps.at(1).artifact, "/out/{version}.aab");
  EXPECT_EQ(d.source.value().repository, "/home/someone/src");
  EXPECT_EQ(d.state, LogAddress::in_directory("/var/lib/train"));
  EXPECT_EQ(d.notify.at(0).target.value, "/home/someone/slack");
  EXPECT_EQ(d.notify.at(1).target, (SecretRef{SecretRef::From::command, "pass show \"a b\""}));
}

TEST(AskedSignals, KnowWhereTheirProviderIs) {
  const Definition d = loaded_with(
      "signals:\n"
      "  a: { source: sentry, organization: o, project: 1, token: env:T }\n"
      "  b: { source: datadog, api_key: env:A, application_key: env:B, site: datadoghq.eu, value: x }\n"
      "  c: { source: new_relic, api_key: env:A, account: 7, region: eu, value: x }\n"
      "  d: { source: http, url: 'https://m/$app', body: 'a=$version', events: /a, exposures: /b, headers: { X: env:X "
      "} }\n"
      "  e: { source: exec, exec: [./ask, 'a b'] }\n"
      "  f: { source: grafana, url: https://g, token: env:G, alarms: [x, y z] }\n"
      "  g: { source: ga4, property: 1, credentials: env:A }\n"
      "gates: [{ signal: f, on_breach: rollback }]\n");
  EXPECT_EQ(d.signals.at(0).url, "https://sentry.io");
  EXPECT_EQ(d.signals.at(0).options.at("release"), "$bundle_id@$version+$build");
  EXPECT_EQ(d.signals.at(0).unit, "sessions");
  EXPECT_EQ(d.signals.at(1).url, "https://api.datadoghq.eu");
  EXPECT_EQ(d.signals.at(1).kind, SignalKind::level);
  EXPECT_EQ(d.signals.at(1).secrets.at("application_key").value, "B");
  EXPECT_EQ(d.signals.at(2).url, "https://api.eu.newrelic.com");
  EXPECT_EQ(d.signals.at(3).url, "https://m/$app");
  EXPECT_EQ(d.signals.at(3).options.at("method"), "POST");
  EXPECT_EQ(d.signals.at(3).secret_headers.at(0).second.value, "X");
  EXPECT_EQ(d.signals.at(4).exec, (std::vector<std::string>{"./ask", "a b"}));
  EXPECT_EQ(d.signals.at(4).kind, SignalKind::proportion);
  EXPECT_EQ(d.signals.at(5).kind, SignalKind::alarm);
  EXPECT_EQ(d.signals.at(5).options.at("alarms"), "x\ny z");
  EXPECT_FALSE(d.gates.at(0).limit);
  EXPECT_EQ(d.signals.at(6).fresh_within, 3 * k_day);
  EXPECT_EQ(d.signals.at(6).unit, "user-days");
  EXPECT_TRUE(d.inactive.empty());
}

TEST(Loading, AHaltTakesOutOfReviewUnlessToldToRefuse) {
  const auto halts_of = [](const Definition& definition) {
    return definition.apps.at(1).google_play()->halt_in_review;
  };
  EXPECT_EQ(halts_of(loaded_with("")), HaltInReview::cancel);
  EXPECT_EQ(halts_of(loaded_with("    halt_in_review: cancel\n")), HaltInReview::cancel);
  EXPECT_EQ(halts_of(loaded_with("    halt_in_review: refuse\n")), HaltInReview::refuse);
}

TEST(Loading, LevelsAreInvestigatedUnlessTold) {
  const Definition d = loaded_with(
      "signals: { p: { source: prometheus, url: https://m, value: v } }\n"
      "gates: [{ signal: p, limit: 2 }]\n");
  EXPECT_EQ(d.gates.at(0).on_breach, Reaction::investigate);
}

}  // namespace
}  // namespace train::definition
