// Which members each value has in the log: one list, used for writing and for reading, so that the two cannot differ.
// `need` is always written and must be there; `may` is left out when it is empty, zero or false.
#pragma once

#include "train/domain/event.hpp"

namespace train::event_log {

template <typename IO, typename T>
using RefOf = typename IO::template Ref<T>;

template <typename IO>
void fields(IO& io, RefOf<IO, Counts> v) {
  io.need("events", v.events);
  io.need("exposures", v.exposures);
}

template <typename IO>
void fields(IO& io, RefOf<IO, GateEvidence> v) {
  io.need("signal", v.signal);
  io.need("verdict", v.verdict);
  io.need("events", v.events);
  io.need("exposures", v.exposures);
  io.need("stage_events", v.stage_events);
  io.need("stage_exposures", v.stage_exposures);
  io.need("limit", v.limit);
  io.need("promote_limit", v.promote_limit);
  io.need("ln_e_halt", v.ln_e_halt);
  io.need("ln_e_promote", v.ln_e_promote);
  io.may("why", v.why);
  io.may("missing", v.missing);
  io.may("advisory", v.advisory);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Reason> v) {
  io.need("rule", v.rule);
  io.may("seen", v.seen);
  io.may("wanted", v.wanted);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Step> v) {
  io.need("action", v.action);
  io.may("app", v.app);
  io.need("version", v.version);
  io.may("build", v.build);
  io.may("to_percent", v.to_percent);
  io.may("subject", v.subject);
  io.may("value", v.value);
  io.may("event_seq", v.event_seq);
  io.may("because", v.because);
  io.may("evidence", v.evidence);
}

template <typename IO>
void fields(IO& io, RefOf<IO, SeenTesters> v) {
  io.need("group", v.group);
  io.need("status", v.status);
  io.may("raw", v.raw);
}

template <typename IO>
void fields(IO& io, RefOf<IO, SeenBuild> v) {
  io.need("number", v.number);
  io.need("state", v.state);
  io.may("sha256", v.sha256);
  io.may("detail", v.detail);
  io.may("testers", v.testers);
}

template <typename IO>
void fields(IO& io, RefOf<IO, PhasedRelease> v) {
  io.need("state", v.state);
  io.need("day", v.day);
  io.may("pause_days_used", v.pause_days_used);
  io.may("next_tick", v.next_tick);
}

template <typename IO>
void fields(IO& io, RefOf<IO, SeenRelease> v) {
  io.need("version", v.version);
  io.may("build", v.build);
  io.need("status", v.status);
  io.may("raw", v.raw);
  io.need("percent", v.percent);
  io.need("percent_known", v.percent_known);
  io.may("phased", v.phased);
  io.may("notes_set", v.notes_set);
  io.may("detail", v.detail);
}

template <typename IO>
void fields(IO& io, RefOf<IO, LiveVersion> v) {
  io.need("version", v.version);
  io.need("build", v.build);
}

template <typename IO>
void fields(IO& io, RefOf<IO, RequestBudget> v) {
  io.need("limit", v.limit);
  io.need("left", v.left);
  io.need("as_of", v.as_of);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Opened> v) {
  io.need("version", v.version);
  io.may("hotfix", v.hotfix);
  io.may("cutoff", v.cutoff);
  io.may("replaces", v.replaces);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Departed> v) {
  io.need("version", v.version);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::CandidateChosen> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("build", v.build);
  io.may("sha256", v.sha256);
  io.may("path", v.path);
  io.may("origin", v.origin);
  io.may("voided", v.voided);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::SignedOff> v) {
  io.need("version", v.version);
  io.need("item", v.item);
  io.need("how", v.how);
  io.may("role", v.role);
  io.may("why", v.why);
  io.may("evidence", v.evidence);
  io.may("signature", v.signature);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Seen> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.may("release", v.release);
  io.may("live", v.live);
  io.may("builds", v.builds);
  io.may("percent_as_of", v.percent_as_of);
  io.may("budget", v.budget);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::StageReached> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("stage", v.stage);
  io.need("percent", v.percent);
  io.may("baselines", v.baselines);
  io.may("adopted", v.adopted);
  io.may("overshoot", v.overshoot);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Intent> v) {
  io.need("operation", v.operation);
  io.need("run", v.run);
  io.need("expires", v.expires);
  io.need("step", v.step);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Outcome> v) {
  io.need("operation", v.operation);
  io.need("result", v.result);
  io.may("detail", v.detail);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Held> v) {
  io.need("version", v.version);
  io.may("app", v.app);
  io.may("why", v.why);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Resumed> v) {
  io.need("version", v.version);
  io.may("app", v.app);
  io.may("why", v.why);
  io.may("overrides", v.overrides);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::HaltOrdered> v) {
  io.need("version", v.version);
  io.may("app", v.app);
  io.may("why", v.why);
  io.may("rollback", v.rollback);
  io.may("removal", v.removal);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Breached> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("reaction", v.reaction);
  io.need("evidence", v.evidence);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Warned> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("evidence", v.evidence);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::LevelSampled> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("signal", v.signal);
  io.need("value", v.value);
  io.need("as_of", v.as_of);
  io.need("over", v.over);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Drifted> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.may("what", v.what);
  io.may("on_rollout", v.on_rollout);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Escalated> v) {
  io.need("version", v.version);
  io.may("app", v.app);
  io.need("item", v.item);
  io.may("what", v.what);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::WaitingForPeople> v) {
  io.need("version", v.version);
  io.may("items", v.items);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Abandoned> v) {
  io.need("version", v.version);
  io.may("why", v.why);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Finished> v) {
  io.need("version", v.version);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Repaired> v) {
  io.may("what", v.what);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Judged> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("verdict", v.verdict);
  io.may("evidence", v.evidence);
}

}  // namespace train::event_log
