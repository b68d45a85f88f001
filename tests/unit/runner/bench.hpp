// A train of one or two apps with nothing outside: a log, a clock and stores in memory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/fake_providers.hpp"
#include "support/fake_store.hpp"
#include "support/memory_log.hpp"
#include "support/step_clock.hpp"
#include "train/runner/runner.hpp"

namespace train::runner::test {

using train::test::FakeFlagProvider;
using train::test::FakeNotifier;
using train::test::FakeSignalSource;
using train::test::FakeStore;
using train::test::MemoryLog;
using train::test::StepClock;

inline const VersionName k_version = *VersionName::parse("3.4.0");
inline const VersionName k_live = *VersionName::parse("3.3.0");
inline const BuildNumber k_build = BuildNumber::from(340);
inline const Instant k_start = *parse_rfc3339("2026-11-30T09:00:00Z");
inline constexpr Duration k_day{86400};

// No gates and no sign-offs: what is due is due by the clock and the store alone.
inline App app_of(const std::string& name, StoreKind kind) {
  App app;
  app.name = name;
  app.part = part_of(kind);
  app.store_id = "com.example.charge";
  app.ladder.stages = {{Percent::whole(5), k_day, Duration(0)}, {k_percent_all, Duration(0), k_day}};
  return app;
}

class LoopTest : public testing::Test {
 protected:
  LoopTest() {
    definition.train = "charge";
    definition.apps = {app_of("android", StoreKind::google_play)};
    ports.log = &log;
    ports.clock = &clock;
    ports.stores["android"] = &android;
    android.serve_before(k_live, BuildNumber::from(330));
    android.add_build(k_version, k_build);
  }

  void add_ios() {
    definition.apps.push_back(app_of("ios", StoreKind::app_store));
    ports.stores["ios"] = &ios;
    ios.serve_before(k_live, BuildNumber::from(330));
    ios.add_build(k_version, k_build);
  }
  // Every app of the definition is in a release that has departed.
  void open_release() {
    say(event::Opened{k_version, false, std::nullopt, std::nullopt});
    say(event::Departed{k_version});
  }
  // Written by somebody else than the run under test: a person, or another run.
  void say(EventBody body, const std::string& by = "ana") {
    MemoryLog other(log.storage());
    const std::vector<NewEvent> one{{clock.now(), by, std::move(body)}};
    const auto added = other.append(events().size(), one);
    ASSERT_TRUE(added) << added.error().text();
  }

  void pass_without_gates() {
    event::SignedOff no_gates;
    no_gates.version = k_version;
    no_gates.item = "android:gate:any";
    say(no_gates, "ben");
  }

  Result<Report> advance() { return runner::advance(definition, ports, options); }
  void expect_advance() {
    const auto report = advance();
    ASSERT_TRUE(report) << report.error().text();
  }

  const std::vector<Event>& events() const { return log.storage()->events; }
  std::vector<std::string> kinds() const {
    std::vector<std::string> out;
    for (const auto& event : events()) out.emplace_back(kind_of(event.body));
    return out;
  }
  template <typename T>
  std::vector<T> all_of() const {
    std::vector<T> out;
    for (const auto& event : events()) {
      if (const auto* body = std::get_if<T>(&event.body)) out.push_back(*body);
    }
    return out;
  }
  std::vector<event::Outcome::Result> outcomes() const {
    std::vector<event::Outcome::Result> out;
    for (const auto& outcome : all_of<event::Outcome>()) out.push_back(outcome.result);
    return out;
  }

  StepClock clock{k_start};
  MemoryLog log;
  FakeStore android{FakeStore::Kind::direct, clock};
  FakeStore ios{FakeStore::Kind::reviewing, clock};
  Definition definition;
  Ports ports;
  Options options;
};

}  // namespace train::runner::test
