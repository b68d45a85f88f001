// A store as it really is, and what lies between it and one process of train. Each store has a shelf (the truth, with
// the store's rules, its clock and its console) and opens itself to a process as a `Store` that speaks over a line.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dice.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/store.hpp"

namespace train::simulation {

// Where one version really stands.
struct Standing {
  bool exists = false;
  ReleaseStatus status = ReleaseStatus::draft;
  Percent percent;          // who may have it, also while it is stopped; 0 before it is out
  bool runs = false;        // it is out and nobody has stopped it: more people get it
  bool on_its_way = false;  // it goes out although nobody does anything more
  bool off_sale = false;    // nobody gets anything of the app
  bool in_phases = false;   // the store gives it to more people by itself, in days
  std::optional<BuildNumber> build;

  Percent served() const { return runs ? percent : Percent(); }
};

// What somebody did in a store's console.
struct ConsoleAct {
  enum class Kind { halted, lowered, raised, set_going, released, changed_control, other };
  Kind kind = Kind::other;
  std::string what;
};

// What a line makes of a call.
enum class Fate { through, refused, unreachable, lost_before, lost_after };

struct LookFault {
  std::optional<Error> failure;  // nothing is shown
  Duration late{0};              // lists are as they were then
  bool partial = false;          // a list lacks one of its rows
  std::uint64_t which = 0;       // which one
};

class Line {
 public:
  virtual ~Line() = default;
  virtual Clock& clock() = 0;              // the process's own, which may be off
  virtual Instant time_there() const = 0;  // the store's
  virtual LookFault before_look() = 0;
  // Waits for its turn: writes of one process never happen at the same time here, so that a seed repeats.
  virtual Fate before_write(const std::string& call, const VersionName& version) = 0;
  virtual void after_write(const std::string& call, const VersionName& version, const Standing& before,
                           bool had_effect) = 0;
};

class Shelf {
 public:
  virtual ~Shelf() = default;
  virtual Standing standing(const VersionName& version) const = 0;
  // The newest version, other than this one, that everybody gets.
  virtual std::optional<LiveVersion> live_beside(const VersionName& version) const = 0;
  // A version with a higher number or code than this one's is in its place, on its way to users or with them.
  virtual bool is_overtaken(const VersionName& version) const = 0;
  virtual void add_build(const VersionName& version, const BuildNumber& build) = 0;
  // What the store does by itself until then.
  virtual void pass_time(Instant now) = 0;
  virtual std::optional<ConsoleAct> act_in_console(Dice& dice, const VersionName& version, Instant now) = 0;
  virtual std::unique_ptr<Store> open(Line& line) = 0;
  // What others have put there and no write of train's may touch: one line each.
  virtual std::vector<std::string> of_others() const = 0;
  int revision() const { return revision_; }  // rises with each change

 protected:
  void touch() { ++revision_; }

 private:
  int revision_ = 0;
};

// Sends one write over the line and applies it to the shelf as the line lets it.
Result<Done> send(Line& line, Shelf& shelf, const std::string& call, const VersionName& version,
                  const std::function<Result<Done>()>& change);

}  // namespace train::simulation
