#include "runners.hpp"

#include <fmt/format.h>

#include <memory>
#include <thread>

#include "signer.hpp"
#include "train/by_hand/carry_out.hpp"

namespace train::rehearsal {

Result<Done> Runners::set_count(int count) {
  while (static_cast<int>(runners_.size()) > count) runners_.pop_back();
  while (static_cast<int>(runners_.size()) < count) {
    auto ports = wire_(environment_.definition(), environment_.clock());
    if (!ports) return tl::unexpected(ports.error());
    if (environment_.definition().source) {
      ports->ports.source = &environment_.repository();
      if (environment_.definition().source->build) ports->ports.builds = &environment_.repository();
    }
    bring_signer(*ports);
    runners_.push_back(std::move(*ports));
  }
  return Done{};
}

void Runners::bring_signer(runner::OwnedPorts& ports) const {
  if (ports.ports.archives == nullptr) return;
  auto signer = std::make_shared<StageSigner>(*ports.ports.archives);
  ports.ports.signer = signer.get();
  ports.owned.push_back(std::move(signer));
  for (const auto& rule : environment_.definition().standby)
    ports.ports.signing_keys[rule.app] = [] { return SigningKey(AndroidKey{}); };
}

Result<Done> Runners::look() {
  runner::Options options;
  options.on_event = [this](const Event& event) { recorder_.hear(event); };
  std::vector<std::optional<Result<runner::Report>>> reports(runners_.size());
  const auto run = [&](std::size_t i) {
    reports[i].emplace(runner::advance(environment_.definition(), runners_[i].ports, options));
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < runners_.size(); ++i) others.emplace_back(run, i);
  run(0);
  for (auto& other : others) other.join();
  record_.last_look_failed = false;
  for (const auto& report : reports) {
    if (*report) {
      record_.plan = (*report)->plan;
      note_failures(**report);
    } else if (report->error().kind == ErrorKind::conflict && runners_.size() > 1) {
      ++record_.stepped_back;  // somebody else was first: that is what is rehearsed
    } else if (report->error().kind == ErrorKind::internal || report->error().kind == ErrorKind::corrupt_state) {
      return tl::unexpected(report->error());
    } else {
      record_.last_look_failed = true;
      remember(report->error().message);
    }
  }
  return catch_up();
}

void Runners::note_failures(const runner::Report& report) {
  std::string seen;
  for (const auto& look : report.failed_looks) seen += look.app + " could not be read: " + look.error.message + " ";
  if (!report.failed_looks.empty() || !report.failed.empty()) record_.last_look_failed = true;
  if (!seen.empty()) {
    remember(std::move(seen));
  } else {
    last_failure_.clear();
  }
}

void Runners::remember(std::string what) {
  record_.failures.push_back(what);
  if (what == last_failure_) return;
  recorder_.note(environment_.clock().now(), {}, what);
  last_failure_ = std::move(what);
}

Result<Done> Runners::record(const std::string& person, const runner::Make& make) {
  auto recorded = runner::record(*runners_.front().ports.log, environment_.clock(), person, make);
  return recorded ? catch_up() : tl::unexpected(recorded.error());
}

// A provider of nothing but this parameter.
Result<runner::OwnedPorts> Runners::wire_alone(const Flag& parameter) {
  Definition alone;
  alone.train = environment_.definition().train;
  alone.file = environment_.definition().file;
  alone.directory = environment_.definition().directory;
  alone.state = environment_.definition().state;
  alone.flags = {parameter};
  return wire_(alone, environment_.clock());
}

Result<Done> Runners::carry_out(const std::string& person, const Command& command) {
  const auto& ports = runners_.front().ports;
  std::vector<runner::OwnedPorts> parameters;
  const auto recoveries = [&](const App& app) -> Result<Recoveries*> {
    auto* offered = ports.stores.at(app.name)->offers().recoveries;
    if (offered == nullptr) return fail(ErrorKind::internal, app.name + " is in a store without recoveries.");
    return offered;
  };
  const auto provider = [&](const Flag& parameter) -> Result<FlagProvider*> {
    auto wired = wire_alone(parameter);
    if (!wired) return tl::unexpected(wired.error());
    parameters.push_back(std::move(*wired));
    return parameters.back().ports.flags.at(parameter.name);
  };
  const by_hand::Hand hand{*ports.log, environment_.clock(), person, recoveries, provider};
  const auto done = by_hand::carry_out(environment_.definition(), hand, *command.order, command.arguments);
  if (auto heard = catch_up(); !heard) return heard;
  return done;
}

Result<std::vector<Event>> Runners::log() const { return runners_.front().ports.log->read(0); }

Result<Done> Runners::catch_up() {
  auto events = runners_.front().ports.log->read(recorder_.heard());
  if (!events) return tl::unexpected(events.error());
  for (const auto& event : *events) recorder_.hear(event);
  return Done{};
}

}  // namespace train::rehearsal
