// The App Store as one process of train sees it.
#include "apple_shelf.hpp"

namespace train::simulation {
namespace {

class ApplePort final : public Store, VersionRecords, Review, OwnLadder, Withdrawal {
 public:
  ApplePort(AppleShelf& shelf, Line& line) : shelf_(shelf), line_(line) {}

  Result<StoreView> observe(const Sought& sought, Depth depth) override {
    const auto fault = line_.before_look();
    if (fault.failure) return tl::unexpected(*fault.failure);
    return shelf_.view(sought.version, fault, depth == Depth::full);
  }
  Result<std::vector<SeenRelease>> served() override { return std::vector<SeenRelease>(); }  // nobody asks here
  Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes&) override {
    return send("start_rollout " + to.text(), candidate,
                [&] { return shelf_.release(candidate.version, candidate.staged); });
  }
  Result<Done> resume(const Candidate& candidate, Percent) override {
    return send("resume", candidate, [&] { return shelf_.move_phase(candidate, "ACTIVE"); });
  }
  Result<Done> complete(const Candidate& candidate) override {
    return send("complete", candidate, [&] { return shelf_.move_phase(candidate, "COMPLETE"); });
  }
  Result<Done> halt(const Candidate& candidate) override {
    return send("halt", candidate, [&] { return shelf_.move_phase(candidate, "PAUSED"); });
  }
  Result<std::vector<Probe>> probe() override { return std::vector<Probe>(); }
  Capabilities offers() override {
    Capabilities out;
    out.version_records = this;
    out.review = this;
    out.own_ladder = this;
    out.withdrawal = this;
    return out;
  }

 private:
  template <typename Change>
  Result<Done> send(const std::string& call, const Candidate& candidate, const Change& change) {
    return simulation::send(line_, shelf_, call, candidate.version, change);
  }

  Result<Done> create_version(const Candidate& candidate) override {
    return send("create_version", candidate, [&] { return shelf_.create(candidate.version); });
  }
  Result<Done> reuse_version(const Candidate& candidate, const VersionName& held) override {
    return send("reuse_version " + held.text(), candidate, [&] { return shelf_.rename(held, candidate.version); });
  }
  Result<Done> attach_build(const Candidate& candidate) override {
    return send("attach_build", candidate, [&] { return shelf_.attach(candidate.version, candidate.build); });
  }
  Result<Done> set_release_notes(const Candidate& candidate, const Notes&) override {
    return send("set_release_notes", candidate, [&] { return shelf_.set_notes(candidate.version); });
  }
  Result<Done> retake_release(const Candidate& candidate) override {
    return send("retake_release", candidate, [&] { return shelf_.cancel(candidate.version); });
  }
  Result<Done> submit(const Candidate& candidate) override {
    // As the adapter does: released by hand, and in phases where the ladder has stages.
    return send("submit", candidate, [&] { return shelf_.submit(candidate.version, candidate.staged); });
  }
  Result<Done> cancel_submission(const Candidate& candidate) override {
    return send("cancel_submission", candidate, [&] { return shelf_.cancel(candidate.version); });
  }
  Result<Done> submit_standby(const Candidate&, const Notes&) override {
    return fail(ErrorKind::internal, "No standby is simulated.");
  }
  Result<Done> pause(const Candidate& candidate) override {
    return send("pause", candidate, [&] { return shelf_.move_phase(candidate, "PAUSED"); });
  }
  Result<Done> remove_from_sale(const Candidate& candidate) override {
    return send("remove_from_sale", candidate, [&] { return shelf_.remove_from_sale(); });
  }

  AppleShelf& shelf_;
  Line& line_;
};

}  // namespace

std::unique_ptr<Store> AppleShelf::open(Line& line) { return std::make_unique<ApplePort>(*this, line); }

}  // namespace train::simulation
