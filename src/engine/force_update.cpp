#include "train/engine/force_update.hpp"
#include "train/domain/sign_off_item.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "requirements.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

bool fits(const ForceUpdateRow& row, const ForceUpdateFacts& facts) {
  return facts.severity >= row.severity && facts.share >= row.share && (!row.legal || facts.legal);
}

std::string words_of(const ForceUpdateRow& row) {
  return fmt::format("at least {}{}{}", to_string(row.severity),
                     row.share.is_zero() ? std::string() : ", at least " + row.share.text() + " on it",
                     row.legal ? ", law or safety" : "");
}

const ForceUpdateRow* row_for(const ForceUpdateRule& rule, const ForceUpdateFacts& facts) {
  const auto found =
      std::find_if(rule.table.begin(), rule.table.end(), [&](const ForceUpdateRow& row) { return fits(row, facts); });
  return found == rule.table.end() ? nullptr : &*found;
}

std::vector<Reason> reasons_of(const ForceUpdateFacts& facts) {
  return {{"severity", std::string(to_string(facts.severity)), "as somebody judged it"},
          {"share", facts.share.text() + " on " + facts.bad.text(), "as the store shows it"},
          {"fix", facts.fix ? facts.fix->text() + " is there for everybody" : "nothing newer is there for everybody",
           "a version to update to"},
          {"law or safety", facts.legal ? "asks for it" : "does not ask", "asks for it"},
          {"people", facts.can_update_here ? "can update where they are" : "cannot update where they are",
           "can update where they are"}};
}

}  // namespace

ForceUpdateDecision assess(const ForceUpdateRule& rule, const ForceUpdateFacts& facts) {
  ForceUpdateDecision out;
  out.bad = facts.bad;
  out.because = reasons_of(facts);
  if (!facts.fix) {
    out.because.push_back(
        {"decision", "none", "nobody is asked for what they cannot get: halt, switch off, or fix first"});
    return out;
  }
  const auto* row = row_for(rule, facts);
  if (row == nullptr) {
    out.because.push_back({"decision", "none", "no row of the table fits"});
    return out;
  }
  out.degree = row->degree;
  out.because.push_back({"decision", std::string(to_string(row->degree)), "the row \"" + words_of(*row) + "\""});
  if (out.degree == Degree::hard && !facts.can_update_here) {
    out.degree = Degree::soft;
    out.because.push_back({"decision", "soft", "hard would lock out people who cannot update where they are"});
  }
  if (out.degree == Degree::none) return out;
  out.minimum = facts.fix;
  out.grace = rule.grace;
  out.exempt = rule.exempt;
  if (const auto roles = rule.approvals.find(out.degree); roles != rule.approvals.end()) out.approvals = roles->second;
  return out;
}

Percent share_of(const State& state, const AppName& app, const VersionName& bad) {
  const auto* release = state.find(bad);
  const auto* progress = release == nullptr ? nullptr : release->find(app);
  return progress == nullptr || !progress->seen ? Percent() : progress->seen->percent;
}

std::optional<VersionName> fix_for(const State& state, const AppName& app, const VersionName& bad) {
  std::optional<VersionName> fix;
  const auto consider = [&](const VersionName& version) {
    if (version > bad && (!fix || version > *fix)) fix = version;
  };
  for (const auto& release : state.releases) {
    const auto* progress = release.find(app);
    if (progress == nullptr) continue;
    if (app_phase(*progress) == AppPhase::completed) consider(release.version);
    const bool out =
        progress->standby && progress->standby->seen && progress->standby->seen->status == ReleaseStatus::serving;
    if (out) consider(progress->standby->version);
  }
  return fix;
}

std::string force_update_item(const VersionName& bad, Degree degree, const std::string& role) {
  return text_of(item::ForceUpdate{bad, degree, role});
}

std::vector<std::string> missing_approvals(const Release& release, const ForceUpdateDecision& decision) {
  std::vector<std::string> out;
  for (const auto& role : decision.approvals) {
    auto item = force_update_item(decision.bad, decision.degree, role);
    if (!is_signed(release, item)) out.push_back(std::move(item));
  }
  return out;
}

int update_priority(const State& state, const AppName& app, const VersionName& version) {
  int priority = 0;
  for (const auto& release : state.releases) {
    const auto* progress = release.find(app);
    if (progress == nullptr || !progress->force_update || version <= release.version) continue;
    // Once a newer version has reached everybody, what follows it is a release like any other.
    const auto fix = fix_for(state, app, release.version);
    if (fix && *fix != version && version > *fix) continue;
    switch (parse_degree(progress->force_update->degree).value_or(Degree::none)) {
      case Degree::none:
        break;
      case Degree::nudge:
        priority = std::max(priority, 2);
        break;
      case Degree::soft:
        priority = std::max(priority, 4);
        break;
      case Degree::hard:
        priority = std::max(priority, 5);
        break;
    }
  }
  return priority;
}

}  // namespace train::engine
