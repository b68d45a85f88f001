// What every source of signals promises (ports/signal_source.hpp), held by the one in memory that the loop's tests rely
// on, and by adapters against the built-in stores: Prometheus' queries and Google Play's own reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "google_play_fixture.hpp"
#include "support/fake_providers.hpp"
#include "train/signals/google_play.hpp"
#include "train/signals/prometheus.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;
using Answer = Measurement::State;

const Instant k_signal_now = *parse_rfc3339("2026-11-30T09:00:00Z");

// A source in which 3.3.0 (330) of "android" has been counted for some days, and nothing else has.
class SignalBench {
 public:
  virtual ~SignalBench() = default;
  virtual SignalSource& source() = 0;
  virtual Signal signal() const = 0;
  virtual Instant now() = 0;
  virtual void stop_answering() = 0;
};

class FakeSignals final : public SignalBench {
 public:
  FakeSignals() { source_.count("3.3.0", 20, 10'000, k_signal_now - 1h); }
  SignalSource& source() override { return source_; }
  Signal signal() const override { return {}; }
  Instant now() override { return k_signal_now; }
  void stop_answering() override {
    Measurement failed;
    failed.state = Answer::failed;
    failed.detail = "it does not answer";
    failed.as_of = k_signal_now;
    source_.answers["3.3.0"] = failed;
  }

 private:
  test::FakeSignalSource source_;
};

// Both are read from the built-in Google Play, four days on.
class BuiltInSignals : public SignalBench, protected testing_play::GooglePlayStore {
 public:
  BuiltInSignals() {
    SetUp();
    world->advance_to(world->now() + 96h);
  }
  SignalSource& source() override { return *source_; }
  Instant now() override { return world->now(); }

 protected:
  std::unique_ptr<SignalSource> source_;

 private:
  void TestBody() override {}
};

class PrometheusSignals final : public BuiltInSignals {
 public:
  PrometheusSignals() {
    source_ = signals::make_prometheus({[](std::chrono::milliseconds) {}, {}});
  }
  Signal signal() const override {
    Signal signal;
    signal.name = "crashes";
    signal.source = "prometheus";
    signal.url = world->url() + "/prometheus";
    signal.events = R"(sum(app_crashed_sessions_total{app="$app",version="$version"}))";
    signal.exposures = R"(sum(app_sessions_total{app="$app",version="$version"}))";
    return signal;
  }
  void stop_answering() override { fault("", "/prometheus/", "status:403", 99); }
};

class PlaySignals final : public BuiltInSignals {
 public:
  PlaySignals() {
    const auto account = auth::parse_service_account(Secret(world->credentials().service_account_json));
    const std::string play = world->url() + "/play";
    const auto reader = signals::open_play_reader(
        {"com.example.charge", play, signals::reporting_beside(play), *account}, [](std::chrono::milliseconds) {});
    source_ = signals::make_play_vitals({{"android", reader}});
  }
  Signal signal() const override {
    Signal signal;
    signal.options = {{"metric", "crashRate"}, {"period", "daily"}};
    signal.fresh_within = 72h;
    return signal;
  }
  void stop_answering() override { fault("POST", "/play/", "status:403", 99); }
};

struct Source {
  const char* name;
  std::unique_ptr<SignalBench> (*open)();
};

class SignalContract : public testing::TestWithParam<Source> {
 protected:
  Measurement ask(const std::string& version, int build, const AppName& app = "android") {
    Subject subject;
    subject.app = app;
    subject.version = *VersionName::parse(version);
    subject.build = BuildNumber::from(build);
    subject.platform = "android";
    subject.now = bench_->now();
    subject.start = subject.now - 96h;
    return bench_->source().measure(bench_->signal(), subject);
  }
  std::unique_ptr<SignalBench> bench_ = GetParam().open();
};

INSTANTIATE_TEST_SUITE_P(
    , SignalContract,
    testing::Values(
        Source{"fake", [] { return std::unique_ptr<SignalBench>(std::make_unique<FakeSignals>()); }},
        Source{"prometheus", [] { return std::unique_ptr<SignalBench>(std::make_unique<PrometheusSignals>()); }},
        Source{"google_play", [] { return std::unique_ptr<SignalBench>(std::make_unique<PlaySignals>()); }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_P(SignalContract, WhatWasCountedIsMeasuredAndEndsBeforeNow) {
  const auto seen = ask("3.3.0", 330);
  ASSERT_EQ(seen.state, Answer::measured) << seen.detail;
  EXPECT_GT(seen.counts.exposures, 0);
  EXPECT_GE(seen.counts.events, 0);
  EXPECT_LE(seen.counts.events, seen.counts.exposures);
  EXPECT_LE(seen.as_of, bench_->now());
}

TEST_P(SignalContract, AVersionThatNobodyHasIsNoDataAndCountsNothing) {
  const auto seen = ask("9.9.9", 999);
  EXPECT_EQ(seen.state, Answer::no_data) << seen.detail;
  EXPECT_EQ(seen.counts, Counts{});
}

TEST_P(SignalContract, AskingChangesNothing) {
  const auto first = ask("3.3.0", 330);
  ask("9.9.9", 999);
  EXPECT_EQ(ask("3.3.0", 330), first);
}

TEST_P(SignalContract, WhoDoesNotAnswerIsNeverMeasured) {
  bench_->stop_answering();
  const auto seen = ask("3.3.0", 330);
  EXPECT_EQ(seen.state, Answer::failed);
  EXPECT_FALSE(seen.detail.empty());
  EXPECT_EQ(seen.counts, Counts{});
}

}  // namespace
}  // namespace train::contract
