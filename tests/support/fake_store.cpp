#include "support/fake_store.hpp"

#include <algorithm>

#include "train/base/text.hpp"

namespace train::test {
namespace {

template <typename T>
std::optional<T> take_first(std::vector<T>& queue) {
  if (queue.empty()) return std::nullopt;
  T first = std::move(queue.front());
  queue.erase(queue.begin());
  return first;
}

tl::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorKind::refused, "The store refuses: " + what);
}

bool is_out(const SeenRelease& release) {
  return release.status == ReleaseStatus::serving || release.status == ReleaseStatus::halted;
}

Result<Done> set_status(SeenRelease& release, ReleaseStatus status) {
  release.status = status;
  release.raw = std::string(to_string(status));
  return Done{};
}

}  // namespace

void FakeStore::add_build(const VersionName& version, const BuildNumber& build, BuildState state) {
  auto& builds = builds_[version];
  std::erase_if(builds, [&](const SeenBuild& known) { return known.number == build; });
  builds.insert(builds.begin(), SeenBuild{build, state, "", ""});
}

void FakeStore::approve(const VersionName& version) { set_status(releases_.at(version), ReleaseStatus::approved); }

void FakeStore::stand(const VersionName& version, const BuildNumber& build, ReleaseStatus status, Percent percent) {
  auto& release = releases_[version];
  release.version = version;
  release.build = build;
  release.percent = percent;
  release.notes_set = true;
  set_status(release, status);
}

std::vector<std::string> FakeStore::writes() const {
  std::vector<std::string> out;
  std::copy_if(calls_.begin(), calls_.end(), std::back_inserter(out),
               [](const std::string& call) { return !starts_with(call, "observe"); });
  return out;
}

const SeenRelease* FakeStore::find(const VersionName& version) const {
  const auto known = releases_.find(version);
  return known == releases_.end() ? nullptr : &known->second;
}

Capabilities FakeStore::offers() {
  Capabilities out;
  out.uploads = this;
  out.testers = this;
  out.standbys = this;
  switch (kind_) {
    case Kind::reviewing:
      out.version_records = this;
      out.review = this;
      out.own_ladder = this;
      break;
    case Kind::direct:
      out.percentages = this;
      break;
  }
  return out;
}

Result<StoreView> FakeStore::observe(const Sought& sought, Depth depth) {
  const VersionName& version = sought.version;
  const std::string call = depth == Depth::full ? "observe full" : "observe summary";
  calls_.push_back(call);
  if (on_call) on_call(call);
  if (auto failure = take_first(failed_looks_)) return tl::unexpected(*failure);
  StoreView view;
  view.as_of = clock_.now();
  view.live = live_;
  if (const auto* known = find(version); known != nullptr && left_out_ == 0) view.release = *known;
  if (left_out_ > 0) --left_out_;
  if (depth == Depth::full && builds_.count(version) != 0) view.builds = builds_.at(version);
  return view;
}

Result<std::vector<SeenRelease>> FakeStore::served() {
  calls_.emplace_back("observe served");
  if (on_call) on_call("observe served");
  if (auto failure = take_first(failed_looks_)) return tl::unexpected(*failure);
  std::vector<SeenRelease> out;
  for (auto at = releases_.rbegin(); at != releases_.rend(); ++at) {
    if (at->second.status != ReleaseStatus::draft) out.push_back(at->second);
  }
  return out;
}

// A lost answer is the caller's whole knowledge: whether the change was made, only a look tells.
Result<Done> FakeStore::write(const std::string& call, const VersionName& version, const Change& change) {
  calls_.push_back(call);
  if (on_call) on_call(call);
  if (auto refusal = take_first(refusals_)) return tl::unexpected(*refusal);
  const auto loss = take_first(losses_);
  const auto lost = fail(ErrorKind::unknown_outcome, "The answer to `" + call + "` was lost.");
  if (loss == Loss::before_it_is_done) return lost;
  const auto known = releases_.find(version);
  SeenRelease changed = known == releases_.end() ? SeenRelease{} : known->second;
  changed.version = version;
  changed.notes_set = true;
  const auto done = change(changed);
  if (done) releases_[version] = changed;
  if (loss) return lost;
  return done;
}

bool FakeStore::has_ready(const Candidate& candidate) const {
  const auto known = builds_.find(candidate.version);
  return known != builds_.end() && std::any_of(known->second.begin(), known->second.end(), [&](const SeenBuild& build) {
           return build.number == candidate.build && build.state == BuildState::ready;
         });
}

Result<Done> FakeStore::upload_build(const Upload& upload) {
  calls_.push_back("upload_build");
  if (on_call) on_call("upload_build");
  if (!has_ready(upload.candidate)) add_build(upload.candidate.version, upload.candidate.build);
  return Done{};
}

Result<Done> FakeStore::create_version(const Candidate& candidate) {
  return write("create_version", candidate.version, [](SeenRelease&) { return Result<Done>(Done{}); });
}

Result<Done> FakeStore::reuse_version(const Candidate& candidate, const VersionName& held) {
  return write("reuse_version " + held.text(), candidate.version, [&](SeenRelease& release) -> Result<Done> {
    const auto known = releases_.find(held);
    if (known == releases_.end() || known->second.status != ReleaseStatus::draft) return refused("it is no draft.");
    release = known->second;
    release.version = candidate.version;
    releases_.erase(known);
    return Done{};
  });
}

Result<Done> FakeStore::attach_build(const Candidate& candidate) {
  return write("attach_build", candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (!has_ready(candidate)) return refused("build " + candidate.build.text() + " is not processed.");
    release.build = candidate.build;
    return Done{};
  });
}

Result<Done> FakeStore::retake_release(const Candidate& candidate) {
  return write("retake_release", candidate.version, [](SeenRelease& release) {
    release.releases_itself = false;
    return Result<Done>(Done{});
  });
}

Result<Done> FakeStore::set_release_notes(const Candidate& candidate, const Notes&) {
  return write("set_release_notes", candidate.version, [](SeenRelease&) { return Result<Done>(Done{}); });
}

Result<Done> FakeStore::submit(const Candidate& candidate) {
  return write("submit", candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (release.build != candidate.build) return refused("the version has no build.");
    if (release.status != ReleaseStatus::draft) return Done{};
    return set_status(release, ReleaseStatus::waiting_for_review);
  });
}

Result<Done> FakeStore::cancel_submission(const Candidate& candidate) {
  return write("cancel_submission", candidate.version,
               [](SeenRelease& release) { return set_status(release, ReleaseStatus::withdrawn); });
}

Result<Done> FakeStore::submit_standby(const Candidate& standby, const Notes& notes) {
  if (auto created = create_version(standby); !created) return created;
  if (auto attached = attach_build(standby); !attached) return attached;
  if (auto noted = set_release_notes(standby, notes); !noted) return noted;
  return submit(standby);
}

Result<Done> FakeStore::distribute(const Candidate& candidate, const std::string& group, const Notes&) {
  return write("distribute " + group, candidate.version, [](SeenRelease&) { return Result<Done>(Done{}); });
}

Result<Done> FakeStore::start_rollout(const Candidate& candidate, Percent to, const Notes&) {
  return write("start_rollout " + to.text(), candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (is_out(release)) return Done{};
    if (kind_ == Kind::reviewing && release.status != ReleaseStatus::approved) return refused("it is not approved.");
    if (!has_ready(candidate)) return refused("build " + candidate.build.text() + " is not processed.");
    release.build = candidate.build;
    release.percent = to;
    return set_status(release, ReleaseStatus::serving);
  });
}

namespace {

bool was_moved_meanwhile(const SeenRelease& release, const Candidate& candidate) {
  if (!candidate.decided_on) return false;
  const bool stopped = release.status == ReleaseStatus::halted && !candidate.decided_on->stopped;
  return stopped || release.percent < candidate.decided_on->percent;
}

}  // namespace

Result<Done> FakeStore::set_percent(const Candidate& candidate, Percent to) {
  return write("set_percent " + to.text(), candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (was_moved_meanwhile(release, candidate)) return refused("somebody has lowered it since this was decided.");
    if (release.status != ReleaseStatus::serving) return refused("it is not being served.");
    if (to < release.percent) return refused("a share never falls.");
    release.percent = to;
    return Done{};
  });
}

Result<Done> FakeStore::stop(const std::string& call, const Candidate& candidate) {
  return write(call, candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (!is_out(release)) return refused("it is not being served.");
    if (was_moved_meanwhile(release, candidate)) return refused("somebody has stopped it since this was decided.");
    return set_status(release, ReleaseStatus::halted);
  });
}

Result<Done> FakeStore::pause(const Candidate& candidate) { return stop("pause", candidate); }
Result<Done> FakeStore::halt(const Candidate& candidate) { return stop("halt", candidate); }

Result<Done> FakeStore::resume(const Candidate& candidate, Percent to) {
  return write("resume " + to.text(), candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (was_moved_meanwhile(release, candidate)) return refused("somebody has lowered it since this was decided.");
    if (!is_out(release)) return refused("it is not being served.");
    release.percent = std::max(release.percent, to);
    return set_status(release, ReleaseStatus::serving);
  });
}

Result<Done> FakeStore::complete(const Candidate& candidate) {
  return write("complete", candidate.version, [&](SeenRelease& release) -> Result<Done> {
    if (was_moved_meanwhile(release, candidate)) return refused("somebody has lowered it since this was decided.");
    if (!is_out(release)) return refused("it is not being served.");
    release.percent = k_percent_all;
    return set_status(release, ReleaseStatus::serving);
  });
}

Result<Done> FakeStore::release_standby(const Candidate& standby, const Candidate& bad, const Notes&) {
  if (auto stopped = stop("halt", bad); !stopped) return stopped;
  return start_rollout(standby, k_percent_all, {});
}

}  // namespace train::test
