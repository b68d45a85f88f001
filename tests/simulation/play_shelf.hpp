// Google Play in memory: one track as the list of releases that it is, with names that people may change, version
// codes, the reviewers' list beside it, and a console. What train reads and writes goes through the adapter's own pure
// functions (observe.hpp, track.hpp), so that their reading is tried too.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "google_play/observe.hpp"
#include "google_play/track.hpp"
#include "shelf.hpp"

namespace train::simulation {

struct PlayRules {
  Duration review{2 * 3600};
  int rejects = 0;  // percent
  std::uint64_t seed = 0;
  std::vector<std::int64_t> retain{};  // as the definition has them
  std::vector<std::int64_t> drop{};
};

class PlayShelf final : public Shelf {
 public:
  PlayShelf(PlayRules rules, Instant now);

  // Everybody has it. `name` is what a person called the release; `further` are old builds that old devices get.
  void serve(const std::string& name, const VersionName& version, std::int64_t code,
             const std::vector<std::int64_t>& further);

  Standing standing(const VersionName& version) const override;
  std::optional<LiveVersion> live_beside(const VersionName& version) const override;
  bool is_overtaken(const VersionName& version) const override;
  void add_build(const VersionName& version, const BuildNumber& build) override;
  void pass_time(Instant now) override;
  std::optional<ConsoleAct> act_in_console(Dice& dice, const VersionName& version, Instant now) override;
  std::unique_ptr<Store> open(Line& line) override;
  std::vector<std::string> of_others() const override;

  // ---- as the adapter sees it
  using Releases = stores::google_play::Releases;
  const PlayRules& rules() const { return rules_; }
  const Releases& track() const { return now_.track; }
  stores::google_play::Answers answers(Instant at, const LookFault& fault, bool closely) const;
  void commit(Releases list, Instant now);
  // A bundle carries no version: it becomes that of the release it goes out with. What is out keeps its own.
  void call(std::int64_t code, const VersionName& version);

 private:
  struct Picture {
    Releases track;
    std::map<std::int64_t, std::string> lifecycle;  // by highest code
    std::vector<stores::google_play::Bundle> bundles;
  };
  struct Reviewing {
    Instant until;
    bool rejects = false;
  };
  using Release = stores::google_play::TrackRelease;

  const Release* find(const VersionName& version) const;
  bool is_published(const Release& release) const;
  void keep_picture(Instant now);
  void replace(const Release& old, const Release& with, Instant now);
  std::optional<ConsoleAct> act_on_ours(Dice& dice, const Release& ours, Instant now);
  std::optional<ConsoleAct> act_beside(Dice& dice, const VersionName& version, Instant now);

  PlayRules rules_;
  Picture now_;
  std::vector<std::pair<Instant, Picture>> past_;  // what was until then; the last few
  std::map<std::int64_t, Reviewing> reviews_;
  std::map<std::int64_t, VersionName> version_of_;
  int committed_ = 0;
};

}  // namespace train::simulation
