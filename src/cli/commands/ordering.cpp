#include "ordering.hpp"

#include <fmt/core.h>
#include <chrono>
#include <iostream>
#include <map>

#include "train/base/text.hpp"
#include "train/engine/phase.hpp"

#include "views/json.hpp"
#include "views/text.hpp"

namespace train::cli {
namespace {

// How long each store took until it had accepted the standby, from the command's beginning.
class Stopwatch {
 public:
  void hear(const Event& event) {
    if (const auto* intent = std::get_if<event::Intent>(&event.body)) {
      if (intent->step.action == Action::release_standby) open_[intent->operation] = intent->step;
      return;
    }
    const auto* outcome = std::get_if<event::Outcome>(&event.body);
    const auto found = outcome == nullptr ? open_.end() : open_.find(outcome->operation);
    if (found == open_.end() || outcome->result != event::Outcome::Result::done) return;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began_;
    accepted_.push_back({found->second.app, found->second.subject, taken.count()});
  }
  const std::vector<Acceptance>& accepted() const { return accepted_; }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<std::string, Step> open_;
  std::vector<Acceptance> accepted_;
};

void show_accepted(const Context& context, const std::vector<Acceptance>& accepted) {
  for (const auto& one : accepted) {
    context.out() << fmt::format("{}: its store accepted {} {:.2f} s after the command\n", one.app, one.version,
                                 one.seconds);
  }
}

}  // namespace

Result<Done> known_app(const Definition& definition, const AppName& app) {
  if (app.empty() || definition.find_app(app) != nullptr) return Done{};
  std::vector<std::string> names;
  for (const auto& each : definition.apps) names.push_back(each.name);
  return fail(ErrorKind::usage, "There is no app `" + app + "`.", "The definition has: " + join(names, ", ") + ".");
}

bool confirmed(const Context& context, bool yes, const std::string& question) {
  if (yes) return true;
  if (!context.invocation.in_is_terminal) return false;
  context.err() << question << " [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

std::vector<AppName> apps_to_stop(const Definition& definition, const engine::Release& release, const AppName& only) {
  std::vector<AppName> out;
  for (const auto& app : definition.apps) {
    const auto* progress = release.find(app.name);
    if (!only.empty() && app.name != only) continue;
    if (!only.empty() || (progress != nullptr && engine::is_exposed(*progress))) out.push_back(app.name);
  }
  return out;
}

Exit carry_out(const Context& context, const Session& session, const runner::Make& make) {
  Stopwatch watch;
  const auto ordered = runner::record(*session.ports().log, *session.clock, session.by, make);
  if (!ordered) return context.fail(ordered.error());
  runner::Options options;
  options.stop_before_observing = true;
  options.on_event = [&](const Event& event) { watch.hear(event); };
  const auto report = runner::advance(session.definition, session.ports(), options);
  if (!report) return context.fail(report.error());
  if (context.format == Format::json) {
    context.out() << advance_document(*report, watch.accepted());
  } else {
    show_advance(*report, screen_of(context, session.definition), session.clock->now());
    show_accepted(context, watch.accepted());
  }
  const auto result = exit_of(*report);
  return result == Exit::person ? Exit::done : result;
}

}  // namespace train::cli
