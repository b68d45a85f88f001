// Where a signal is measured.
#pragma once

#include <map>
#include <string>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/evidence.hpp"

namespace train {

// What the query variables stand for; the adapter escapes them for its query language.
struct Subject {
  AppName app;
  std::string store_id{};  // its bundle id or package; empty: not known
  VersionName version;
  std::optional<BuildNumber> build;
  std::optional<VersionName> baseline_version;
  std::string platform;  // "ios" or "android"
  Instant start;         // when the version was first exposed, or now: counts are since then
  Instant now;
  Duration late{0};  // how much later the provider counts than it happens

  Instant end() const { return now - late; }  // what is counted ends here
};

// One source is asked by one thread at a time, and several sources at once.
class SignalSource {
 public:
  virtual ~SignalSource() = default;
  // Never fails: what could not be measured is a Measurement that says so and can only hold.
  virtual Measurement measure(const Signal& signal, const Subject& subject) = 0;
  // What one such look costs, in words for `check`: "one look reads 1.2 GB". Empty: nothing that the provider tells.
  virtual std::string cost(const Signal& /*signal*/, const Subject& /*subject*/) { return {}; }
};

}  // namespace train
