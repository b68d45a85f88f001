// What the loop asks and tells besides the stores, in memory: signals, flags, channels.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "train/ports/flag_provider.hpp"
#include "train/ports/notifier.hpp"
#include "train/ports/signal_source.hpp"

namespace train::test {

// Answers by version; a version that it does not know has no data, as the port wants it: never a failure.
class FakeSignalSource final : public SignalSource {
 public:
  Measurement measure(const Signal& signal, const Subject& subject) override {
    asked.push_back(signal.name + " " + subject.version.text());
    const auto known = answers.find(subject.version.text());
    if (known != answers.end()) return known->second;
    Measurement none;
    none.state = Measurement::State::no_data;
    none.as_of = subject.now;
    return none;
  }
  void count(const std::string& version, double events, double exposures, Instant as_of) {
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = {events, exposures};
    seen.as_of = as_of;
    answers[version] = seen;
  }

  std::map<std::string, Measurement> answers;
  std::vector<std::string> asked;  // "crashes 3.4.0"
};

class FakeFlagProvider final : public FlagProvider {
 public:
  Result<std::string> get(const Flag& flag) override {
    const auto known = values.find(flag.name);
    if (known == values.end()) return fail(ErrorKind::not_found, "There is no flag " + flag.name + ".");
    return known->second;
  }
  Result<Done> set(const Flag& flag, const std::string& value) override {
    calls.push_back(flag.name + "=" + value);
    if (failure) return tl::unexpected(*failure);
    values[flag.name] = value;
    return Done{};
  }

  std::map<FlagName, std::string> values;
  std::vector<std::string> calls;  // "checkout=false"
  std::optional<Error> failure;    // of every set, which then changes nothing
};

class FakeNotifier final : public Notifier {
 public:
  Result<Done> send(const Channel&, const Message& message) override {
    if (failure) return tl::unexpected(*failure);
    sent.push_back(message);
    return Done{};
  }

  std::vector<Message> sent;
  std::optional<Error> failure;  // of every message
};

}  // namespace train::test
