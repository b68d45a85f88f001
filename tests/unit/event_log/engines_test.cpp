// What the list of engines promises to those who ask it: the loader, `log --verify`, the wiring and a stop without a
// log.
#include <gmock/gmock.h>

#include "log_fixture.hpp"
#include "train/event_log/catalog.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Engines : public LogTest {
 protected:
  LogAddress here() const { return LogAddress::in_directory(directory_); }
};

TEST_F(Engines, EverySchemeIsDescribedOnceAndAnActiveOneIsWhole) {
  for (const auto& scheme : EnumWords<LogScheme>::all) {
    int described = 0;
    for (const auto& each : catalog()) {
      if (each.keys.scheme != scheme.value) continue;
      ++described;
      EXPECT_THAT(std::string(each.keys.form), StartsWith(std::string(scheme.text) + ":"));
      EXPECT_EQ(each.keys.active, each.make != nullptr) << scheme.text;
      EXPECT_EQ(each.keys.active, each.verify != nullptr) << scheme.text;
      EXPECT_EQ(each.keys.active, each.repair != nullptr) << scheme.text;
    }
    EXPECT_EQ(described, 1) << scheme.text;
  }
}

TEST_F(Engines, ALogIsOpenedProvedAndFoundByItsAddressAlone) {
  const auto engine = engine_of(here());
  ASSERT_TRUE(engine) << engine.error().text();
  const auto log = (*engine)->make(here(), {"charge", {}, {}});
  ASSERT_TRUE(log) << log.error().text();
  ASSERT_TRUE((*log)->append(0, some(2)));
  const auto proved = (*engine)->verify(here(), "charge", "");
  ASSERT_TRUE(proved) << proved.error().text();
  EXPECT_EQ(proved->events, 2U);
  EXPECT_TRUE((*engine)->verify(here(), "charge", proved->head));
  EXPECT_FALSE((*engine)->verify(here(), "charge", std::string(64, 'a'))) << "another log's head";
  EXPECT_EQ(work_dir_of(here(), "charge"), home());
  EXPECT_THAT((*engine)->repair(here(), "charge"), StartsWith("Look at " + home().string()));
}

TEST_F(Engines, WhatIsNotActiveIsAnErrorThatNamesIt) {
  const LogAddress elsewhere{LogScheme::postgres, "//db.example/train"};
  const auto engine = engine_of(elsewhere);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().kind, ErrorKind::definition);
  EXPECT_THAT(engine.error().message, HasSubstr("postgres://db.example/train"));
  EXPECT_TRUE(work_dir_of(elsewhere, "charge").empty()) << "nothing of it is on this machine";
}

struct Address {
  const char* name;
  LogScheme scheme;
  const char* rest;
  const char* fault;  // empty: none
};
class LogAddressFault : public testing::TestWithParam<Address> {};

TEST_P(LogAddressFault, IsSaidByTheEngine) {
  for (const auto& each : catalog()) {
    if (each.keys.scheme != GetParam().scheme) continue;
    const auto fault = each.keys.fault(GetParam().rest);
    EXPECT_EQ(fault.has_value(), *GetParam().fault != '\0');
    EXPECT_THAT(fault.value_or(""), HasSubstr(GetParam().fault));
  }
}

INSTANTIATE_TEST_SUITE_P(
    , LogAddressFault,
    testing::Values(Address{"git", LogScheme::git, "origin#refs/train/charge", ""},
                    Address{"git_without_ref", LogScheme::git, "origin", "git:REMOTE#REF is wanted"},
                    Address{"git_empty_ref", LogScheme::git, "origin#", "git:REMOTE#REF is wanted"},
                    Address{"git_empty_remote", LogScheme::git, "#refs/train", "git:REMOTE#REF is wanted"},
                    Address{"s3", LogScheme::s3, "//releases/train", ""},
                    Address{"s3_no_bucket", LogScheme::s3, "///train", "s3://BUCKET/PREFIX is wanted"},
                    Address{"gcs_no_slashes", LogScheme::gcs, "releases", "gcs://BUCKET/PREFIX is wanted"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace train::event_log
