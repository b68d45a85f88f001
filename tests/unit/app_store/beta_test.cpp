// TestFlight's words as the domain's, and what testers may be told.
#include <gtest/gtest.h>

#include "../../../src/stores/app_store/beta.hpp"
#include "train/domain/release_notes.hpp"

namespace train::stores::app_store {
namespace {

const GroupRow k_qa{"g1", "internal-qa", true, false};
const GroupRow k_everything{"g2", "everything", true, true};
const GroupRow k_field{"g3", "field-beta", false, false};

BetaRow beta(const std::string& number, const std::string& internal, const std::string& external,
             const std::vector<GroupRow>& groups) {
  BetaRow row;
  row.build.id = "b" + number;
  row.build.number = number;
  row.internal_state = internal;
  row.external_state = external;
  row.groups = groups;
  return row;
}

struct BetaCase {
  std::string name;
  std::string group;
  BetaRow build;
  TesterStatus status;
  Compliance compliance = Compliance::open;
};

void PrintTo(const BetaCase& row, std::ostream* out) { *out << row.name; }

class TestersOf : public testing::TestWithParam<BetaCase> {};

TEST_P(TestersOf, IsWhatAppleShows) {
  const auto& row = GetParam();
  const auto seen = testers_of(row.group, {k_qa, k_everything, k_field}, {row.build}, row.build, row.compliance);
  EXPECT_EQ(to_string(seen.status), to_string(row.status)) << seen.raw;
  EXPECT_EQ(seen.group, row.group);
}

BetaRow in_field(const std::string& external) { return beta("340", "IN_BETA_TESTING", external, {k_field}); }
BetaRow with_auto_notify(BetaRow row) {
  row.auto_notify = true;
  return row;
}

INSTANTIATE_TEST_SUITE_P(
    , TestersOf,
    testing::Values(
        BetaCase{"no_such_group", "field", in_field("BETA_APPROVED"), TesterStatus::no_group},
        BetaCase{"names_are_exact", "Field-beta", in_field("BETA_APPROVED"), TesterStatus::no_group},
        BetaCase{"internal_without", "internal-qa", beta("340", "READY_FOR_BETA_TESTING", "", {}),
                 TesterStatus::absent},
        BetaCase{"internal_with", "internal-qa", beta("340", "IN_BETA_TESTING", "", {k_qa}), TesterStatus::testing},
        BetaCase{"gets_every_build", "everything", beta("340", "IN_BETA_TESTING", "", {}), TesterStatus::testing},
        BetaCase{"internal_needs_no_review", "internal-qa",
                 beta("340", "READY_FOR_BETA_TESTING", "BETA_REJECTED", {k_qa}), TesterStatus::testing},
        BetaCase{"external_without", "field-beta", beta("340", "", "READY_FOR_BETA_SUBMISSION", {k_qa}),
                 TesterStatus::absent},
        BetaCase{"external_rejected_without", "field-beta", beta("340", "", "BETA_REJECTED", {}),
                 TesterStatus::rejected},
        BetaCase{"to_be_submitted", "field-beta", in_field("READY_FOR_BETA_SUBMISSION"), TesterStatus::unsubmitted},
        BetaCase{"waiting", "field-beta", in_field("WAITING_FOR_BETA_REVIEW"), TesterStatus::in_review},
        BetaCase{"in_review", "field-beta", in_field("IN_BETA_REVIEW"), TesterStatus::in_review},
        BetaCase{"rejected", "field-beta", in_field("BETA_REJECTED"), TesterStatus::rejected},
        BetaCase{"approved_untold", "field-beta", in_field("BETA_APPROVED"), TesterStatus::untold},
        BetaCase{"ready_untold", "field-beta", in_field("READY_FOR_BETA_TESTING"), TesterStatus::untold},
        BetaCase{"approved_tells_itself", "field-beta", with_auto_notify(in_field("BETA_APPROVED")),
                 TesterStatus::testing},
        BetaCase{"auto_notify_needs_the_review_too", "field-beta",
                 with_auto_notify(in_field("READY_FOR_BETA_SUBMISSION")), TesterStatus::unsubmitted},
        BetaCase{"testing", "field-beta", in_field("IN_BETA_TESTING"), TesterStatus::testing},
        BetaCase{"compliance_open", "field-beta", in_field("MISSING_EXPORT_COMPLIANCE"), TesterStatus::blocked},
        BetaCase{"compliance_ours", "field-beta", in_field("MISSING_EXPORT_COMPLIANCE"), TesterStatus::absent,
                 Compliance::answered_by_us},
        BetaCase{"compliance_reviewed", "field-beta", in_field("IN_EXPORT_COMPLIANCE_REVIEW"), TesterStatus::in_review},
        BetaCase{"processing", "field-beta", in_field("PROCESSING"), TesterStatus::in_review},
        BetaCase{"failed", "field-beta", in_field("PROCESSING_EXCEPTION"), TesterStatus::blocked},
        BetaCase{"expired", "field-beta", in_field("EXPIRED"), TesterStatus::blocked},
        BetaCase{"not_applicable", "field-beta", in_field("NOT_APPLICABLE"), TesterStatus::blocked},
        BetaCase{"a_new_word", "field-beta", in_field("ON_THE_MOON"), TesterStatus::unknown},
        BetaCase{"no_word", "field-beta", in_field(""), TesterStatus::unknown}),
    [](const auto& row) { return row.param.name; });

TEST(TestersOfTwoBuilds, OneInReviewKeepsTheOtherWaiting) {
  const auto ours = in_field("READY_FOR_BETA_SUBMISSION");
  const auto theirs = beta("339", "IN_BETA_TESTING", "IN_BETA_REVIEW", {k_field});
  const auto seen = testers_of("field-beta", {k_field}, {ours, theirs}, ours, Compliance::open);
  EXPECT_EQ(seen.status, TesterStatus::queued);
  EXPECT_EQ(seen.raw, "build 339 of this version is in beta review (IN_BETA_REVIEW)");
}

TEST(TestersOfTwoGroups, OfOneNameAreAPersonsMatter) {
  const auto build = in_field("IN_BETA_TESTING");
  const auto seen =
      testers_of("field-beta", {k_field, {"g9", "field-beta", true, false}}, {build}, build, Compliance::open);
  EXPECT_EQ(seen.status, TesterStatus::blocked);
  EXPECT_NE(seen.raw.find("2 groups"), std::string::npos);
}

TEST(TestersOfNoGroup, NamesThoseThereAre) {
  const auto build = in_field("BETA_APPROVED");
  EXPECT_EQ(testers_of("x", {k_qa, k_field}, {build}, build, Compliance::open).raw, "internal-qa, field-beta");
  EXPECT_EQ(testers_of("x", {}, {build}, build, Compliance::open).raw, "none");
}

TEST(BetaDocuments, AreReadLeniently) {
  const auto document = nlohmann::json::parse(R"({"data":[
    {"type":"builds","id":"b1","attributes":{"version":"340","processingState":"VALID"},
     "relationships":{"buildBetaDetail":{"data":{"type":"buildBetaDetails","id":"d1"}},
                      "betaGroups":{"data":[{"type":"betaGroups","id":"g1"},{"type":"betaGroups","id":"gone"}]}}},
    {"type":"builds","id":"b2","attributes":{"version":"339"}}],
    "included":[{"type":"buildBetaDetails","id":"d1","attributes":{"autoNotifyEnabled":true,
                 "internalBuildState":"IN_BETA_TESTING","externalBuildState":"NEW_WORD"}},
                {"type":"betaGroups","id":"g1","attributes":{"name":"qa","isInternalGroup":true}}]})");
  const auto rows = read_beta_builds(document);
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_TRUE(rows->at(0).auto_notify);
  EXPECT_EQ(rows->at(0).external_state, "NEW_WORD");
  ASSERT_EQ(rows->at(0).groups.size(), 1u);
  EXPECT_TRUE(rows->at(0).groups[0].internal);
  EXPECT_TRUE(rows->at(1).external_state.empty());
  EXPECT_FALSE(read_groups(nlohmann::json::parse(R"({"data":[{"type":"betaGroups","id":"g"}]})"))) << "nameless";
  EXPECT_FALSE(read_groups(nlohmann::json::parse(R"({"data":null})")));
}

struct NotesCase {
  std::string name;
  std::string text;
  std::string why;  // a part of it; empty: fits
};

TEST(TestNotes, AreRefusedBeforeAnyCallWhereAppleWould) {
  const std::vector<NotesCase> rows{
      {"plain", "Try the map.\nAnd the list.", ""},
      {"other_scripts", "Laden für 5 €, 試してください, ✓ done, → next", ""},
      {"empty", " \n", "empty"},
      {"at_the_limit", std::string(4000, 'x'), ""},
      {"bytes_not_letters", "ä" + std::string(3999, 'x'), "4001 bytes, at most 4000"},
      {"emoji", "Fine.\nFaster \xF0\x9F\x9A\x80", "line 2 has the emoji U+1F680"},
      {"old_emoji", "Watch \xE2\x8C\x9A", "U+231A"},
      {"variation", "\xE2\x9D\xA4\xEF\xB8\x8F", "U+FE0F"},
      {"less_than", "a < b", "line 1 has the sign <"},
      {"not_utf8", "\xFF", "not UTF-8"},
  };
  for (const auto& row : rows) {
    const auto why = unfit_for_testers(row.text);
    if (row.why.empty()) {
      EXPECT_EQ(why, "") << row.name;
    } else {
      EXPECT_NE(why.find(row.why), std::string::npos) << row.name << ": " << why;
    }
  }
}

}  // namespace
}  // namespace train::stores::app_store
