// A store in memory, for one app: what it keeps, the rules it refuses by, and the answers it loses. It has the contract
// of ports/store.hpp as far as the loop needs it: tests/unit/runner/fake_store_test.cpp.
//
// Used by one thread at a time, as every store is.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/ports/clock.hpp"
#include "train/ports/store.hpp"

namespace train::test {

class FakeStore final : public Store,
                        private Uploads,
                        private VersionRecords,
                        private Review,
                        private Testers,
                        private Percentages,
                        private OwnLadder,
                        private Standbys {
 public:
  // Reviewing: a version is created, filled and submitted, and a person approves it (`approve`); it is released
  // afterwards, and its ladder is the store's. Direct: a release is served as soon as it is asked for, to any
  // percentage.
  enum class Kind { reviewing, direct };
  FakeStore(Kind kind, Clock& clock) : kind_(kind), clock_(clock) {}

  // ---- what happens on the store's side
  void serve_before(const VersionName& version, const BuildNumber& build) { live_ = LiveVersion{version, build}; }
  void add_build(const VersionName& version, const BuildNumber& build, BuildState state = BuildState::ready);
  void approve(const VersionName& version);
  // By somebody else: the version stands so from now on.
  void stand(const VersionName& version, const BuildNumber& build, ReleaseStatus status, Percent percent);

  // ---- what goes wrong, once each and in order
  enum class Loss { before_it_is_done, after_it_is_done };
  void lose_answer(Loss loss) { losses_.push_back(loss); }  // of the next write
  void refuse_write(Error error) { refusals_.push_back(std::move(error)); }
  void fail_look(Error error) { failed_looks_.push_back(std::move(error)); }
  void leave_out(int looks) { left_out_ = looks; }  // of the next ones: they do not show the release

  // ---- what was asked: "observe summary", "set_percent 5 %", "halt"
  const std::vector<std::string>& calls() const { return calls_; }
  std::vector<std::string> writes() const;
  std::function<void(const std::string& call)> on_call;  // before anything is done; may be empty
  const SeenRelease* find(const VersionName& version) const;

  // ---- the port
  Result<std::vector<SeenRelease>> served() override;
  Result<StoreView> observe(const Sought& sought, Depth depth) override;
  Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) override;
  Result<Done> resume(const Candidate& candidate, Percent to) override;
  Result<Done> complete(const Candidate& candidate) override;
  Result<Done> halt(const Candidate& candidate) override;
  Result<std::vector<Probe>> probe() override { return std::vector<Probe>(); }
  Capabilities offers() override;

 private:
  Result<Done> upload_build(const Upload& upload) override;
  Result<Done> create_version(const Candidate& candidate) override;
  Result<Done> reuse_version(const Candidate& candidate, const VersionName& held) override;
  Result<Done> attach_build(const Candidate& candidate) override;
  Result<Done> set_release_notes(const Candidate& candidate, const Notes& notes) override;
  Result<Done> retake_release(const Candidate& candidate) override;
  Result<Done> submit(const Candidate& candidate) override;
  Result<Done> cancel_submission(const Candidate& candidate) override;
  Result<Done> submit_standby(const Candidate& standby, const Notes& notes) override;
  Result<Done> distribute(const Candidate& candidate, const std::string& group, const Notes& notes) override;
  Result<Done> set_percent(const Candidate& candidate, Percent to) override;
  Result<Done> pause(const Candidate& candidate) override;
  Result<Done> release_standby(const Candidate& standby, const Candidate& bad, const Notes& notes) override;

  using Change = std::function<Result<Done>(SeenRelease& release)>;
  Result<Done> write(const std::string& call, const VersionName& version, const Change& change);
  bool has_ready(const Candidate& candidate) const;
  Result<Done> stop(const std::string& call, const Candidate& candidate);

  Kind kind_;
  Clock& clock_;
  std::optional<LiveVersion> live_;
  std::map<VersionName, std::vector<SeenBuild>> builds_;
  std::map<VersionName, SeenRelease> releases_;
  std::vector<Loss> losses_;
  std::vector<Error> refusals_;
  std::vector<Error> failed_looks_;
  int left_out_ = 0;
  std::vector<std::string> calls_;
};

}  // namespace train::test
