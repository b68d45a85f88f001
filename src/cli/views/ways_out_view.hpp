// The rollback choice, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "text.hpp"
#include "train/engine/stopping.hpp"
#include "train/engine/ways_out.hpp"

namespace train::cli {

struct Choice {
  AppName app;
  VersionName version;
  std::vector<engine::WayOut> ways;  // the best one first
  bool recommends = false;           // the first one is the one to take
};

void show_choices(const std::vector<Choice>& choices, const Screen& screen);
// {"schema":"train.rollback/1","stops":[{"app","version","does","words"}],"flags":[…steps…],
//  "choices":[{"app","version","recommended","ways":[…]}]}
std::string choices_document(const std::vector<Choice>& choices, const std::vector<engine::AppStop>& stops,
                             const std::vector<Step>& flags);

}  // namespace train::cli
