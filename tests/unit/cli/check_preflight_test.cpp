// The checks that ask somebody, with stores, signals and flags that answer as told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "exit_code.hpp"
#include "preflight.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ToldStore final : public Store {
 public:
  std::vector<Probe> probes{{"key", true, "good", ""}};
  Result<StoreView> view = StoreView{};

  Result<StoreView> observe(const VersionName&, Depth) override { return view; }
  Result<std::vector<Probe>> probe() override { return probes; }
  Result<Done> start_rollout(const Candidate&, Percent, const Notes&) override { return written(); }
  Result<Done> resume(const Candidate&, Percent) override { return written(); }
  Result<Done> complete(const Candidate&) override { return written(); }
  Result<Done> halt(const Candidate&) override { return written(); }
  Capabilities offers() override { return {}; }

 private:
  static Result<Done> written() {
    ADD_FAILURE() << "check writes nothing";
    return Done{};
  }
};

class ToldSignal final : public SignalSource {
 public:
  Measurement answer;
  std::vector<Subject> asked;
  Measurement measure(const Signal&, const Subject& subject) override {
    asked.push_back(subject);
    return answer;
  }
};

class ToldFlag final : public FlagProvider {
 public:
  Result<std::string> answer = std::string("true");
  Result<std::string> get(const Flag&) override { return answer; }
  Result<Done> set(const Flag&, const std::string&) override {
    ADD_FAILURE() << "check sets nothing";
    return Done{};
  }
};

constexpr std::string_view k_definition = R"(version: 1
train: charge
apps:
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: file:keys/play.json }
signals:
  crashes: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x, token: env:TRAIN_TEST_TOKEN }
gates: [{ signal: crashes, limit: 1%, on_breach: pause }]
flags:
  checkout: { provider: file, path: f.json, risky: true, value_off: "false" }
)";

class Preflight : public testing::Test {
 protected:
  Preflight() {
    auto loaded = definition::load_text(k_definition, "train.yaml");
    EXPECT_TRUE(loaded);
    definition_ = *loaded;
    ports_.stores["android"] = &store_;
    ports_.signals["crashes"] = &signal_;
    ports_.flags["checkout"] = &flag_;
    signal_.answer.state = Measurement::State::measured;
    signal_.answer.counts = {12, 40210};
    store_.view->live = LiveVersion{*VersionName::parse("3.3.0"), BuildNumber::from(330)};
  }

  preflight::Lines stores() { return check_stores(definition_, ports_, live_); }
  preflight::Lines signals() {
    const LiveVersions live{{"android", *store_.view->live}};
    return check_signals(definition_, ports_, live, Instant{});
  }

  Definition definition_;
  runner::Ports ports_;
  ToldStore store_;
  ToldSignal signal_;
  ToldFlag flag_;
  LiveVersions live_;
};

TEST_F(Preflight, AStoreThatAnswersShowsItsAccountAndWhatIsLive) {
  const auto lines = stores();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].subject, "key");
  EXPECT_EQ(lines[1].sentence, "3.3.0 (build 330)");
  EXPECT_EQ(live_.at("android").version.text(), "3.3.0");
  EXPECT_EQ(exit_of(lines), Exit::done);
}

TEST_F(Preflight, RefusedCredentialsAreToldOnceAndAreExitFive) {
  store_.probes = {{"key", false, "the store answered 401", "Make a new key."}};
  store_.view = fail(ErrorKind::auth, "the store answered 401");
  const auto lines = stores();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].remedy, "Make a new key.");
  EXPECT_EQ(exit_of(lines), Exit::credentials);
}

TEST_F(Preflight, AMissingRightIsAFailedLine) {
  store_.probes.push_back({"edits", false, "no permission", ""});
  EXPECT_EQ(exit_of(stores()), Exit::failed);
}

TEST_F(Preflight, AStoreThatCannotBeLookedAtFails) {
  store_.view = fail(ErrorKind::unreachable, "no route");
  const auto lines = stores();
  EXPECT_EQ(lines.back().subject, "live version");
  EXPECT_EQ(lines.back().level, preflight::Level::failure);
  EXPECT_EQ(exit_of(lines), Exit::failed);
}

TEST_F(Preflight, AFirstReleaseIsAWarning) {
  store_.view->live.reset();
  EXPECT_EQ(stores().back().level, preflight::Level::warning);
  EXPECT_TRUE(live_.empty());
}

TEST_F(Preflight, ASignalIsAskedAboutTheLiveVersion) {
  const auto lines = signals();
  ASSERT_EQ(signal_.asked.size(), 1U);
  EXPECT_EQ(signal_.asked[0].version.text(), "3.3.0");
  EXPECT_EQ(signal_.asked[0].build->text(), "330");
  EXPECT_EQ(signal_.asked[0].platform, "android");
  EXPECT_EQ(lines[0].level, preflight::Level::ok);
  EXPECT_EQ(lines[0].sentence, "12 of 40210 for 3.3.0");
  definition_.signals[0].kind = SignalKind::alarm;
  EXPECT_EQ(signals()[0].sentence, "quiet");
  signal_.answer.raised = true;
  signal_.answer.detail = "firing: HighCrashRate";
  EXPECT_EQ(signals()[0].sentence, "raised (firing: HighCrashRate)");
}

TEST_F(Preflight, ASignalWithoutAnAnswerFailsWhenAGateNeedsItAndSaysWhy) {
  signal_.answer = {};
  signal_.answer.detail = "the query returned no series";
  const auto lines = signals();
  EXPECT_EQ(lines[0].level, preflight::Level::failure);
  EXPECT_THAT(lines[0].sentence, HasSubstr("the query returned no series"));
  EXPECT_FALSE(lines[0].remedy.empty());
  definition_.gates.clear();
  EXPECT_EQ(signals()[0].level, preflight::Level::warning);
}

TEST_F(Preflight, ASignalIsNotAskedWithoutALiveVersion) {
  EXPECT_EQ(check_signals(definition_, ports_, {}, Instant{})[0].level, preflight::Level::warning);
  EXPECT_TRUE(signal_.asked.empty());
}

TEST_F(Preflight, AKillSwitchMustAnswer) {
  EXPECT_EQ(check_flags(definition_, ports_)[0].sentence, "is true, off is false");
  flag_.answer = fail(ErrorKind::not_found, "there is no f.json");
  EXPECT_EQ(exit_of(check_flags(definition_, ports_)), Exit::failed);
  definition_.flags[0].risky = false;
  definition_.flags[0].value_off.reset();
  const auto plain = check_flags(definition_, ports_);
  EXPECT_EQ(plain[0].level, preflight::Level::warning);
  EXPECT_EQ(exit_of(plain), Exit::done);
}

class Secrets : public Preflight {
 protected:
  Secrets() : directory_(fs::path(testing::TempDir()) / ("train-secrets-" + std::to_string(::getpid()))) {
    fs::create_directories(directory_ / "keys");
    definition_.directory = directory_;
    definition_.apps[0].google_play_credentials->service_account.value = (directory_ / "keys/play.json").string();
    ::setenv("TRAIN_TEST_TOKEN", "hush-hush", 1);
  }
  ~Secrets() override {
    ::unsetenv("TRAIN_TEST_TOKEN");
    fs::remove_all(directory_);
  }
  void write_key(fs::perms mode) {
    std::ofstream(directory_ / "keys/play.json") << "{\"private\":\"key-material\"}\n";
    fs::permissions(directory_ / "keys/play.json", mode);
  }
  fs::path directory_;
};

TEST_F(Secrets, AreNamedAndNeverShown) {
  write_key(fs::perms::owner_read | fs::perms::owner_write);
  const auto lines = check_secrets(definition_);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(exit_of(lines), Exit::done);
  EXPECT_EQ(lines[0].subject, "android service_account");
  EXPECT_EQ(lines[0].sentence, "file:keys/play.json");
  EXPECT_EQ(lines[1].sentence, "env:TRAIN_TEST_TOKEN");
  for (const auto& line : lines) {
    EXPECT_THAT(line.sentence, Not(HasSubstr("hush")));
    EXPECT_THAT(line.sentence, Not(HasSubstr("key-material")));
  }
}

TEST_F(Secrets, AllMissingOnesAreNamedAtOnceAndAreExitTwo) {
  ::unsetenv("TRAIN_TEST_TOKEN");
  const auto lines = check_secrets(definition_);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].level, preflight::Level::failure);
  EXPECT_EQ(lines[1].level, preflight::Level::failure);
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

TEST_F(Secrets, AKeyThatOthersMayReadIsExitTwo) {
  write_key(fs::perms::owner_read | fs::perms::group_read);
  const auto lines = check_secrets(definition_);
  EXPECT_EQ(lines[0].level, preflight::Level::failure);
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

}  // namespace
}  // namespace train::cli
