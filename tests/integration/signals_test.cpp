// All signals of an app, asked at once.
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

#include "train/base/patience.hpp"
#include "train/runner/runner.hpp"

namespace train::runner {
namespace {

// Answers only when all others have been asked too: asked one after the other, the first would never answer.
class Together final : public SignalSource {
 public:
  explicit Together(std::latch& all) : all_(all) {}
  Measurement measure(const Signal&, const Subject&) override {
    all_.arrive_and_wait();
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.value = 1;
    return seen;
  }

 private:
  std::latch& all_;
};

TEST(Signals, TwelveProvidersAreAskedAtTheSameTime) {
  constexpr int providers = 12;
  std::latch all(providers);
  std::vector<std::unique_ptr<Together>> sources;
  Definition definition;
  App app;
  app.name = "android";
  definition.apps = {app};
  Ports ports;
  for (int i = 0; i < providers; ++i) {
    Signal signal;
    signal.name = "s" + std::to_string(i);
    signal.kind = SignalKind::level;
    definition.signals.push_back(signal);
    sources.push_back(std::make_unique<Together>(all));
    ports.signals[signal.name] = sources.back().get();
  }
  const LiveVersion live{*VersionName::parse("3.3.0"), BuildNumber::from(330)};
  const auto measured = measure_everything(definition, ports, app, nullptr, &live, Instant());
  EXPECT_EQ(measured.live.size(), 12u);
  EXPECT_TRUE(measured.signals.empty()) << "no version is out";
  for (const auto& [name, seen] : measured.live) EXPECT_EQ(seen.value, 1) << name;
}

// Answers when the time that its caller gave it is over, as a client does whose provider hangs.
class Hanging final : public SignalSource {
 public:
  Measurement measure(const Signal&, const Subject&) override {
    while (patience_of_thread().left() && !patience_of_thread().is_over()) std::this_thread::yield();
    Measurement none;
    none.state = Measurement::State::failed;
    none.detail = "given up: the time there was for it is over";
    return none;
  }
};

class Quick final : public SignalSource {
 public:
  Measurement measure(const Signal&, const Subject&) override {
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.value = 1;
    return seen;
  }
};

TEST(Signals, ProvidersThatHangAreGivenUpTogetherAndOnlyTheyHaveNoAnswer) {
  using namespace std::chrono_literals;
  Hanging first;
  Hanging second;
  Quick third;
  Definition definition;
  App app;
  app.name = "android";
  definition.apps = {app};
  Ports ports;
  for (const auto& [name, source] : std::initializer_list<std::pair<const char*, SignalSource*>>{
           {"first", &first}, {"second", &second}, {"third", &third}}) {
    Signal signal;
    signal.name = name;
    signal.kind = SignalKind::level;
    definition.signals.push_back(signal);
    ports.signals[signal.name] = source;
  }
  const LiveVersion live{*VersionName::parse("3.3.0"), BuildNumber::from(330)};
  const auto began = std::chrono::steady_clock::now();
  const WithPatience bound{Patience(300ms)};
  const auto measured = measure_everything(definition, ports, app, nullptr, &live, Instant());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s) << "one after the other, or without the caller's bound";
  ASSERT_EQ(measured.live.size(), 3U);
  for (const auto* name : {"first", "second"}) {
    EXPECT_EQ(measured.live.at(name).state, Measurement::State::failed) << name;
    EXPECT_NE(measured.live.at(name).detail.find("given up"), std::string::npos) << name;
  }
  EXPECT_EQ(measured.live.at("third").state, Measurement::State::measured);
}

}  // namespace
}  // namespace train::runner
