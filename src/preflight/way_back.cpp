#include "train/preflight/way_back.hpp"

namespace train::preflight {
namespace {

Line standby_rule_line(const StandbyRule& rule) {
  Line line{"Way back", rule.app + " rollback build", Level::ok, "", ""};
  if (rule.key.empty()) {
    line.level = Level::failure;
    line.sentence = "there is no key to sign it with";
    line.remedy = "Give `standby." + rule.app + ".identity` (App Store) or `.keystore` (Google Play), and `password`.";
  } else if (!rule.notes) {
    line.level = Level::failure;
    line.sentence = "it has no notes that are true when an earlier version comes back";
    line.remedy = "Give `standby." + rule.app + ".notes`.";
  } else {
    line.sentence = "made of what is live, signed with " + rule.key.filename().string();
  }
  return line;
}

}  // namespace

Lines way_back_lines(const Definition& definition) {
  Lines lines;
  for (const auto& app : definition.apps) {
    const auto* rule = definition.find_standby(app.name);
    if (rule != nullptr) {
      lines.push_back(standby_rule_line(*rule));
    } else if (!definition.standby.empty()) {
      lines.push_back({"Way back", app.name + " rollback build", Level::warning,
                       "none is kept: after a halt only a new build goes forward", "Give `standby." + app.name + "`."});
    }
  }
  for (const auto& flag : definition.flags) {
    if (!flag.risky || flag.value_off) continue;
    lines.push_back({"Way back", "flag " + flag.name, Level::failure,
                     "it is risky, but has no value that switches it off", "Give it `value_off`."});
    lines.back().waiver_item = "risk:flag:" + flag.name;
  }
  return lines;
}

}  // namespace train::preflight
