// All signals of an app, asked at once.
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <memory>

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

}  // namespace
}  // namespace train::runner
