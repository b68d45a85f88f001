#include "observe.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

constexpr std::string_view k_published = "PUBLISHED";

constexpr std::array<std::pair<std::string_view, ReleaseStatus>, 6> k_lifecycles{{
    {"DRAFT", ReleaseStatus::draft},
    {"NOT_SENT_FOR_REVIEW", ReleaseStatus::held_by_store},
    {"IN_REVIEW", ReleaseStatus::in_review},
    {"APPROVED_NOT_PUBLISHED", ReleaseStatus::held_by_store},
    {"NOT_APPROVED", ReleaseStatus::rejected},
    {k_published, ReleaseStatus::serving},
}};

ReleaseStatus lifecycle_status(std::string_view lifecycle) {
  for (const auto& [word, status] : k_lifecycles) {
    if (word == lifecycle) return status;
  }
  return ReleaseStatus::unknown;
}

std::optional<BuildNumber> highest(const std::vector<std::int64_t>& codes) {
  if (codes.empty()) return std::nullopt;
  return BuildNumber::from(*std::max_element(codes.begin(), codes.end()));
}

// The newest of those that carry the version's name: an older candidate may still be listed.
template <typename Listed>
const Listed* find_named(const std::vector<Listed>& all, const VersionName& version) {
  const Listed* best = nullptr;
  for (const Listed& each : all) {
    if (!names_version(each.name, version)) continue;
    if (best == nullptr || highest(each.codes) > highest(best->codes)) best = &each;
  }
  return best;
}

SeenRelease start_with(const VersionName& version, const std::vector<std::int64_t>& codes, const std::string& raw) {
  SeenRelease seen;
  seen.version = version;
  seen.build = highest(codes);
  seen.raw = printable(raw, 200);
  seen.notes_set = true;  // notes go out with the rollout itself
  return seen;
}

// Published, and the track says to whom.
void add_exposure(SeenRelease& seen, const TrackRelease& release) {
  switch (release.status) {
    case Status::draft:
      seen.status = ReleaseStatus::draft;
      return;
    case Status::in_progress:
      seen.percent = release.fraction.value_or(Percent{});
      seen.percent_known = release.fraction.has_value();
      return;
    case Status::halted:
      seen.status = ReleaseStatus::halted;
      // A release halted after 100 % has no fraction: everybody could have it.
      seen.percent = release.fraction.value_or(k_percent_all);
      return;
    case Status::completed:
      seen.percent = k_percent_all;
      return;
    case Status::unknown:
      seen.status = ReleaseStatus::unknown;
      seen.percent_known = false;
      return;
  }
}

SeenRelease from_track(const Answers& answers, const VersionName& version, const TrackRelease& release) {
  const Summary* summary = find_summary(answers.summaries, release.codes);
  const std::string lifecycle = summary == nullptr ? "not listed" : summary->lifecycle;
  std::string raw = release.status_word + ", " + lifecycle;
  if (!release.countries.empty()) raw += ", only " + release.countries;
  SeenRelease seen = start_with(version, release.codes, raw);
  if (release.status == Status::draft) return seen;
  seen.status = summary == nullptr ? ReleaseStatus::unknown : lifecycle_status(summary->lifecycle);
  if (seen.status == ReleaseStatus::serving) add_exposure(seen, release);
  seen.percent_known = seen.percent_known && seen.status != ReleaseStatus::unknown;
  return seen;
}

SeenRelease from_summary(const Answers& answers, const VersionName& version, const Summary& summary) {
  SeenRelease seen = start_with(version, summary.codes, summary.lifecycle);
  seen.status = lifecycle_status(summary.lifecycle);
  if (seen.status == ReleaseStatus::unknown) seen.percent_known = false;
  if (seen.status != ReleaseStatus::serving) return seen;
  const auto published = std::count_if(answers.summaries.begin(), answers.summaries.end(),
                                       [](const Summary& each) { return each.lifecycle == k_published; });
  // A staged or halted release always has a fully released one beside it: alone it serves everybody.
  seen.percent_known = published == 1;
  if (seen.percent_known) seen.percent = k_percent_all;
  return seen;
}

// Gone from the track because a newer one took its place; to be told apart from never having been there.
std::optional<SeenRelease> superseded(const Answers& answers, const VersionName& version) {
  for (const Summary& summary : answers.summaries) {
    const auto named = version_in(summary.name);
    if (!named || *named <= version || summary.lifecycle == "DRAFT") continue;
    SeenRelease seen = start_with(version, {}, "not on the track; " + summary.name + " is newer");
    seen.status = ReleaseStatus::superseded;
    seen.percent_known = false;
    return seen;
  }
  return std::nullopt;
}

std::optional<SeenRelease> find_release(const Answers& answers, const VersionName& version) {
  if (answers.track) {
    if (const TrackRelease* release = find_named(*answers.track, version))
      return from_track(answers, version, *release);
  }
  const Summary* summary = find_named(answers.summaries, version);
  if (summary == nullptr) return superseded(answers, version);
  SeenRelease seen = from_summary(answers, version, *summary);
  // The two answers are moments apart; what only one of them has is held on until they agree.
  if (answers.track) seen.status = ReleaseStatus::unknown;
  if (answers.track) seen.percent_known = false;
  return seen;
}

std::optional<LiveVersion> live_of(const std::string& name, const std::vector<std::int64_t>& codes) {
  const auto version = version_in(name);
  const auto build = highest(codes);
  if (!version || !build) return std::nullopt;
  return LiveVersion{*version, *build};
}

std::optional<LiveVersion> find_live(const Answers& answers, const VersionName& version) {
  if (answers.track) {
    for (const TrackRelease& release : *answers.track) {
      const Summary* summary = find_summary(answers.summaries, release.codes);
      const bool out = summary != nullptr && summary->lifecycle == k_published;
      const bool full = release.status == Status::completed && out;
      if (full && !names_version(release.name, version)) return live_of(release.name, release.codes);
    }
  }
  // Without the track: of what is published beside ours, the fully released one is the oldest.
  const Summary* oldest = nullptr;
  for (const Summary& summary : answers.summaries) {
    if (summary.lifecycle != k_published || names_version(summary.name, version)) continue;
    if (oldest == nullptr || highest(summary.codes) < highest(oldest->codes)) oldest = &summary;
  }
  return oldest == nullptr ? std::nullopt : live_of(oldest->name, oldest->codes);
}

// Play does not tell a bundle's version name: those of the release and newer ones, or all that are newer than what is
// live.
std::vector<SeenBuild> builds_of(const StoreView& view, const std::vector<Bundle>& bundles) {
  BuildNumber above;
  if (view.live) above = view.live->build;
  std::vector<SeenBuild> builds;
  for (const Bundle& bundle : bundles) {
    const BuildNumber number = BuildNumber::from(bundle.code);
    const bool ours = view.release && view.release->build && *view.release->build <= number;
    if (ours || (!view.release && number > above)) builds.push_back({number, BuildState::ready, bundle.sha256, "kept"});
  }
  std::sort(builds.begin(), builds.end(), [](const SeenBuild& a, const SeenBuild& b) { return a.number > b.number; });
  return builds;
}

}  // namespace

const Summary* find_summary(const std::vector<Summary>& listed, const std::vector<std::int64_t>& codes) {
  for (const Summary& summary : listed) {
    const bool same = std::is_permutation(summary.codes.begin(), summary.codes.end(), codes.begin(), codes.end());
    if (same) return &summary;
  }
  return nullptr;
}

std::vector<SeenRelease> all_served(const Answers& answers) {
  std::vector<SeenRelease> out;
  if (!answers.track) return out;
  for (const TrackRelease& release : *answers.track) {
    if (release.status == Status::draft) continue;
    out.push_back(from_track(answers, version_in(release.name).value_or(VersionName()), release));
  }
  std::sort(out.begin(), out.end(), [](const SeenRelease& a, const SeenRelease& b) { return a.build > b.build; });
  return out;
}

StoreView combine(const Answers& answers, const VersionName& version, Instant as_of) {
  StoreView view;
  view.as_of = as_of;
  view.release = find_release(answers, version);
  view.live = find_live(answers, version);
  if (!answers.bundles) return view;
  view.builds = builds_of(view, *answers.bundles);
  for (const Bundle& bundle : *answers.bundles) {
    const BuildNumber number = BuildNumber::from(bundle.code);
    if (!view.highest_build || number > *view.highest_build) view.highest_build = number;
  }
  return view;
}

}  // namespace train::stores::google_play
