#include "act.hpp"

#include <algorithm>

#include "standby.hpp"
#include "train/base/fault.hpp"
#include "train/engine/archive_findings.hpp"
#include "train/engine/force_update.hpp"
#include "train/engine/phase.hpp"
#include "train/runner/archive_check.hpp"

namespace train::runner {
namespace {

tl::unexpected<Error> not_in_this_version(const Step& step) {
  return fail(ErrorKind::refused, "This version of train cannot do `" + std::string(to_string(step.action)) + "`.");
}

Candidate candidate_of(const Step& step) { return {step.version, step.build.value_or(BuildNumber())}; }

// With what the log and the ladder know of it: whose place it takes, how far it is out, and whether it goes out in
// stages.
Candidate candidate_of(const Definition& definition, const App& app, const engine::State& state, const Step& step) {
  Candidate out = candidate_of(step);
  const auto* release = state.find(step.version);
  if (release == nullptr) return out;
  if (const auto* known = release->find(step.app)) {
    out.earlier = known->earlier;
    if (engine::is_exposed(*known) && (raises_exposure(step.action) || step.action == Action::pause))
      out.decided_on = DecidedOn{known->seen->percent, known->seen->status == ReleaseStatus::halted};
  }
  out.staged =
      TRAIN_FAULT("immediate_is_phased") || !definition.ladder_of(app, release->hotfix).stages.front().to.is_all();
  return out;
}

Result<Notes> notes_for(const App& app, const Step& step) {
  if (!app.release_notes) return Notes{};
  return read_notes(*app.release_notes, step.version);
}

// What testers read: their own notes, else those of the release.
Result<Notes> test_notes_for(const App& app, const Step& step) {
  if (app.test_notes) return read_notes(*app.test_notes, step.version);
  auto notes = notes_for(app, step);
  // Testers may come long before the release notes are written.
  if (!notes && notes.error().kind == ErrorKind::not_found) return Notes{};
  return notes;
}

const engine::ChosenCandidate* chosen(const engine::State& state, const Step& step) {
  const auto* release = state.find(step.version);
  const auto* app = release == nullptr ? nullptr : release->find(step.app);
  return app == nullptr || !app->candidate ? nullptr : &*app->candidate;
}

Result<Done> create_version(VersionRecords& records, const Candidate& candidate, const Step& step) {
  if (step.value.empty()) return records.create_version(candidate);
  const auto held = VersionName::parse(step.value);
  if (!held) return fail(ErrorKind::internal, "A step names a version to rename that is none: " + step.value + ".");
  return records.reuse_version(candidate, *held);
}

Result<Done> upload(Uploads& uploads, const engine::State& state, const Step& step) {
  const auto* file = chosen(state, step);
  return uploads.upload_build(
      {candidate_of(step), step.value, file == nullptr ? std::string() : file->sha256, std::nullopt});
}

// An archive that was added by hand is looked at here for the first time.
Result<Done> check_archive(const Ports& ports, const App& app, const engine::State& state, const Step& step) {
  const auto* release = state.find(step.version);
  if (ports.signer == nullptr || release == nullptr) return Done{};
  const auto* progress = release->find(step.app);
  const auto findings = examine_archive(*ports.signer, app, step.value,
                                        progress == nullptr ? std::nullopt : progress->live, ports.clock->now());
  if (!findings) return Done{};
  const auto refusals = engine::unwaived_refusals(*findings, app.name, *release);
  if (refusals.empty()) return Done{};
  return fail(ErrorKind::refused,
              std::string(app.facts().in_sentence) + " would refuse " + step.value + ": " +
                  engine::refusals_text(refusals, app.name) + ".",
              "Build again without it, or waive what is known; nothing was sent.");
}

Result<Done> set_release_notes(VersionRecords& records, const App& app, const Step& step) {
  return notes_for(app, step).and_then(
      [&](const Notes& notes) { return records.set_release_notes(candidate_of(step), notes); });
}

Result<Done> distribute(Testers& testers, const App& app, const Step& step) {
  return test_notes_for(app, step).and_then(
      [&](const Notes& notes) { return testers.distribute(candidate_of(step), step.subject, notes); });
}

Result<Done> start_rollout(Store& store, const App& app, const engine::State& state, const Candidate& candidate,
                           const Step& step) {
  return notes_for(app, step).and_then([&](const Notes& notes) {
    auto urgent = candidate;
    urgent.update_priority = engine::update_priority(state, step.app, step.version);
    return store.start_rollout(urgent, step.to_percent.value_or(Percent()), notes);
  });
}

Result<Done> act_on_store(Store& store, const Definition& definition, const App& app, const engine::State& state,
                          const Step& step) {
  const auto offers = store.offers();
  const auto candidate = candidate_of(definition, app, state, step);
  const Percent to = step.to_percent.value_or(Percent());
  switch (step.action) {
    case Action::upload_build:
      return offers.uploads == nullptr ? not_offered(step) : upload(*offers.uploads, state, step);
    case Action::create_version:
      return offers.version_records == nullptr ? not_offered(step)
                                               : create_version(*offers.version_records, candidate, step);
    case Action::attach_build:
      return offers.version_records == nullptr ? not_offered(step) : offers.version_records->attach_build(candidate);
    case Action::set_release_notes:
      return offers.version_records == nullptr ? not_offered(step)
                                               : set_release_notes(*offers.version_records, app, step);
    case Action::distribute:
      return offers.testers == nullptr ? not_offered(step) : distribute(*offers.testers, app, step);
    case Action::submit:
      return offers.review == nullptr ? not_offered(step) : offers.review->submit(candidate);
    case Action::retake_release:
      return offers.version_records == nullptr ? not_offered(step) : offers.version_records->retake_release(candidate);
    case Action::cancel_submission:
      return offers.review == nullptr ? not_offered(step) : offers.review->cancel_submission(candidate);
    case Action::start_rollout:
      return start_rollout(store, app, state, candidate, step);
    case Action::set_percent:
      return offers.percentages == nullptr ? not_offered(step) : offers.percentages->set_percent(candidate, to);
    case Action::pause:
      return offers.own_ladder == nullptr ? not_offered(step) : offers.own_ladder->pause(candidate);
    case Action::resume:
      return store.resume(candidate, to);
    case Action::complete:
      return store.complete(candidate);
    case Action::halt:
      return store.halt(candidate);
    case Action::remove_from_sale:
      return offers.withdrawal == nullptr ? not_offered(step) : offers.withdrawal->remove_from_sale(candidate);
    case Action::cut_branch:
    case Action::start_build:
    case Action::tag:
    case Action::prepare_standby:
    case Action::upload_standby:
    case Action::submit_standby:
    case Action::release_standby:
    case Action::cancel_standby:
    case Action::set_flag:
    case Action::notify:
    case Action::annotate:
    case Action::set_update_priority:
    case Action::prepare_recovery:
    case Action::deploy_recovery:
    case Action::cancel_recovery:
    case Action::widen_recovery:
    case Action::set_minimum_version:
    case Action::set_update_policy:
      break;
  }
  return not_in_this_version(step);
}

Result<Done> send_message(const Definition& definition, const Ports& ports, const engine::State& state,
                          const Step& step) {
  const auto channel = std::find_if(definition.notify.begin(), definition.notify.end(),
                                    [&](const Channel& each) { return each.id == step.subject; });
  const auto index = static_cast<std::size_t>(channel - definition.notify.begin());
  if (index >= ports.channels.size() || ports.channels[index] == nullptr) {
    return fail(ErrorKind::internal, "A message is due to the channel " + step.subject + ", which nothing speaks to.");
  }
  const auto entry =
      std::find_if(state.outbox.begin(), state.outbox.end(), [&](const auto& t) { return t.seq == step.event_seq; });
  if (entry == state.outbox.end()) {
    return fail(ErrorKind::internal, "The message to the channel " + step.subject + " about event " +
                                         std::to_string(step.event_seq) + " is not in the outbox.");
  }
  Message message;
  message.topic = entry->topic;
  message.train = definition.train;
  message.version = entry->version;
  message.app = entry->app;
  message.headline = entry->headline;
  message.seq = entry->seq;
  message.at = entry->at;
  message.by = entry->by;
  return ports.channels[index]->send(*channel, message);
}

Result<Done> switch_flag(const Definition& definition, const Ports& ports, const Step& step) {
  const auto* flag = definition.find_flag(step.subject);
  const auto provider = ports.flags.find(step.subject);
  if (flag == nullptr || provider == ports.flags.end()) {
    return fail(ErrorKind::refused,
                "The flag " + step.subject + " cannot be set: its provider is not active in this version of train.");
  }
  return provider->second->set(*flag, step.value);
}

}  // namespace

Result<Done> not_offered(const Step& step) {
  return fail(ErrorKind::internal, "`" + std::string(to_string(step.action)) + "` was planned for " + step.app +
                                       ", but its store offers no such thing.");
}

Result<Done> act(const Definition& definition, const Ports& ports, const engine::State& state, const Step& step) {
  if (step.action == Action::notify) return send_message(definition, ports, state, step);
  if (step.action == Action::set_flag) return switch_flag(definition, ports, step);
  if (step.action == Action::cut_branch && ports.source != nullptr)
    return ports.source->cut_branch(step.subject, step.value);
  if (step.action == Action::tag && ports.source != nullptr) return ports.source->create_tag(step.subject, step.value);
  if (step.action == Action::start_build && ports.builds != nullptr)
    return ports.builds->start_build(step.version, step.subject);
  if (is_standby_step(step)) return act_on_standby(definition, ports, state, step);
  const auto* app = definition.find_app(step.app);
  const auto store = ports.stores.find(step.app);
  if (app == nullptr || store == ports.stores.end()) return not_in_this_version(step);
  if (step.action == Action::upload_build) {
    if (auto fits = check_archive(ports, *app, state, step); !fits) return fits;
    const auto* file = chosen(state, step);
    const auto kept = keep_archive(definition, ports, step.app, step.value, file == nullptr ? "" : file->sha256);
    if (!kept) return kept;
  }
  return act_on_store(*store->second, definition, *app, state, step);
}

}  // namespace train::runner
