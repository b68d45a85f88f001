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

namespace {

// What the console shows of a track and what its API calls it: people copy the first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> k_console_names{{
    {"internal testing", "internal"},
    {"internal test", "internal"},
    {"closed testing", "alpha"},
    {"closed testing - alpha", "alpha"},
    {"closed", "alpha"},
    {"open testing", "beta"},
    {"open", "beta"},
    {"alpha testing", "alpha"},
    {"beta testing", "beta"},
}};

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::optional<std::string> meant_track(const std::string& written, const std::vector<std::string>& tracks) {
  const auto small = in_small_letters(written);
  for (const auto& [console, api] : k_console_names) {
    if (console == small && std::find(tracks.begin(), tracks.end(), api) != tracks.end()) return std::string(api);
  }
  const std::vector<std::string_view> names(tracks.begin(), tracks.end());
  return did_you_mean(written, names);
}

}  // namespace

std::vector<Store::Probe> probe_of_tracks(const App& app, const std::vector<std::string>& tracks) {
  std::vector<Store::Probe> lines;
  if (tracks.empty()) return lines;
  std::vector<std::string> named{app.google_play()->track};
  named.insert(named.end(), app.testers.begin(), app.testers.end());
  for (const auto& track : named) {
    if (std::find(tracks.begin(), tracks.end(), track) != tracks.end()) continue;
    auto detail = fmt::format("the app has no track of this name; it has {}", printable(join(tracks, ", "), 500));
    if (const auto meant = meant_track(track, tracks)) detail += fmt::format(". Is {} meant?", printable(*meant, 80));
    lines.push_back({"track " + printable(track, 80), false, std::move(detail),
                     "Write the track as the API calls it, or create it in the Play Console under Testing."});
  }
  if (lines.empty() && !app.testers.empty())
    lines.push_back({"testing tracks", true, printable(join(app.testers, ", "), 500), {}});
  return lines;
}

}  // namespace train::stores::google_play
