// Tables of orders: what is given, who says what, and the events or the refusal that must come of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "train/event_log/codec.hpp"
#include "train/orders/order.hpp"
#include "unit/engine/scene.hpp"

namespace train::orders::test {

using engine::test::k_live;
using engine::test::k_version;
using engine::test::Scene;

// Each event as the log keeps it: `kind {data}`, on one line.
inline std::vector<std::string> written(const Events& events) {
  std::vector<std::string> out;
  for (const auto& body : *events) {
    const auto json = nlohmann::json::parse(event_log::to_json(Event{1, engine::test::k_start, "ana", body, {}, {}}));
    out.push_back(std::string(kind_of(body)) + " " + json["data"].dump());
  }
  return out;
}

using Given = void (*)(Scene&);
using Ordered = Events (*)(const Scene&);

struct Accepted {
  const char* name;
  Given given;
  Ordered order;
  std::vector<std::string> events;
};
struct Refused {
  const char* name;
  Given given;
  Ordered order;
  ErrorKind kind;
  const char* words;  // part of the message and its hint
};

// The name of a row is the name of its test.
inline constexpr auto by_name = [](const auto& row) { return std::string(row.param.name); };

inline void expect_accepted(const Accepted& row) {
  Scene scene;
  row.given(scene);
  const auto events = row.order(scene);
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(written(events), row.events);
}

inline void expect_refused(const Refused& row) {
  Scene scene;
  row.given(scene);
  const auto events = row.order(scene);
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().kind, row.kind);
  EXPECT_THAT(events.error().text(), testing::HasSubstr(row.words));
}

// ---- what may be given ----------------------------------------------------------------------------------------------

inline void nothing(Scene&) {}
inline void an_open_release(Scene& scene) { scene.open(); }
inline void an_ended_release(Scene& scene) {
  scene.open();
  scene.add(event::Abandoned{k_version, "superseded"}, "ana");
}
// iOS is in preparation; Android serves 5 % of its users.
inline void android_at_5(Scene& scene) {
  scene.open();
  scene.candidate("ios");
  scene.candidate("android");
  scene.seen("android", ReleaseStatus::serving, 5);
}
inline void a_breach_of_crashes(Scene& scene) {
  android_at_5(scene);
  event::Breached breached;
  breached.version = k_version;
  breached.app = "android";
  breached.reaction = Reaction::rollback;
  breached.evidence.signal = "crashes";
  scene.add(breached);
}

}  // namespace train::orders::test
