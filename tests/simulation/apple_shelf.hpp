// The App Store in memory: version records with their states, one editable place, a review, the phased release with the
// store's own ticks, and a console. What train reads goes through the adapter's own pure functions (view.hpp).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app_store/view.hpp"
#include "shelf.hpp"

namespace train::simulation {

struct AppleRules {
  Duration queue{3600};
  Duration review{20 * 3600};
  Duration distribution{2 * 3600};  // from the release to the first user
  int rejects = 0;                  // percent
  std::uint64_t seed = 0;
};

class AppleShelf final : public Shelf {
 public:
  using Row = stores::app_store::VersionRow;

  AppleShelf(AppleRules rules, Instant now) : rules_(rules), now_(now) {}

  void serve(const VersionName& version, const BuildNumber& build);  // everybody has it

  Standing standing(const VersionName& version) const override;
  std::optional<LiveVersion> live_beside(const VersionName& version) const override;
  bool is_overtaken(const VersionName& version) const override;
  void add_build(const VersionName& version, const BuildNumber& build) override;
  void pass_time(Instant now) override;
  std::optional<ConsoleAct> act_in_console(Dice& dice, const VersionName& version, Instant now) override;
  std::unique_ptr<Store> open(Line& line) override;
  std::vector<std::string> of_others() const override { return {}; }

  // ---- as the adapter sees it, and asks of it
  StoreView view(const VersionName& version, const LookFault& fault, bool closely) const;
  Result<Done> create(const VersionName& version);
  Result<Done> rename(const VersionName& held, const VersionName& version);
  Result<Done> attach(const VersionName& version, const BuildNumber& build);
  Result<Done> set_notes(const VersionName& version);
  Result<Done> submit(const VersionName& version, bool phased);
  Result<Done> cancel(const VersionName& version);
  Result<Done> release(const VersionName& version, bool phased);
  Result<Done> move_phase(const VersionName& version, const std::string& to);
  Result<Done> move_phase(const Candidate& candidate, const std::string& to);  // as the adapter does
  Result<Done> remove_from_sale();

 private:
  struct Record {
    Row row;
    VersionName version;
    Instant created;
    Instant due;  // of the next thing that the store does by itself in this state
    bool rejects = false;
    bool notes = false;
    std::optional<Instant> paused;
    Duration paused_for{0};
  };

  Record* find(const VersionName& version);
  const Record* find(const VersionName& version) const;
  Result<Record*> wanted(const VersionName& version, const std::string& what);
  void move(Record& record, const std::string& state, Duration due_in = Duration(0));
  bool step(Record& record, Instant until);
  void go_live(Record& record);
  Instant next_tick(const Record& record) const;
  Row shown(const Record& record) const;
  std::optional<ConsoleAct> act_before_release(Dice& dice, Record& ours);

  AppleRules rules_;
  Instant now_;
  std::vector<Record> records_;
  std::map<VersionName, std::vector<BuildNumber>> builds_;
  bool removed_ = false;
  int submitted_ = 0;
};

}  // namespace train::simulation
