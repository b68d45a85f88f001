#include "announcement.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "gates/words.hpp"
#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

namespace train::engine {
namespace {

struct Announcement {
  Topic topic;
  VersionName version;
  AppName app;
  std::string headline;
};

// "; ways out: standby (recommended), halt, hotfix: `train rollback android --dry-run`"
std::string ways_of(const event::Breached& e) {
  std::vector<std::string> names;
  for (const auto& way : e.ways) names.push_back(way.way + (names.empty() ? " (recommended)" : ""));
  if (names.empty()) return {};
  return fmt::format("; ways out: {}: `train rollback {} --dry-run`", join(names, ", "), e.app);
}

struct Teller {
  const State& before;

  std::optional<Announcement> operator()(const event::StageReached& e) const {
    // The same stage again only adds baselines; nobody needs to hear of that.
    const auto* release = before.find(e.version);
    const auto* app = release == nullptr ? nullptr : release->find(e.app);
    if (app != nullptr && app->stage == e.stage) return std::nullopt;
    return Announcement{
        Topic::stage, e.version, e.app,
        fmt::format("{} {} is at {} (stage {}){}", e.app, e.version.text(), e.percent.text(), e.stage,
                    e.overshoot ? ", past what was allowed: the store climbed before anybody stopped it" : "")};
  }
  std::optional<Announcement> operator()(const event::Breached& e) const {
    return Announcement{Topic::breach, e.version, e.app,
                        fmt::format("{} {}: {} breaches: {}; reaction: {}{}", e.app, e.version.text(), e.evidence.id(),
                                    e.evidence.why, to_string(e.reaction.value_or(Reaction::investigate)), ways_of(e))};
  }
  std::optional<Announcement> operator()(const event::Warned& e) const {
    return Announcement{Topic::breach, e.version, e.app,
                        fmt::format("{} {}: {} looks bad ({}); not yet enough to act on", e.app, e.version.text(),
                                    e.evidence.id(), e.evidence.why)};
  }
  std::optional<Announcement> operator()(const event::Outcome& e) const {
    const auto found = before.open.find(e.operation);
    if (found == before.open.end() || e.result != event::Outcome::Result::done) return std::nullopt;
    const Step& step = found->second.intent.step;
    if (step.action == Action::remove_from_sale) {
      return Announcement{Topic::halt, step.version, step.app,
                          fmt::format("{} is off sale in every storefront, on every platform", step.app)};
    }
    if (step.action == Action::release_standby) {
      return Announcement{
          Topic::rollback, step.version, step.app,
          fmt::format("{} {} is going out in place of {}", step.app, step.subject, step.version.text())};
    }
    if (step.action == Action::cancel_standby) {
      return Announcement{
          Topic::rollback, step.version, step.app,
          fmt::format("the standby {} of {} has stepped aside: {}", step.subject, step.app,
                      step.because.empty() ? std::string("its place is needed") : step.because.front().seen)};
    }
    if (is_on_recovery(step.action)) return of_recovery(step, found->second.intent.why);
    if (step.action != Action::halt) return std::nullopt;
    return Announcement{Topic::halt, step.version, step.app,
                        fmt::format("{} {} is halted in its store", step.app, step.version.text())};
  }
  // A draft reaches nobody, and nobody needs to hear of it.
  static std::optional<Announcement> of_recovery(const Step& step, const std::string& why) {
    const std::string builds = step.build ? step.build->text() : std::string("unknown");
    std::string headline;
    if (step.action == Action::deploy_recovery)
      headline = fmt::format("users of {} build {} are asked to update: {}", step.app, builds, why);
    if (step.action == Action::widen_recovery)
      headline =
          fmt::format("more users of {} build {} are asked to update ({}): {}", step.app, builds, step.value, why);
    if (step.action == Action::cancel_recovery)
      headline = fmt::format("no further users of {} build {} are asked to update: {}", step.app, builds, why);
    if (headline.empty()) return std::nullopt;
    return Announcement{Topic::rollback, step.version, step.app, std::move(headline)};
  }
  std::optional<Announcement> operator()(const event::HaltOrdered& e) const {
    if (e.removal)
      return Announcement{Topic::halt, e.version, e.app, fmt::format("{} is being taken off sale: {}", e.app, e.why)};
    if (!e.rollback) return std::nullopt;  // the halt itself is told once it stands
    return Announcement{Topic::rollback, e.version, e.app,
                        fmt::format("{} {} is being rolled back: {}", e.app, e.version.text(), e.why)};
  }
  std::optional<Announcement> operator()(const event::WaitingForPeople& e) const {
    if (e.items.empty()) return std::nullopt;
    return Announcement{Topic::waiting_for_people,
                        e.version,
                        {},
                        fmt::format("{} waits for people: {}", e.version.text(), join(e.items, ", "))};
  }
  std::optional<Announcement> operator()(const event::Drifted& e) const {
    return Announcement{Topic::waiting_for_people, e.version, e.app,
                        fmt::format("{} {}: {}", e.app, e.version.text(), e.what)};
  }
  std::optional<Announcement> operator()(const event::RulesDiffer& e) const {
    return Announcement{Topic::waiting_for_people, e.version, e.app,
                        fmt::format("{} {}: the gate {} was changed while the release is out: {}", e.app,
                                    e.version.text(), e.signal, e.what)};
  }
  std::optional<Announcement> operator()(const event::Escalated& e) const {
    return Announcement{Topic::waiting_for_people, e.version, e.app,
                        fmt::format("{} {}: {}", e.app, e.version.text(), e.what)};
  }
  std::optional<Announcement> operator()(const event::Finished& e) const {
    return Announcement{Topic::stage, e.version, {}, e.version.text() + end_of(e)};
  }
  std::string end_of(const event::Finished& e) const {
    if (e.superseded) return " is over: a newer release took its place before it was done";
    std::vector<std::string> rolled_back;
    if (const auto* release = before.find(e.version)) {
      for (const auto& app : release->apps) {
        if (app_phase(app) == AppPhase::rolled_back) rolled_back.push_back(app.app);
      }
    }
    if (rolled_back.empty()) return " is done: out on every store, watched to the end";
    return " is over: its standby took its place on " + join(rolled_back, " and ");
  }

  std::optional<Announcement> operator()(const event::ForceUpdateDecided& e) const {
    return Announcement{
        Topic::rollback, e.version, e.app,
        fmt::format("people on {} {} are asked to update ({}): {}", e.app, e.version.text(), e.degree, e.why)};
  }

  std::optional<Announcement> operator()(const event::Counted& e) const {
    std::vector<std::string> fallen;
    for (const auto& signal : e.fell) fallen.push_back(fall_of(e, signal));
    if (fallen.empty()) return std::nullopt;
    return Announcement{
        Topic::stage, e.version, e.app,
        fmt::format("{} {}: {}; what was counted before is kept", e.app, e.version.text(), join(fallen, "; "))};
  }

  std::string fall_of(const event::Counted& e, const SignalName& signal) const {
    const auto* release = before.find(e.version);
    const auto* app = release == nullptr ? nullptr : release->find(e.app);
    const auto known = app == nullptr ? nullptr : &app->history;
    if (known == nullptr || known->count(signal) == 0) return "the counter of " + signal + " started again";
    const SignalHistory& history = known->at(signal);
    const auto now = e.ours.find(signal);
    if (now != e.ours.end() && history.ours.has_fallen(now->second))
      return fmt::format("the counter of {} started again: {} after {}", signal, counts_text(now->second.counts),
                         counts_text(history.ours.last->counts));
    return fmt::format("the live version's counter of {} started again", signal);
  }
  static std::string counts_text(const Counts& counts) {
    return gate_words::number(counts.events) + " of " + gate_words::number(counts.exposures);
  }

  // Not told: they are steps on the way to something that is.
  std::optional<Announcement> operator()(const event::Opened&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Departed&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::CandidateChosen&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::SignedOff&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Seen&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Intent&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Held&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Resumed&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::LevelSampled&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Abandoned&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Repaired&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Looked&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::DefinitionKnown&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::ChannelsSeen&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::MessagesDropped&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::Judged&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::RulesSet&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::StandbyChosen&) const { return std::nullopt; }
  std::optional<Announcement> operator()(const event::StandbySeen&) const { return std::nullopt; }
};

}  // namespace

std::optional<OutboxEntry> announcement_of(const State& before, const Event& event) {
  const auto words = std::visit(Teller{before}, event.body);
  if (!words) return std::nullopt;
  OutboxEntry out;
  out.seq = event.seq;
  out.topic = words->topic;
  out.version = words->version;
  out.app = words->app;
  out.headline = words->headline;
  out.at = event.at;
  out.by = event.by;
  return out;
}

}  // namespace train::engine
