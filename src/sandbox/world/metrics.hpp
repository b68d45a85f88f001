// What the example's users would do: sessions accrue with the clock and the share each version serves, and a rate of
// them goes wrong: exactly that rate, or by chance. The same clock, acts and seed give the same numbers, however the
// clock was moved.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox {

inline constexpr std::int64_t k_sessions_a_day = 100'000;  // at 100 %

// What POST /_sandbox/health changes; absent: as it was. Rates are fractions.
struct HealthChange {
  std::optional<double> crash_rate;
  std::optional<double> payment_failure_rate;
  std::optional<double> response_p95;  // seconds
  std::optional<bool> silent;
  std::map<std::string, double> signals;  // a signal by its own name: the rate, or the level
};

struct Selector {
  std::string metric;
  std::vector<std::pair<std::string, std::string>> labels;  // all must be equal
  std::optional<std::string> label(std::string_view name) const;
};

class Metrics {
 public:
  // With a seed each exposure goes wrong or does not, by the rate; without one every so many do.
  explicit Metrics(std::optional<std::uint64_t> chance = std::nullopt) : chance_(chance) {}

  // The series of this version exist from now on, at 0.
  void know(const AppName& app, const VersionName& version, Instant at);
  void set_share(const AppName& app, const VersionName& version, Percent share, Instant at);
  void change(const AppName& app, const VersionName& version, const HealthChange& change, Instant at);

  // What the users of a version did until `at`; nothing when there is no such version.
  Usage usage(const AppName& app, const VersionName& version, Instant at) const;

  // The values of the matching series; empty when there is none. `usage` for a metric that does not exist here.
  Result<std::vector<double>> select(const Selector& selector, Instant at) const;

 private:
  // Events of one kind: those up to the last change of the rate, then the rate times what came since.
  struct Accrual {
    double rate = 0;
    double before = 0;
    double exposures_then = 0;
    std::optional<std::uint64_t> chance{};
    mutable std::int64_t drawn_until = 0;  // exposures that were drawn since the last change, and how many went wrong
    mutable double drawn = 0;

    double at(double exposures) const;
    void change(double new_rate, double exposures);

   private:
    double drawn_at(double exposures) const;
  };
  struct Series {
    Instant since;
    Percent share;
    std::int64_t basis_point_seconds = 0;  // served until `since`
    Accrual crashes{0.002};
    Accrual payment_failures{0.005};
    Accrual others{0.002};
    double response_p95 = 0.8;
    bool silent = false;
    std::map<std::string, Accrual, std::less<>> signals;  // those with a rate of their own
    std::map<std::string, double, std::less<>> levels;

    double sessions(Instant at) const;
    double payments(Instant at) const { return sessions(at) / 10; }
    const Accrual& followed(std::string_view signal) const;
    double exposures(std::string_view signal, Instant at) const;
    double level(std::string_view signal) const;
    std::optional<double> value(const Selector& selector, Instant at) const;
  };
  using Key = std::pair<AppName, VersionName>;
  Series& series(const AppName& app, const VersionName& version, Instant at);

  std::optional<std::uint64_t> chance_;
  std::map<Key, Series> series_;
};

}  // namespace train::sandbox
