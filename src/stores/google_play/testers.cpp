#include "testers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

constexpr std::array<std::pair<std::string_view, TesterStatus>, 6> k_tester_words{{
    {"DRAFT", TesterStatus::absent},
    {"NOT_SENT_FOR_REVIEW", TesterStatus::blocked},
    {"IN_REVIEW", TesterStatus::in_review},
    {"APPROVED_NOT_PUBLISHED", TesterStatus::blocked},
    {"NOT_APPROVED", TesterStatus::rejected},
    {"PUBLISHED", TesterStatus::testing},
}};

TesterStatus tester_status(std::string_view lifecycle) {
  const auto found = std::find_if(k_tester_words.begin(), k_tester_words.end(),
                                  [&](const auto& known) { return known.first == lifecycle; });
  return found == k_tester_words.end() ? TesterStatus::unknown : found->second;
}

}  // namespace

SeenTesters testers_of(const std::string& track, const std::vector<Summary>* listed, const BuildNumber& build) {
  if (listed == nullptr) return {track, TesterStatus::no_group, "the tracks that the Play Console shows under Testing"};
  for (const Summary& summary : *listed) {
    const bool ours = std::find(summary.codes.begin(), summary.codes.end(), build.number()) != summary.codes.end();
    if (!ours) continue;
    SeenTesters seen{track, tester_status(summary.lifecycle), printable(summary.lifecycle, 60)};
    if (seen.status == TesterStatus::blocked)
      seen.raw = fmt::format("somebody must send or publish it in the Play Console ({})", seen.raw);
    return seen;
  }
  return {track, TesterStatus::absent, {}};
}

}  // namespace train::stores::google_play
