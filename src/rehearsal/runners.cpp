#include "runners.hpp"

#include <fmt/format.h>

#include <memory>
#include <thread>

#include "signer.hpp"

namespace train::rehearsal {

Result<Done> Runners::set_count(int count) {
  while (static_cast<int>(runners_.size()) > count) runners_.pop_back();
  while (static_cast<int>(runners_.size()) < count) {
    auto hands = wire_(stage_.definition(), stage_.clock());
    if (!hands) return tl::unexpected(hands.error());
    if (stage_.definition().source) {
      hands->hands.source = &stage_.repository();
      if (stage_.definition().source->build) hands->hands.builds = &stage_.repository();
    }
    bring_signer(*hands);
    runners_.push_back(std::move(*hands));
  }
  return Done{};
}

void Runners::bring_signer(runner::OwnedHands& hands) const {
  if (hands.hands.archives == nullptr) return;
  auto signer = std::make_shared<StageSigner>(*hands.hands.archives);
  hands.hands.signer = signer.get();
  hands.owned.push_back(std::move(signer));
  for (const auto& rule : stage_.definition().standby)
    hands.hands.signing_keys[rule.app] = [] { return SigningKey(AndroidKey{}); };
}

Result<Done> Runners::look() {
  runner::Options options;
  options.told = [this](const Event& event) { scribe_.hear(event); };
  std::vector<std::optional<Result<runner::Report>>> reports(runners_.size());
  const auto run = [&](std::size_t i) {
    reports[i].emplace(runner::advance(stage_.definition(), runners_[i].hands, options));
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < runners_.size(); ++i) others.emplace_back(run, i);
  run(0);
  for (auto& other : others) other.join();
  witness_.last_look_failed = false;
  for (const auto& report : reports) {
    if (*report) {
      witness_.plan = (*report)->plan;
      note_failures(**report);
    } else if (report->error().kind == ErrorKind::conflict && runners_.size() > 1) {
      ++witness_.stepped_back;  // somebody else was first: that is what is rehearsed
    } else if (report->error().kind == ErrorKind::internal || report->error().kind == ErrorKind::corrupt_state) {
      return tl::unexpected(report->error());
    } else {
      witness_.last_look_failed = true;
      remember(report->error().message);
    }
  }
  return catch_up();
}

void Runners::note_failures(const runner::Report& report) {
  std::string seen;
  for (const auto& look : report.failed_looks) seen += look.app + " could not be read: " + look.error.message + " ";
  if (!report.failed_looks.empty() || !report.failed.empty()) witness_.last_look_failed = true;
  if (!seen.empty()) {
    remember(std::move(seen));
  } else {
    last_failure_.clear();
  }
}

void Runners::remember(std::string what) {
  witness_.failures.push_back(what);
  if (what == last_failure_) return;
  scribe_.note(stage_.clock().now(), {}, what);
  last_failure_ = std::move(what);
}

Result<Done> Runners::record(const std::string& person, const runner::Make& make) {
  auto recorded = runner::record(*runners_.front().hands.log, stage_.clock(), person, make);
  if (!recorded && recorded.error().kind != ErrorKind::refused) return tl::unexpected(recorded.error());
  if (!recorded) scribe_.note(stage_.clock().now(), {}, person + ": " + recorded.error().message);
  return catch_up();
}

Result<std::vector<Event>> Runners::log() const { return runners_.front().hands.log->read(0); }

Result<Done> Runners::catch_up() {
  auto events = runners_.front().hands.log->read(scribe_.heard());
  if (!events) return tl::unexpected(events.error());
  for (const auto& event : *events) scribe_.hear(event);
  return Done{};
}

}  // namespace train::rehearsal
