// Google Play as one process of train sees it.
#include <algorithm>
#include <utility>

#include "play_shelf.hpp"

namespace train::simulation {
namespace {

namespace play = stores::google_play;

class PlayPort final : public Store, Percentages {
 public:
  PlayPort(PlayShelf& shelf, Line& line) : shelf_(shelf), line_(line) {}

  Result<StoreView> observe(const Sought& sought, Depth depth) override {
    const auto fault = line_.before_look();
    if (fault.failure) return tl::unexpected(*fault.failure);
    const Instant now = line_.clock().now();
    auto answers = shelf_.answers(line_.time_there(), fault, depth == Depth::full);
    // As in the adapter: the look right after a step knows what the step has left, once the reviewers' list has it too.
    auto committed = std::exchange(committed_, std::nullopt);
    const auto is_listed = [&](const play::TrackRelease& release) {
      return play::find_summary(answers.summaries, release.codes) != nullptr;
    };
    if (!answers.track && committed && std::all_of(committed->begin(), committed->end(), is_listed))
      answers.track = std::move(committed);
    return play::combine(answers, sought, now);
  }
  Result<std::vector<SeenRelease>> served() override {
    const auto fault = line_.before_look();
    if (fault.failure) return tl::unexpected(*fault.failure);
    return play::all_served(shelf_.answers(line_.time_there(), fault, true));
  }
  Result<Done> start_rollout(const Candidate& candidate, Percent to, const Notes& notes) override {
    return change("start_rollout", candidate, to, [&](const play::Releases& present) -> play::NewList {
      shelf_.call(candidate.build.number().value_or(0), candidate.version);
      auto list = play::start_list(present, candidate, to, {notes, 0, shelf_.rules().retain});
      const bool again = list && !*list && shelf_.standing(candidate.version).status == ReleaseStatus::rejected;
      if (!again) return list;
      return std::optional(play::place(present, *play::find_ours(present, candidate), candidate.earlier));
    });
  }
  Result<Done> set_percent(const Candidate& candidate, Percent to) override {
    return change("set_percent", candidate, to,
                  [&](const auto& present) { return play::percent_list(present, candidate, to); });
  }
  Result<Done> resume(const Candidate& candidate, Percent to) override {
    return change("resume", candidate, to,
                  [&](const auto& present) { return play::resume_list(present, candidate, to); });
  }
  Result<Done> complete(const Candidate& candidate) override {
    return change("complete", candidate, k_percent_all,
                  [&](const auto& present) { return play::complete_list(present, candidate); });
  }
  Result<Done> halt(const Candidate& candidate) override {
    return change("halt", candidate, Percent(),
                  [&](const auto& present) { return play::halt_list(present, candidate); });
  }
  Result<std::vector<Probe>> probe() override { return std::vector<Probe>(); }
  Capabilities offers() override {
    Capabilities out;
    out.percentages = this;
    return out;
  }

 private:
  template <typename Plan>
  Result<Done> change(const std::string& what, const Candidate& candidate, Percent to, const Plan& plan) {
    const auto call = to.is_zero() ? what : what + " " + to.text();
    return send(line_, shelf_, call, candidate.version, [&]() -> Result<Done> {
      auto list = plan(shelf_.track());
      if (!list) return tl::unexpected(list.error());
      if (*list) {
        if (auto keeps = play::loses_nothing(shelf_.track(), **list, shelf_.rules().drop); !keeps)
          return tl::unexpected(keeps.error());
        committed_ = **list;
        shelf_.commit(std::move(**list), line_.time_there());
      }
      return Done{};
    });
  }

  PlayShelf& shelf_;
  Line& line_;
  std::optional<play::Releases> committed_;  // what the last step left on the track
};

}  // namespace

std::unique_ptr<Store> PlayShelf::open(Line& line) { return std::make_unique<PlayPort>(*this, line); }

}  // namespace train::simulation
