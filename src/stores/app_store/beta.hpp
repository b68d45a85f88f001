// TestFlight's documents as rows, and what they say about one group. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/store_view.hpp"
#include "wire.hpp"

namespace train::stores::app_store {

struct GroupRow {
  std::string id;
  std::string name;
  bool internal = false;    // the team itself: no review comes first
  bool all_builds = false;  // gets every build by itself
};

struct BetaRow {
  BuildRow build;
  std::string internal_state;  // empty while the build is being processed
  std::string external_state;
  bool auto_notify = false;  // Apple tells external testers as soon as they may have it
  std::vector<GroupRow> groups;
};

// ---- documents. invalid_answer when a row lacks its id, or a group its name.
Result<std::vector<GroupRow>> read_groups(const nlohmann::json& document);
// With buildBetaDetail and betaGroups included.
Result<std::vector<BetaRow>> read_beta_builds(const nlohmann::json& document);

bool has_group(const BetaRow& build, const std::string& group_id);
bool waits_for_compliance(const BetaRow& build);
// Another build than `build` of the same version that holds the one place in beta review; nullptr: none.
const BetaRow* in_beta_review_beside(const std::vector<BetaRow>& builds, const BetaRow& build);

// Whether the definition answers export compliance for a build that does not answer it itself.
enum class Compliance { answered_by_us, open };
SeenTesters testers_of(const std::string& name, const std::vector<GroupRow>& groups, const std::vector<BetaRow>& builds,
                       const BetaRow& build, Compliance compliance);
std::string names_of(const std::vector<GroupRow>& groups);  // "a, b"; "none" without any

}  // namespace train::stores::app_store
