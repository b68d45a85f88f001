#include "../../../src/rehearsal/environment.hpp"
#include "compose/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace train::rehearsal {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Everything in it points at the real world.
Definition real_definition() {
  Definition d;
  d.file = "/home/ana/app/train.yaml";
  d.directory = "/home/ana/app";
  d.train = "charge";
  App ios;
  ios.name = "phone";
  ios.store_id = "com.example.charge";
  ios.endpoint = "https://api.appstoreconnect.apple.com";
  ios.artifact = "/home/ana/app/build/Charge.ipa";
  ios.release_notes = "/home/ana/app/notes/{version}/{locale}.txt";
  AppStoreApp own;
  own.credentials = {SecretRef{SecretRef::From::environment, "ASC_ISSUER"},
                     SecretRef{SecretRef::From::environment, "ASC_KEY"},
                     SecretRef{SecretRef::From::command, "pass show asc"}};
  ios.part = own;
  ios.ladder.stages = {{k_percent_all, Duration{0}, Duration{86400}}};
  d.apps = {ios};
  Signal crashes;
  crashes.name = "crashes";
  crashes.source = "datadog";
  crashes.url = "https://api.datadoghq.eu";
  crashes.token = SecretRef{SecretRef::From::environment, "DD_TOKEN"};
  Signal latency = crashes;
  latency.name = "latency";
  latency.kind = SignalKind::level;
  d.signals = {crashes, latency};
  Flag flag;
  flag.name = "new_checkout";
  flag.provider = "exec";
  flag.exec = {"./flags.sh"};
  flag.value_on = "an";
  flag.credentials = SecretRef{SecretRef::From::environment, "FLAGS"};
  d.flags = {flag};
  flag.name = "force_update.minimum_version";
  flag.provider = "firebase_remote_config";
  flag.parameter = "min_supported_version";
  flag.exec.clear();
  d.force_update.minimum_version = flag;
  Channel slack;
  slack.kind = ChannelKind::slack;
  slack.target.value = "SLACK";
  slack.topics = {Topic::halt};
  d.notify.push_back(slack);
  SourceRule source;
  source.repository = "/home/ana/app";
  source.build = BuildStarter{{"./ci/build.sh"}, std::nullopt};
  d.source = source;
  StandbyRule standby;
  standby.app = "phone";
  standby.source = "/home/ana/live.ipa";
  standby.password = SecretRef{SecretRef::From::environment, "P12"};
  d.standby = {standby};
  d.state = {LogScheme::postgres, "//db.example.com/train"};
  return d;
}

struct Set {
  std::unique_ptr<Environment> environment;
  Set() {
    auto made = Environment::set(Scenario(), real_definition(), cli::catalog());
    if (made) environment = std::move(*made);
  }
};

TEST(Environment, ReplacesEverythingOutside) {
  Set set;
  ASSERT_NE(set.environment, nullptr);
  const auto& d = set.environment->definition();
  const auto url = set.environment->sandbox().url();
  const auto directory = d.directory.string();
  EXPECT_EQ(d.apps[0].endpoint, url + "/app-store");
  EXPECT_FALSE(d.apps[0].artifact);
  EXPECT_THAT(*d.apps[0].release_notes, StartsWith(directory));
  EXPECT_EQ(d.signals[0].source, "prometheus");
  EXPECT_EQ(d.signals[0].url, url + "/prometheus");
  EXPECT_THAT(d.signals[0].events, HasSubstr("train_signal_events_total{signal=\"crashes\""));
  EXPECT_THAT(d.signals[1].value, HasSubstr("train_signal_value{signal=\"latency\""));
  EXPECT_FALSE(d.signals[0].token);
  EXPECT_EQ(d.flags[0].provider, "file");
  EXPECT_TRUE(d.flags[0].exec.empty());
  EXPECT_FALSE(d.flags[0].credentials);
  EXPECT_EQ(set.environment->flags().at("new_checkout"), "an");
  const auto& minimum = *d.force_update.minimum_version;
  EXPECT_EQ(minimum.provider, "file");
  EXPECT_THAT(minimum.path.string(), StartsWith(directory));
  EXPECT_FALSE(minimum.credentials) << "a forced update that is rehearsed reaches nobody";
  EXPECT_EQ(d.notify[0].kind, ChannelKind::webhook);
  EXPECT_EQ(d.notify[0].topics, std::vector<Topic>{Topic::halt});
  EXPECT_EQ(d.state, LogAddress::in_directory(directory + "/.train"));
  EXPECT_THAT(d.source->repository.string(), StartsWith(directory));
  ASSERT_EQ(d.standby.size(), 1u) << "kept, of an archive of the stage's own";
  EXPECT_EQ(d.standby[0].source.rfind(directory, 0), 0u) << d.standby[0].source;
  EXPECT_TRUE(d.standby[0].key.empty());
  EXPECT_FALSE(d.standby[0].password);
}

TEST(Environment, ItsSecretsAreFilesOnlyWeCanRead) {
  Set set;
  ASSERT_NE(set.environment, nullptr);
  const auto& d = set.environment->definition();
  const auto& keys = d.apps[0].app_store()->credentials;
  for (const auto& ref : {keys.private_key, keys.key_id, *keys.issuer_id, d.notify[0].target}) {
    EXPECT_EQ(ref.from, SecretRef::From::file);
    const auto secret = definition::resolve(ref, d.directory);
    ASSERT_TRUE(secret) << secret.error().message;
    EXPECT_FALSE(secret->expose().empty());
  }
}

TEST(Environment, LeavesNothingBehind) {
  std::filesystem::path directory;
  {
    Set set;
    ASSERT_NE(set.environment, nullptr);
    directory = set.environment->definition().directory;
    EXPECT_TRUE(std::filesystem::exists(directory / "keys"));
  }
  EXPECT_FALSE(std::filesystem::exists(directory));
}

TEST(Environment, TheExampleLoadsAsItIs) {
  const auto environment = Environment::set(Scenario(), std::nullopt, cli::catalog());
  ASSERT_TRUE(environment) << environment.error().message;
  EXPECT_EQ((*environment)->version().text(), "3.4.0");
  EXPECT_EQ((*environment)->definition().apps.size(), 2u);
  EXPECT_EQ((*environment)->flags().at("new_checkout"), "true");
}

TEST(Environment, WritesTheExamplesArtifactForAnotherVersion) {
  Scenario scenario;
  scenario.version = VersionName::parse("4.0.0");
  const auto environment = Environment::set(scenario, std::nullopt, cli::catalog());
  ASSERT_TRUE(environment) << environment.error().message;
  EXPECT_TRUE(std::filesystem::exists((*environment)->definition().directory / "build" / "charge-4.0.0.aab"));
}

TEST(Environment, WaitingMovesTheSandboxesClock) {
  Set set;
  ASSERT_NE(set.environment, nullptr);
  const auto later = set.environment->clock().now() + Duration{90};
  EXPECT_TRUE(set.environment->clock().wait_until(later));
  EXPECT_EQ(set.environment->sandbox().now(), later);
  EXPECT_TRUE(set.environment->clock().wait_until(later - Duration{30}));
  EXPECT_EQ(set.environment->clock().now(), later) << "time never goes back";
}

TEST(Repository, NeverMovesABranch) {
  std::vector<std::string> built;
  Repository repository("main", [&](const VersionName& version) { built.push_back(version.text()); });
  EXPECT_TRUE(repository.cut_branch("release/3.4.0", "main"));
  EXPECT_TRUE(repository.cut_branch("release/3.4.0", "main")) << "it stands where it should";
  EXPECT_EQ(repository.cut_branch("release/3.5.0", "nowhere").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(repository.create_tag("v3.4.0", "release/3.4.0"));
  EXPECT_TRUE(repository.find_tag("v3.4.0")->has_value());
  EXPECT_FALSE(repository.find_tag("v3.5.0")->has_value());
  EXPECT_FALSE(repository.start_build(*VersionName::parse("3.4.0"), "nowhere"));
  EXPECT_TRUE(repository.start_build(*VersionName::parse("3.4.0"), "release/3.4.0"));
  EXPECT_THAT(built, testing::ElementsAre("3.4.0"));
}

}  // namespace
}  // namespace train::rehearsal
