#include "observe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "train/base/fault.hpp"
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

template <typename Listed>
bool carries(const Listed& listed, const BuildNumber& build) {
  return std::find(listed.codes.begin(), listed.codes.end(), build.number().value_or(0)) != listed.codes.end();
}

template <typename Listed>
bool is_sought(const Listed& listed, const Sought& sought) {
  if (sought.builds.empty() || TRAIN_FAULT("names_are_versions"))
    return version_in(listed.name, listed.codes) == sought.version;
  return std::any_of(sought.builds.begin(), sought.builds.end(),
                     [&](const BuildNumber& build) { return carries(listed, build); });
}

// The newest: an older candidate may still be listed.
template <typename Listed>
const Listed* find_sought(const std::vector<Listed>& all, const Sought& sought) {
  const Listed* best = nullptr;
  for (const Listed& each : all) {
    if (!is_sought(each, sought)) continue;
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
  const std::string lifecycle = summary == nullptr ? "not listed yet" : summary->lifecycle;
  std::string raw = release.status_word + ", " + lifecycle;
  if (!release.countries.empty()) raw += ", only " + release.countries;
  SeenRelease seen = start_with(version, release.codes, raw);
  if (release.status == Status::draft) return seen;
  // The list may be minutes behind a commit: whom it would serve is known, how far its review is not.
  seen.status_known = summary != nullptr;
  seen.status = summary == nullptr ? ReleaseStatus::serving : lifecycle_status(summary->lifecycle);
  if (seen.status == ReleaseStatus::serving) add_exposure(seen, release);
  // Halted while it is reviewed: nobody gets it, and nobody will when the review is over.
  if (seen.status == ReleaseStatus::in_review && release.status == Status::halted) seen.status = ReleaseStatus::halted;
  seen.percent_known = seen.percent_known && seen.status != ReleaseStatus::unknown;
  return seen;
}

// A list without the track tells nobody's percentage: it may be partial, so being alone on it is no proof of 100 %.
SeenRelease from_summary(const VersionName& version, const Summary& summary, [[maybe_unused]] std::size_t listed) {
  SeenRelease seen = start_with(version, summary.codes, summary.lifecycle);
  seen.status = lifecycle_status(summary.lifecycle);
  seen.percent_known = seen.status != ReleaseStatus::unknown && seen.status != ReleaseStatus::serving;
  if (TRAIN_FAULT("alone_is_everybody") && listed == 1 && seen.status == ReleaseStatus::serving) {
    seen.percent_known = true;
    seen.percent = k_percent_all;
  }
  return seen;
}

// None of the candidates is there, and a release with a higher code is.
std::optional<SeenRelease> superseded(const Answers& answers, const Sought& sought) {
  const auto newest = std::max_element(sought.builds.begin(), sought.builds.end());
  if (newest == sought.builds.end()) return std::nullopt;
  for (const Summary& summary : answers.summaries) {
    const auto code = highest(summary.codes);
    if (!code || *code <= *newest || summary.lifecycle == "DRAFT") continue;
    SeenRelease seen = start_with(sought.version, {}, fmt::format("not on the track; {} is newer", code->text()));
    seen.status = ReleaseStatus::superseded;
    seen.percent_known = false;
    return seen;
  }
  return std::nullopt;
}

std::optional<SeenRelease> find_release(const Answers& answers, const Sought& sought) {
  if (answers.track) {
    if (const TrackRelease* release = find_sought(*answers.track, sought))
      return from_track(answers, sought.version, *release);
  }
  const Summary* summary = find_sought(answers.summaries, sought);
  if (summary == nullptr) return superseded(answers, sought);
  SeenRelease seen = from_summary(sought.version, *summary, answers.summaries.size());
  // The two answers are moments apart; what only one of them has is held on until they agree.
  if (answers.track) seen.status_known = seen.percent_known = false;
  return seen;
}

template <typename Listed>
std::optional<LiveVersion> as_live(const Listed* listed) {
  if (listed == nullptr || listed->codes.empty()) return std::nullopt;
  if (TRAIN_FAULT("names_are_versions") && !version_in(listed->name, {})) return std::nullopt;
  LiveVersion live{version_in(listed->name, listed->codes).value_or(VersionName()), *highest(listed->codes), {}};
  for (const std::int64_t code : listed->codes) {
    if (BuildNumber::from(code) != live.build) live.further.push_back(BuildNumber::from(code));
  }
  std::sort(live.further.begin(), live.further.end());
  return live;
}

// Of several that are released to everybody, the newest that is published; of one that the list does not have yet,
// nobody knows whether its review is over, unless there is no other.
const TrackRelease* live_on_track(const Answers& answers, const Sought& sought) {
  const TrackRelease* published = nullptr;
  const TrackRelease* unlisted = nullptr;
  for (const TrackRelease& release : *answers.track) {
    if (release.status != Status::completed || is_sought(release, sought)) continue;
    const Summary* summary = find_summary(answers.summaries, release.codes);
    const bool newest = published == nullptr || release.highest_code() > published->highest_code();
    if (summary != nullptr && summary->lifecycle == k_published && newest) published = &release;
    const bool oldest = unlisted == nullptr || release.highest_code() < unlisted->highest_code();
    if (summary == nullptr && oldest) unlisted = &release;
  }
  return published != nullptr ? published : unlisted;
}

std::optional<LiveVersion> find_live(const Answers& answers, const Sought& sought) {
  if (answers.track) return as_live(live_on_track(answers, sought));
  // Without the track a staged release and the one below it look alike: only one alone is certain.
  const Summary* only = nullptr;
  for (const Summary& summary : answers.summaries) {
    if (summary.lifecycle != k_published || is_sought(summary, sought)) continue;
    if (only != nullptr) return std::nullopt;
    only = &summary;
  }
  return as_live(only);
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
    out.push_back(from_track(answers, version_in(release.name, release.codes).value_or(VersionName()), release));
  }
  std::sort(out.begin(), out.end(), [](const SeenRelease& a, const SeenRelease& b) { return a.build > b.build; });
  return out;
}

StoreView combine(const Answers& answers, const Sought& sought, Instant as_of) {
  StoreView view;
  view.as_of = as_of;
  view.release = find_release(answers, sought);
  view.live = find_live(answers, sought);
  if (!answers.bundles) return view;
  view.builds = builds_of(view, *answers.bundles);
  for (const Bundle& bundle : *answers.bundles) {
    const BuildNumber number = BuildNumber::from(bundle.code);
    if (!view.highest_build || number > *view.highest_build) view.highest_build = number;
  }
  return view;
}

}  // namespace train::stores::google_play
