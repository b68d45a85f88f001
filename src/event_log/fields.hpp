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
void fields(IO& io, RefOf<IO, Tally> v) {
  io.need("events", v.counts.events);
  io.need("exposures", v.counts.exposures);
  io.may("events_spread", v.spread.events);
  io.may("exposures_spread", v.spread.exposures);
}

template <typename IO>
void fields(IO& io, RefOf<IO, CountSpan> v) {
  io.need("least", v.least);
  io.need("most", v.most);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Measurement> v) {
  io.need("state", v.state);
  io.may("detail", v.detail);
  io.may("events", v.counts.events);
  io.may("exposures", v.counts.exposures);
  io.may("between", v.between);
  io.may("value", v.value);
  io.may("raised", v.raised);
  io.need("as_of", v.as_of);
}

template <typename IO>
void fields(IO& io, RefOf<IO, RatioEvidence> v) {
  io.need("events", v.events);
  io.need("exposures", v.exposures);
  io.need("limit", v.limit);
  io.need("promote_limit", v.promote_limit);
  io.need("estimate", v.estimate);
  io.need("lower", v.lower);
  io.need("upper", v.upper);
  io.need("ln_e_halt", v.ln_e_halt);
  io.need("ln_e_promote", v.ln_e_promote);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Stretch> v) {
  io.need("since", v.since);
  io.may("because", v.because);
  io.need("weight", v.weight);
  io.need("events", v.events);
  io.need("exposures", v.exposures);
  io.may("estimate", v.estimate);
  io.may("lower", v.lower);
  io.need("ln_e", v.ln_e);
  io.may("share", v.share);
}

template <typename IO>
void fields(IO& io, RefOf<IO, MeanPart> v) {
  io.need("gate", v.gate);
  io.need("weight", v.weight);
  io.need("ln_e", v.ln_e);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Spikes> v) {
  io.need("over", v.over);
  io.need("of", v.of);
}

template <typename IO>
void fields(IO& io, RefOf<IO, GateEvidence> v) {
  io.need("signal", v.signal);
  io.may("gate", v.gate);
  io.need("verdict", v.verdict);
  io.need("events", v.events);
  io.need("exposures", v.exposures);
  io.need("stage_events", v.stage_events);
  io.need("stage_exposures", v.stage_exposures);
  io.need("limit", v.limit);
  io.need("promote_limit", v.promote_limit);
  io.may("estimate", v.estimate);
  io.may("lower", v.lower);
  io.may("upper", v.upper);
  io.need("ln_e_halt", v.ln_e_halt);
  io.need("ln_e_promote", v.ln_e_promote);
  io.may("ratio", v.ratio);
  io.may("ln_e", v.ln_e);
  io.may("stretches", v.stretches);
  io.may("decided_by", v.decided_by);
  io.may("threshold", v.threshold);
  io.may("mean", v.mean);
  io.may("mature", v.mature);
  io.may("why", v.why);
  io.may("missing", v.missing);
  io.may("advisory", v.advisory);
  io.may("seen", v.seen);
  io.may("live", v.live);
}

// What a verdict depends on, and the reaction; the rest of a gate is not the log's business.
template <typename IO>
void fields(IO& io, RefOf<IO, GateRule> v) {
  io.need("signal", v.gate.signal);
  io.may("name", v.gate.name);
  io.need("kind", v.kind);
  io.may("unit", v.unit);
  io.may("limit", v.gate.limit);
  io.may("regress", v.gate.regress);
  io.may("margin", v.gate.margin);
  io.need("on_breach", v.gate.on_breach);
  io.may("auto", v.gate.auto_rollback);
  io.may("for", v.gate.for_samples);
  io.may("spikes", v.gate.spikes);
  io.need("promote", v.gate.promote);
  io.need("alpha_halt", v.gate.alpha_halt);
  io.need("alpha_promote", v.gate.alpha_promote);
  io.may("bake", v.gate.bake);
  io.need("bakes", v.bakes);
  io.need("shares", v.shares);
  io.need("max_wait", v.gate.max_wait);
  io.need("min_exposures", v.gate.min_exposures);
  io.may("max_per_unit", v.gate.max_per_unit);
  io.need("fresh_within", v.fresh_within);
  io.may("gate_fresh_within", v.gate.fresh_within);
  io.may("per_day", v.per_day);
  io.may("advisory", v.gate.advisory);
  io.may("when_too_small", v.gate.when_too_small);
  io.may("exposure", v.exposure);
  io.may("design_effect", v.design_effect);
  io.may("matures", v.matures);
  io.may("judging", v.judging);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Reason> v) {
  io.need("rule", v.rule);
  io.may("seen", v.seen);
  io.may("wanted", v.wanted);
}

template <typename IO>
void fields(IO& io, RefOf<IO, Remedy> v) {
  io.need("way", v.way);
  io.may("takes", v.takes);
  io.may("reaches", v.reaches);
  io.may("leaves", v.leaves);
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
  io.may("releases_itself", v.releases_itself);
}

template <typename IO>
void fields(IO& io, RefOf<IO, LiveVersion> v) {
  io.need("version", v.version);
  io.need("build", v.build);
  io.may("further", v.further);
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
  io.may("why", v.why);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Outcome> v) {
  io.need("operation", v.operation);
  io.need("result", v.result);
  io.may("detail", v.detail);
  io.may("gave_way", v.gave_way);
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
  io.may("accepted", v.accepted);
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
  io.need_word("reaction", v.reaction);
  io.need("evidence", v.evidence);
  io.may("ways", v.ways);
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
  io.may("live", v.live);
  io.may("counts", v.counts);
  io.may("gate", v.gate);
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
  io.may("superseded", v.superseded);
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

template <typename IO>
void fields(IO& io, RefOf<IO, event::Counted> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.may("restart", v.restart);
  io.may("ours", v.ours);
  io.may("live", v.live);
  io.may("afresh", v.afresh);
  io.may("fell", v.fell);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::RulesSet> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.may("rules", v.rules);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::RulesDiffer> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("signal", v.signal);
  io.need("what", v.what);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::StandbyChosen> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("standby", v.standby);
  io.need("build", v.build);
  io.need("from", v.from);
  io.need("from_build", v.from_build);
  io.may("source", v.source);
  io.may("sha256", v.sha256);
  io.may("findings", v.findings);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::StandbySeen> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.may("release", v.release);
  io.may("build", v.build);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::KnownApp> v) {
  io.need("name", v.name);
  io.need("store", v.store);
  io.need("id", v.id);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::DefinitionKnown> v) {
  io.need("train", v.train);
  io.need("apps", v.apps);
  io.may("why", v.why);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::Looked> v) {
  io.need("version", v.version);
  io.need("app", v.app);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::ChannelsSeen> v) {
  io.need("ids", v.ids);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::MessagesDropped> v) {
  io.need("channel", v.channel);
  io.need("count", v.count);
  io.need("events", v.events);
}

template <typename IO>
void fields(IO& io, RefOf<IO, event::ForceUpdateDecided> v) {
  io.need("version", v.version);
  io.need("app", v.app);
  io.need("degree", v.degree);
  io.may("minimum", v.minimum);
  io.may("why", v.why);
  io.may("because", v.because);
}

}  // namespace train::event_log
