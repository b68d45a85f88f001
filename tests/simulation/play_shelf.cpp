#include "play_shelf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace train::simulation {

namespace play = stores::google_play;

PlayShelf::PlayShelf(PlayRules rules, Instant) : rules_(rules) {}

void PlayShelf::serve(const std::string& name, const VersionName& version, std::int64_t code,
                      const std::vector<std::int64_t>& further) {
  auto release = play::new_release({version, BuildNumber::from(code)}, {{}, 0, further});
  release.name = name;
  now_.track.push_back(play::with_status(release, play::Status::completed, std::nullopt));
  now_.lifecycle[code] = "PUBLISHED";
  now_.bundles.push_back({code, ""});
  version_of_[code] = version;
  touch();
}

const PlayShelf::Release* PlayShelf::find(const VersionName& version) const {
  const Release* best = nullptr;
  for (const auto& release : now_.track) {
    const auto known = version_of_.find(release.highest_code());
    const bool ours = known != version_of_.end() && known->second == version && release.status != play::Status::draft;
    if (ours && (best == nullptr || best->highest_code() < release.highest_code())) best = &release;
  }
  return best;
}

bool PlayShelf::is_published(const Release& release) const {
  const auto known = now_.lifecycle.find(release.highest_code());
  return known != now_.lifecycle.end() && known->second == "PUBLISHED";
}

Standing PlayShelf::standing(const VersionName& version) const {
  const auto* release = find(version);
  if (release == nullptr) return {};
  Standing out;
  out.exists = true;
  out.build = BuildNumber::from(release->highest_code());
  const bool halted = release->status == play::Status::halted;
  if (!is_published(*release)) {
    const auto& lifecycle = now_.lifecycle.at(release->highest_code());
    out.status = lifecycle == "NOT_APPROVED" ? ReleaseStatus::rejected : ReleaseStatus::in_review;
    out.on_its_way = out.status == ReleaseStatus::in_review && !halted;
    return out;
  }
  out.status = halted ? ReleaseStatus::halted : ReleaseStatus::serving;
  out.percent = release->fraction.value_or(k_percent_all);
  out.runs = !halted;
  return out;
}

std::optional<LiveVersion> PlayShelf::live_beside(const VersionName& version) const {
  std::optional<LiveVersion> best;
  for (const auto& release : now_.track) {
    const auto known = version_of_.find(release.highest_code());
    if (known == version_of_.end() || known->second == version || release.status != play::Status::completed) continue;
    if (!is_published(release)) continue;
    const auto build = BuildNumber::from(release.highest_code());
    if (!best || best->build < build) best = LiveVersion{known->second, build};
  }
  return best;
}

bool PlayShelf::is_overtaken(const VersionName& version) const {
  return std::any_of(now_.track.begin(), now_.track.end(), [&](const Release& release) {
    const auto known = version_of_.find(release.highest_code());
    return release.status != play::Status::draft && known != version_of_.end() && known->second > version;
  });
}

void PlayShelf::add_build(const VersionName& version, const BuildNumber& build) {
  const auto code = build.number().value_or(0);
  version_of_[code] = version;
  now_.bundles.push_back({code, ""});
  touch();
}

void PlayShelf::pass_time(Instant now) {
  for (auto review = reviews_.begin(); review != reviews_.end();) {
    if (review->second.until > now) {
      ++review;
      continue;
    }
    keep_picture(review->second.until);
    now_.lifecycle[review->first] = review->second.rejects ? "NOT_APPROVED" : "PUBLISHED";
    touch();
    review = reviews_.erase(review);
  }
}

void PlayShelf::keep_picture(Instant now) {
  constexpr std::size_t kept = 4;
  past_.emplace_back(now, now_);
  if (past_.size() > kept) past_.erase(past_.begin());
}

// A release that was there stays published and changes at once; a new one, and one sent again after a rejection, goes
// to the reviewers.
void PlayShelf::commit(Releases list, Instant now) {
  keep_picture(now);
  now_.track = std::move(list);
  for (const auto& release : now_.track) {
    const auto code = release.highest_code();
    const auto known = now_.lifecycle.find(code);
    if (release.status == play::Status::draft) {
      now_.lifecycle[code] = "DRAFT";
    } else if (known == now_.lifecycle.end() || known->second == "DRAFT" || known->second == "NOT_APPROVED") {
      now_.lifecycle[code] = "IN_REVIEW";
      Dice dice(mixed(rules_.seed, static_cast<std::uint64_t>(++committed_)));
      reviews_[code] = {now + rules_.review + Duration(dice.below(7200)), dice.chance(rules_.rejects)};
    }
  }
  touch();
}

void PlayShelf::call(std::int64_t code, const VersionName& version) {
  if (now_.lifecycle.count(code) == 0) version_of_[code] = version;
}

play::Answers PlayShelf::answers(Instant at, const LookFault& fault, bool closely) const {
  const Picture* shown = &now_;
  for (auto each = past_.rbegin(); each != past_.rend() && each->first > at - fault.late; ++each) shown = &each->second;
  play::Answers out;
  for (const auto& release : shown->track) {
    const auto lifecycle = shown->lifecycle.find(release.highest_code());
    out.summaries.push_back(
        {release.name, release.codes, lifecycle == shown->lifecycle.end() ? "DRAFT" : lifecycle->second});
  }
  if (fault.partial && !out.summaries.empty()) {
    const auto which = static_cast<std::ptrdiff_t>(fault.which % out.summaries.size());
    out.summaries.erase(out.summaries.begin() + which);
  }
  if (!closely) return out;
  out.track = now_.track;
  out.bundles = now_.bundles;
  return out;
}

std::vector<std::string> PlayShelf::of_others() const {
  std::vector<std::string> out;
  std::set<std::int64_t> served;
  for (const auto& release : now_.track) {
    if (release.status == play::Status::draft)
      out.push_back(fmt::format("draft {} ({})", release.name, release.highest_code()));
    else
      served.insert(release.codes.begin(), release.codes.end());
  }
  for (const auto code : served) {
    const bool is_old = version_of_.count(code) == 0;
    const bool drops = std::find(rules_.drop.begin(), rules_.drop.end(), code) != rules_.drop.end();
    if (is_old && !drops) out.push_back(fmt::format("build {} of old devices", code));
  }
  return out;
}

}  // namespace train::simulation
