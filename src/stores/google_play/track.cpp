#include "track.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/fault.hpp"
#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

enum class Aim { expose, halt };

std::string describe(const TrackRelease& release) {
  std::string text = printable(release.status_word, 40);
  if (release.fraction) text += " at " + release.fraction->text();
  if (!release.countries.empty()) text += " in " + release.countries;
  return text;
}

tl::unexpected<Error> cannot(std::string_view verb, const Candidate& candidate, const std::string& why,
                             std::string hint) {
  return fail(
      ErrorKind::refused,
      fmt::format("Cannot {} {} ({}) on Google Play: {}.", verb, candidate.version.text(), candidate.build.text(), why),
      std::move(hint));
}

const std::string k_decide_again = "Nothing was changed. `train advance` looks again and decides on what it sees.";
const std::string k_look = "`train status --refresh` shows what the store serves.";

std::int64_t code_of(const Candidate& candidate) { return candidate.build.number().value_or(0); }

// Play keeps one release per status; a release that goes to everybody ends the older ones that were on their way.
bool makes_room(const TrackRelease& other, const TrackRelease& ours) {
  if (other.status == ours.status) return true;
  const bool older = other.highest_code() < ours.highest_code();
  return ours.status == Status::completed && older && other.status != Status::draft;
}

bool has_any(const TrackRelease& release, const std::vector<BuildNumber>& builds) {
  return std::any_of(builds.begin(), builds.end(),
                     [&](const BuildNumber& build) { return release.has_code(build.number().value_or(0)); });
}

NewList placed(std::string_view verb, const Releases& present, const Candidate& candidate, const TrackRelease& ours,
               Aim aim) {
  for (const TrackRelease& other : present) {
    const bool newer = !other.has_code(code_of(candidate)) && other.highest_code() > ours.highest_code();
    if (aim == Aim::expose && newer && other.status != Status::draft && makes_room(other, ours)) {
      return cannot(
          verb, candidate,
          fmt::format("{} ({}) is newer and {}", printable(other.name, 80), other.highest_code(), describe(other)),
          "A newer release is never replaced by an older one.");
    }
  }
  return std::optional<Releases>(place(present, ours, candidate.earlier));
}

TrackRelease exposed(const TrackRelease& ours, Percent to) {
  return to.is_all() ? with_status(ours, Status::completed, std::nullopt) : with_status(ours, Status::in_progress, to);
}

// 100 % is a status that goes to every country: nobody's restriction ends by the way.
NewList expose(std::string_view verb, const Releases& present, const Candidate& candidate, const TrackRelease& ours,
               Percent to) {
  if (to.is_all() && !ours.countries.empty()) {
    return cannot(verb, candidate,
                  fmt::format("it goes to {} only, and Play restricts no release at 100 %", ours.countries),
                  "Open it to all countries in the Play Console first, if that is meant; then run it again.");
  }
  return placed(verb, present, candidate, exposed(ours, to), Aim::expose);
}

bool serves(const TrackRelease& release, Percent to) {
  if (to.is_all()) return release.status == Status::completed;
  return release.status == Status::in_progress && release.fraction == to;
}

// Somebody has lowered it since the step was decided on: what was granted for that share is not granted for this one.
std::optional<std::string> lowered_meanwhile(const TrackRelease& release, const Candidate& candidate) {
  const Percent now = release.fraction.value_or(k_percent_all);
  if (!candidate.decided_on || now >= candidate.decided_on->percent) return std::nullopt;
  if (TRAIN_FAULT("lowered_meanwhile_is_overtaken")) return std::nullopt;
  return fmt::format("it serves {}, and served {} when this was decided: somebody has lowered it since", now.text(),
                     candidate.decided_on->percent.text());
}

// The release this candidate's code is in; the error says what to do when there is none.
Result<const TrackRelease*> require_ours(std::string_view verb, const Releases& present, const Candidate& candidate) {
  for (const TrackRelease& release : present) {
    if (release.has_code(code_of(candidate))) return &release;
  }
  return cannot(verb, candidate, "the track has no release of this build", k_look);
}

}  // namespace

const TrackRelease* find_ours(const Releases& present, const Candidate& candidate) {
  for (const TrackRelease& release : present) {
    if (release.has_code(code_of(candidate))) return &release;
  }
  for (const TrackRelease& release : present) {
    if (has_any(release, candidate.earlier)) return &release;
  }
  return nullptr;
}

Releases place(const Releases& present, const TrackRelease& ours, const std::vector<BuildNumber>& earlier) {
  Releases list;
  for (const TrackRelease& other : present) {
    const bool same = other.codes == ours.codes;
    const bool older_candidate = has_any(other, earlier) && other.status != Status::completed;
    if (!same && !older_candidate && !makes_room(other, ours)) list.push_back(other);
  }
  list.push_back(ours);
  return list;
}

std::vector<std::int64_t> lost_codes(const TrackRelease& live, const TrackRelease& ours) {
  auto theirs = live.codes;
  std::sort(theirs.rbegin(), theirs.rend());
  const auto is_new = [&](std::int64_t code) { return !live.has_code(code); };
  const auto replaced = static_cast<std::size_t>(std::count_if(ours.codes.begin(), ours.codes.end(), is_new));
  theirs.erase(theirs.begin(), theirs.begin() + static_cast<std::ptrdiff_t>(std::min(replaced, theirs.size())));
  std::erase_if(theirs, [&](std::int64_t code) { return ours.has_code(code); });
  return theirs;
}

Result<Done> loses_nothing(const Releases& present, const Releases& wanted, const std::vector<std::int64_t>& drop) {
  if (TRAIN_FAULT("live_codes_are_lost")) return Done{};
  const auto serves_all = [](const TrackRelease& release) { return release.status == Status::completed; };
  const auto ours = std::find_if(wanted.begin(), wanted.end(), serves_all);
  if (ours == wanted.end()) return Done{};
  for (const TrackRelease& live : present) {
    const bool stays =
        std::any_of(wanted.begin(), wanted.end(), [&](const TrackRelease& each) { return each.codes == live.codes; });
    if (!serves_all(live) || stays) continue;
    for (const std::int64_t code : lost_codes(live, *ours)) {
      if (std::find(drop.begin(), drop.end(), code) != drop.end()) continue;
      return fail(ErrorKind::refused,
                  fmt::format("Cannot release {} to everybody: users who get version code {} from the live release {} "
                              "would get nothing any more.",
                              printable(ours->name, 80), code, printable(live.name, 80)),
                  fmt::format("Give the app `retain: [{}]` to go on serving it, or `drop: [{}]`.", code, code));
    }
  }
  return Done{};
}

NewList start_list(const Releases& present, const Candidate& candidate, Percent to, const Details& details) {
  const TrackRelease* ours = find_ours(present, candidate);
  const bool same_build = ours != nullptr && ours->has_code(code_of(candidate));
  if (same_build && serves(*ours, to)) return std::optional<Releases>();
  if (same_build && ours->status != Status::draft) {
    return cannot("start the rollout of", candidate, "it is already " + describe(*ours), k_look);
  }
  TrackRelease fresh = new_release(candidate, details);
  if (ours != nullptr) keep_countries(fresh, *ours);  // of an older candidate of the same version
  return expose("start the rollout of", present, candidate, fresh, to);
}

NewList percent_list(const Releases& present, const Candidate& candidate, Percent to) {
  const auto ours = require_ours("change the percentage of", present, candidate);
  if (!ours) return tl::unexpected(ours.error());
  const TrackRelease& release = **ours;
  if (serves(release, to)) return std::optional<Releases>();
  if (release.status != Status::in_progress) {
    return cannot("change the percentage of", candidate, "it is " + describe(release),
                  release.status == Status::halted ? "`train resume` ends a halt, when a person wants it." : k_look);
  }
  if (release.fraction && to < *release.fraction) {
    return cannot("lower", candidate,
                  fmt::format("it serves {} and Play lowers no running rollout", release.fraction->text()),
                  "`train halt` stops it; a halted release resumes at any percentage.");
  }
  if (auto why = lowered_meanwhile(release, candidate))
    return cannot("change the percentage of", candidate, *why, k_decide_again);
  return expose("change the percentage of", present, candidate, release, to);
}

NewList resume_list(const Releases& present, const Candidate& candidate, Percent to) {
  const auto ours = require_ours("resume", present, candidate);
  if (!ours) return tl::unexpected(ours.error());
  if (serves(**ours, to)) return std::optional<Releases>();
  if ((*ours)->status != Status::halted) return cannot("resume", candidate, "it is " + describe(**ours), k_look);
  if (auto why = lowered_meanwhile(**ours, candidate)) return cannot("resume", candidate, *why, k_decide_again);
  return expose("resume", present, candidate, **ours, to);
}

NewList complete_list(const Releases& present, const Candidate& candidate) {
  return percent_list(present, candidate, k_percent_all);
}

// Whichever build of the release is out: a newer one that was added meanwhile keeps nobody from stopping it.
NewList halt_list(const Releases& present, const Candidate& candidate) {
  const TrackRelease* known = TRAIN_FAULT("a_stop_seeks_the_newest_build") ? nullptr : find_ours(present, candidate);
  const auto ours = known == nullptr ? require_ours("halt", present, candidate) : Result<const TrackRelease*>(known);
  if (!ours) return tl::unexpected(ours.error());
  const TrackRelease& release = **ours;
  if (release.status == Status::halted) return std::optional<Releases>();
  if (release.status != Status::in_progress && release.status != Status::completed) {
    return cannot("halt", candidate, "it is " + describe(release), "It serves nobody.");
  }
  return placed("halt", present, candidate, with_status(release, Status::halted, release.fraction), Aim::halt);
}

}  // namespace train::stores::google_play
