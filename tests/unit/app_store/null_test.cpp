// Apple's description of the API has no null, and Apple's examples do: a member that is null, and one that is missing,
// are the same to us. The built-in store leaves them out; this holds the other form.
#include <gtest/gtest.h>

#include "../../../src/stores/app_store/view.hpp"

namespace train::stores::app_store {
namespace {

using nlohmann::json;

json without_nulls(const json& value) {
  if (!value.is_structured()) return value;
  json kept = value.is_array() ? json::array() : json::object();
  for (const auto& [name, member] : value.items()) {
    if (member.is_null()) continue;
    if (value.is_array())
      kept.push_back(without_nulls(member));
    else
      kept[name] = without_nulls(member);
  }
  return kept;
}

json full_of_nulls() {
  return json::parse(R"({"data": [
    {"type": "appStoreVersions", "id": "7",
     "attributes": {"versionString": "3.4.0", "appVersionState": "PREPARE_FOR_SUBMISSION", "appStoreState": null,
                    "releaseType": null, "earliestReleaseDate": null},
     "relationships": {"build": {"data": null},
                       "appStoreVersionPhasedRelease": {"data": {"type": "appStoreVersionPhasedReleases", "id": "p"}}}}],
    "included": [
    {"type": "appStoreVersionPhasedReleases", "id": "p",
     "attributes": {"phasedReleaseState": "INACTIVE", "startDate": null, "totalPauseDuration": null,
                    "currentDayNumber": null}}]})");
}

TEST(AppStoreNulls, AreTheSameAsNothing) {
  for (const auto& document : {full_of_nulls(), without_nulls(full_of_nulls())}) {
    SCOPED_TRACE(document.dump());
    const auto rows = read_versions(document);
    ASSERT_TRUE(rows) << rows.error().text();
    const auto& version = rows->at(0);
    EXPECT_EQ(version.release_type, "");
    EXPECT_FALSE(version.build);
    ASSERT_TRUE(version.phase);
    EXPECT_EQ(version.phase->state, "INACTIVE");
    EXPECT_EQ(version.phase->day, 0);
    EXPECT_FALSE(version.phase->started);
    EXPECT_EQ(release_of(version).status, ReleaseStatus::draft);
  }
}

}  // namespace
}  // namespace train::stores::app_store
