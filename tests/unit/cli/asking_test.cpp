// What check asks, and whom, with stores, signals and flags that answer as told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>

#include "asking.hpp"
#include "compose/catalog.hpp"
#include "exit_code.hpp"
#include "train/base/patience.hpp"
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
  std::optional<Error> refusal;
  int looks = 0;
  std::optional<Patience::Length> time_left;

  Result<std::vector<SeenRelease>> served() override { return std::vector<SeenRelease>(); }
  Result<StoreView> observe(const Sought&, Depth) override {
    ++looks;
    time_left = patience_of_thread().left();
    return view;
  }
  Result<std::vector<Probe>> probe() override {
    if (refusal) return tl::unexpected(*refusal);
    return probes;
  }
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
  std::optional<Measurement> a_day_ago;  // to the second question
  std::vector<Subject> asked;
  std::optional<Patience::Length> time_left;
  Measurement measure(const Signal&, const Subject& subject) override {
    time_left = patience_of_thread().left();
    asked.push_back(subject);
    return asked.size() == 2 && a_day_ago ? *a_day_ago : answer;
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

class ToldLog final : public EventLog {
 public:
  std::optional<Error> trouble;
  Result<std::vector<Event>> read(Seq) override {
    if (trouble) return tl::unexpected(*trouble);
    return std::vector<Event>();
  }
  Result<std::vector<Event>> append(Seq, std::span<const NewEvent>) override {
    ADD_FAILURE() << "check logs nothing";
    return std::vector<Event>();
  }
  Result<RunId> enter() override {
    ADD_FAILURE() << "check does not act";
    return RunId();
  }
  Result<Owner> owner_of(const event::Intent&, Instant) override { return Owner::gone; }
};

// Opens every key, or none.
class ToldSigner final : public Signer {
 public:
  std::optional<Error> refusal;
  Result<Source> examine(const fs::path&) override { return unasked(); }
  Result<SignedBuild> rebuild(const SigningOrder&) override { return unasked(); }
  Result<Done> try_key(const SigningKey&, Instant) override {
    if (refusal) return tl::unexpected(*refusal);
    return Done{};
  }
  Result<ArchiveFacts> contents(const fs::path&) override { return unasked(); }

 private:
  static tl::unexpected<Error> unasked() { return fail(ErrorKind::internal, "nobody asks for this"); }
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
standby:
  android: { source: "live-{version}.aab", keystore: file:keys/upload.p12, notes: "notes/{locale}.txt" }
)";

class Asking : public testing::Test {
 protected:
  Asking() : directory_(fs::path(testing::TempDir()) / ("train-asking-" + std::to_string(::getpid()))) {
    fs::create_directories(directory_ / "keys");
    auto loaded = definition::load_text(k_definition, directory_ / "train.yaml", catalog());
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().front().format());
    definition_ = *loaded;
    definition_.directory = directory_;
    ports_.stores["android"] = &store_;
    ports_.signals["crashes"] = &signal_;
    ports_.flags["checkout"] = &flag_;
    ports_.log = &log_;
    ports_.signing_keys["android"] = [this]() -> Result<SigningKey> {
      if (password_) return AndroidKey{};
      return fail(ErrorKind::definition, "The variable PASSWORD is not set.");
    };
    ports_.signer = &signer_;
    signal_.answer.state = Measurement::State::measured;
    signal_.answer.counts = {12, 40210};
    store_.view->live = LiveVersion{*VersionName::parse("3.3.0"), BuildNumber::from(330)};
  }
  ~Asking() override { fs::remove_all(directory_); }

  preflight::Answers ask() { return ask_everybody(definition_, ports_, Instant{}); }
  void write(const std::string& name, fs::perms mode, const std::string& text = "words\n") {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
    fs::permissions(directory_ / name, mode);
  }
  static constexpr auto k_mine = fs::perms::owner_read | fs::perms::owner_write;

  fs::path directory_;
  Definition definition_;
  runner::Ports ports_;
  ToldStore store_;
  ToldSignal signal_;
  ToldFlag flag_;
  ToldLog log_;
  ToldSigner signer_;
  bool password_ = true;
};

TEST_F(Asking, EverybodyIsAskedAndASignalAboutTheLiveVersion) {
  const auto answers = ask();
  EXPECT_EQ(answers.stores.at("android").view->live->version.text(), "3.3.0");
  EXPECT_EQ(*answers.flags.at("checkout"), "true");
  ASSERT_EQ(signal_.asked.size(), 2U) << "and once more, for a day ago";
  EXPECT_EQ(signal_.asked[0].version.text(), "3.3.0");
  EXPECT_EQ(signal_.asked[0].build->text(), "330");
  EXPECT_EQ(signal_.asked[0].platform, "android");
  EXPECT_EQ(answers.signals.at({"android", "crashes"})->counts.exposures, 40210);
  EXPECT_TRUE(answers.log.has_value());
}

TEST_F(Asking, TheTrafficIsWhatWasCountedSinceADayAgo) {
  signal_.a_day_ago = signal_.answer;
  signal_.a_day_ago->counts.exposures -= 30'000;
  const auto answers = ask();
  EXPECT_EQ(answers.traffic.at({"android", "crashes"}).per_day, 30'000);
  ASSERT_EQ(signal_.asked.size(), 2U);
  EXPECT_EQ(signal_.asked[0].end() - signal_.asked[1].end(), Duration(86400));
  EXPECT_EQ(signal_.asked[0].start, signal_.asked[1].start) << "a count since a start and one since ever tell the same";
}

TEST_F(Asking, ACountThatDoesNotMoveTellsNoTraffic) { EXPECT_TRUE(ask().traffic.empty()); }

TEST_F(Asking, WithoutALiveVersionNoSignalIsAsked) {
  store_.view->live.reset();
  EXPECT_TRUE(ask().signals.empty());
  store_.view = fail(ErrorKind::unreachable, "no route");
  EXPECT_TRUE(ask().signals.empty());
  EXPECT_TRUE(signal_.asked.empty());
}

// The bound of a command holds wherever it asks.
TEST_F(Asking, NobodyIsGivenMoreTimeThanTheCommandHas) {
  constexpr Patience::Length little{5000};
  const WithPatience bound{Patience(little)};
  ask();
  ASSERT_TRUE(store_.time_left && signal_.time_left);
  EXPECT_LE(*store_.time_left, little);
  EXPECT_LE(*signal_.time_left, little);
}

TEST_F(Asking, AStoreThatRefusesTheAccountIsNotLookedAt) {
  store_.refusal = Error{ErrorKind::auth, "the store answered 401", ""};
  const auto answer = ask().stores.at("android");
  EXPECT_EQ(store_.looks, 0);
  EXPECT_EQ(answer.account.error().why, preflight::Unanswered::refused);
  EXPECT_EQ(answer.view.error().why, preflight::Unanswered::refused);
}

TEST_F(Asking, WhatFailedKeepsItsKind) {
  flag_.answer = fail(ErrorKind::not_found, "there is no f.json");
  log_.trouble = Error{ErrorKind::corrupt_state, "line 2 is torn", ""};
  const auto answers = ask();
  EXPECT_EQ(answers.flags.at("checkout").error().why, preflight::Unanswered::absent);
  EXPECT_EQ(answers.log.error().why, preflight::Unanswered::unreadable);
}

TEST_F(Asking, TheFilesOfTheStandbyAreLookedAt) {
  using preflight::Unanswered;
  const auto none = ask().standbys.at("android");
  EXPECT_EQ(none.key.error().why, Unanswered::absent);
  EXPECT_EQ(none.notes.error().why, Unanswered::absent);
  write("keys/upload.p12", k_mine | fs::perms::group_read);
  EXPECT_EQ(ask().standbys.at("android").key.error().why, Unanswered::unreadable) << "others may read it";
  write("keys/upload.p12", k_mine);
  write("notes/en-US.txt", k_mine);
  const auto there = ask().standbys.at("android");
  EXPECT_TRUE(there.key.has_value());
  EXPECT_EQ(there.notes->count("en-US"), 1U);
  signer_.refusal = Error{ErrorKind::auth, "the password does not open keys/upload.p12", ""};
  const auto shut = ask().standbys.at("android").key;
  ASSERT_FALSE(shut) << "a file that is there is not yet a key";
  EXPECT_EQ(shut.error().error.message, "the password does not open keys/upload.p12");
  EXPECT_EQ(shut.error().why, Unanswered::refused);
  password_ = false;
  EXPECT_EQ(ask().standbys.at("android").key.error().error.kind, ErrorKind::definition);
}

TEST_F(Asking, OnlyThisMachineIsAskedOffline) {
  const auto answers = ask_this_machine(definition_, ports_, Instant());
  EXPECT_EQ(store_.looks, 0);
  EXPECT_TRUE(signal_.asked.empty());
  EXPECT_EQ(answers.stores.at("android").view.error().why, preflight::Unanswered::not_asked);
  EXPECT_EQ(answers.flags.at("checkout").error().error.message, "--offline");
  EXPECT_TRUE(answers.log.has_value());
}

class Secrets : public Asking {
 protected:
  Secrets() { ::setenv("TRAIN_TEST_TOKEN", "hush-hush", 1); }
  ~Secrets() override { ::unsetenv("TRAIN_TEST_TOKEN"); }
  Exit exit_of_secrets() { return exit_of(preflight::secret_lines(definition_, ask_secrets(definition_))); }
};

TEST_F(Secrets, AreNamedAndNeverShown) {
  write("keys/play.json", k_mine,
        R"({"type": "authorized_user", "client_id": "c", "client_secret": "words", "refresh_token": "r"})");
  const auto lines = preflight::secret_lines(definition_, ask_secrets(definition_));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(exit_of(lines), Exit::done);
  EXPECT_EQ(lines[0].subject, "android service_account");
  EXPECT_EQ(lines[1].sentence, "env:TRAIN_TEST_TOKEN");
  for (const auto& line : lines) {
    EXPECT_THAT(line.sentence, Not(HasSubstr("hush")));
    EXPECT_THAT(line.sentence, Not(HasSubstr("words")));
  }
}

TEST_F(Secrets, AllThatAreMissingAreToldAndAreExitTwo) {
  ::unsetenv("TRAIN_TEST_TOKEN");
  const auto lines = preflight::secret_lines(definition_, ask_secrets(definition_));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].level, preflight::Level::failure);
  EXPECT_EQ(lines[1].level, preflight::Level::failure);
  EXPECT_EQ(exit_of(lines), Exit::usage);
}

TEST_F(Secrets, AKeyThatOthersMayReadIsExitTwo) {
  write("keys/play.json", k_mine | fs::perms::group_read);
  EXPECT_EQ(exit_of_secrets(), Exit::usage);
}

}  // namespace
}  // namespace train::cli
