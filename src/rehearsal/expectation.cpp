#include "expectation.hpp"

#include <fmt/format.h>

#include <array>

#include "rules.hpp"

namespace train::rehearsal {
namespace {

struct Rule {
  std::string_view pattern;
  Finding (*check)(const RunRecord&, const Slots&);
};

constexpr std::array k_rules{
    Rule{"APP never above PERCENT", never_above},
    Rule{"APP reaches PERCENT", reaches},
    Rule{"APP phase PHASE", phase_at_the_end},
    Rule{"release STATE", release_at_the_end},
    Rule{"ACTION happens", happens},
    Rule{"APP ACTION happens", happens},
    Rule{"ACTION never happens", never_happens},
    Rule{"APP ACTION never happens", never_happens},
    Rule{"ACTION before ACTION2", comes_before},
    Rule{"APP ACTION before ACTION2", comes_before},
    Rule{"ACTION before APP2 ACTION2", comes_before},
    Rule{"APP ACTION before APP2 ACTION2", comes_before},
    Rule{"ACTION before notify of TOPIC", comes_before},
    Rule{"APP ACTION before notify of TOPIC", comes_before},
    Rule{"breach of SIGNAL on APP", breached},
    Rule{"breach on APP", breached},
    Rule{"no breach", no_breach},
    Rule{"drift on APP", drifted},
    Rule{"overshoot on APP", overshot},
    Rule{"notified TOPIC", notified},
    Rule{"flag FLAG is VALUE", flag_is},
    Rule{"flag of SIGNAL is off", flag_of_signal_is_off},
    Rule{"every flag is off", flags_are_off},
    Rule{"each change once", each_change_once},
    Rule{"every rise has a pass", every_rise_has_a_pass},
    Rule{"a sign-off was voided", sign_off_voided},
    Rule{"exit CODE at the end", exit_at_the_end},
    Rule{"watched LENGTH after 100%", watched},
    Rule{"one runner acted", one_runner_acted},
    Rule{"a runner stepped back", stepped_back},
    Rule{"an answer was lost", answer_lost},
    Rule{"nothing failed", nothing_failed},
};

std::vector<std::string_view> patterns() {
  std::vector<std::string_view> out;
  for (const auto& rule : k_rules) out.push_back(rule.pattern);
  return out;
}

tl::expected<Expected, std::string> read_one(const std::string& text, const AppRoster& roster) {
  const auto reading = read_sentence(text, patterns(), roster);
  if (!reading) return tl::unexpected(reading.error());
  const auto check = k_rules[reading->pattern].check;
  return Expected{text, [check, slots = reading->slots](const RunRecord& record) { return check(record, slots); }};
}

}  // namespace

std::vector<std::string> expectation_patterns() {
  std::vector<std::string> out;
  for (const auto& rule : k_rules) out.emplace_back(rule.pattern);
  return out;
}

tl::expected<std::vector<Expected>, std::string> read_expectation(std::string_view text, const AppRoster& roster) {
  std::vector<Expected> out;
  for (const auto& said : for_each_app(text, roster)) {
    auto one = read_one(said.text, roster);
    if (!one) return tl::unexpected(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

}  // namespace train::rehearsal
