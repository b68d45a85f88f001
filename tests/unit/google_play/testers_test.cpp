// Tracks that the definition names and the app does not have: told by `check`, with those it has.
#include "../../../src/stores/google_play/testers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace train::stores::google_play {
namespace {

using testing::HasSubstr;

App app_with(const std::string& track, std::vector<std::string> testers) {
  App app;
  GooglePlayApp own;
  own.track = track;
  app.part = own;
  app.testers = std::move(testers);
  return app;
}

const std::vector<std::string> k_tracks{"production", "beta", "alpha", "internal", "qa-team"};

TEST(PlayTracks, ThatTheAppHasAreOneLine) {
  const auto lines = probe_of_tracks(app_with("production", {"internal", "qa-team"}), k_tracks);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].ok);
  EXPECT_EQ(lines[0].detail, "internal, qa-team");
}

TEST(PlayTracks, UnknownOnesAreNamedWithThoseThatExist) {
  const auto lines = probe_of_tracks(app_with("prodution", {"internal", "Closed testing", "field"}), k_tracks);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].what, "track prodution");
  EXPECT_FALSE(lines[0].ok);
  EXPECT_THAT(lines[0].detail, HasSubstr("it has production, beta, alpha, internal, qa-team. Is production meant?"));
  EXPECT_THAT(lines[1].detail, HasSubstr("Is alpha meant?"));
  EXPECT_EQ(lines[2].what, "track field");
}

TEST(PlayTracks, NothingIsSaidWhereTheyAreNotKnown) {
  EXPECT_TRUE(probe_of_tracks(app_with("production", {"field"}), {}).empty());
}

}  // namespace
}  // namespace train::stores::google_play
