// Whether a store offers what the table of facts declares of it, and nothing else. For every adapter and fake.
#pragma once

#include <string>
#include <vector>

#include "train/domain/store_facts.hpp"
#include "train/ports/store.hpp"

namespace train::test {

// One line for each capability that is declared but not offered, or offered but not declared.
inline std::vector<std::string> disagreements(const StoreFacts& facts, const Capabilities& offers) {
  std::vector<std::string> out;
  const auto compare = [&](const char* what, bool declared, bool offered) {
    if (declared != offered) out.push_back(std::string(what) + (declared ? " is not offered" : " is not declared"));
  };
  compare("uploads", facts.takes_archives(), offers.uploads != nullptr);
  compare("version_records", facts.reviews_apart(), offers.version_records != nullptr);
  compare("review", facts.reviews_apart(), offers.review != nullptr);
  compare("testers", facts.testers, offers.testers != nullptr);
  compare("percentages", facts.sets_percentages, offers.percentages != nullptr);
  compare("own_ladder", facts.climbs_by_itself(), offers.own_ladder != nullptr);
  compare("standbys", facts.standby, offers.standbys != nullptr);
  compare("withdrawal", facts.withdrawal, offers.withdrawal != nullptr);
  compare("recoveries", facts.recoveries, offers.recoveries != nullptr);
  return out;
}

}  // namespace train::test
