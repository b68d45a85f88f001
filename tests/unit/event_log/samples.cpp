#include "samples.hpp"

#include <limits>
#include <tuple>
#include <type_traits>

namespace train::event_log {
namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();

Percent basis(int points) { return *Percent::from_basis_points(points); }

Measurement full_measurement() {
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.detail = "rounded \"up\"";
  seen.counts = {12.25, 40210};
  seen.between = CountSpan{{12, 40000}, {12.5, 41000}};
  seen.value = 0.1;
  seen.raised = true;
  seen.as_of = at(77);
  return seen;
}

GateEvidence full_evidence() {
  GateEvidence evidence{"crashes", Verdict::breach,      12.25,     40210, 3.5,        9007199254740993.0,
                        0.01,      0.030000000000000002, 0.1 + 0.2, 1e-17, k_infinity, -1e-300,
                        k_infinity};
  evidence.ratio = RatioEvidence{400, 1e6, 1.2, 3, 1.0 / 3, 0.1, k_infinity, -0.5, 7.25};
  evidence.ln_e = 4.7;
  evidence.why = "12 of 40,210 \"sessions\" (0.03 %)\n";
  evidence.missing = "1,200 more";
  evidence.advisory = true;
  evidence.gate = "crashes-2";
  evidence.stretches = {{*parse_rfc3339("2026-12-04T10:00:00Z"), "50 % began", 0.8, 16, 400, 0.04, 0.017, 4.9, 0.99}};
  evidence.decided_by = DecidedBy::limit;
  evidence.threshold = 4.6;
  evidence.mean = {{"crashes-2", 0.5, 4.7}};
  evidence.mature = Counts{2, 300};
  evidence.seen = full_measurement();
  evidence.live = Measurement{};
  return evidence;
}

GateRule full_rule() {
  GateRule rule{Gate{}, SignalKind::level, "s", Duration(1800), 1e5, {Duration(86400), Duration(0)}, {0.01, 1}};
  rule.gate.signal = "response_p95";
  rule.gate.limit = 2;
  rule.gate.regress = 0.2;
  rule.gate.on_breach = Reaction::rollback;
  rule.gate.auto_rollback = true;
  rule.gate.for_samples = 3;
  rule.gate.promote = {3, 1.2};
  rule.gate.alpha_halt = 0.02;
  rule.gate.alpha_promote = 0.1;
  rule.gate.bake = Duration(60);
  rule.gate.max_wait = Duration(3600);
  rule.gate.min_exposures = 500;
  rule.gate.max_per_unit = 10;
  rule.gate.fresh_within = Duration(900);
  rule.gate.advisory = true;
  rule.gate.name = "slow";
  rule.gate.margin = 0.002;
  rule.gate.spikes = Spikes{Duration(1800), 3};
  rule.gate.when_too_small = "release_manager";
  rule.exposure = Exposure::session;
  rule.design_effect = 3;
  rule.matures = Duration(86400);
  rule.judging = Judging::second;
  return rule;
}

Step full_step() {
  return {Action::set_update_priority,
          "android",
          version("3.4"),
          build("41.2"),
          basis(7),
          "new_checkout",
          "false",
          17,
          {{"gate:crashes", "0.2 %", "at most 3 %"}, {"soak", "", ""}},
          {full_evidence(), GateEvidence{}}};
}

SeenRelease full_release() {
  return {version("3.4.0"),
          build("340"),
          ReleaseStatus::held_by_store,
          "PENDING — caf\xc3\xa9",
          basis(50),
          false,
          PhasedRelease{PhasedRelease::State::paused, 3, 27, at(99)},
          true,
          "Apple holds it until an OS release",
          true,
          true};
}

}  // namespace

Instant at(int seconds) { return *parse_rfc3339("2026-11-30T09:00:00Z") + Duration(seconds); }
VersionName version(const char* text) { return VersionName::parse(text).value(); }
BuildNumber build(const char* text) { return BuildNumber::parse(text).value(); }

std::vector<EventBody> full_events() {
  using namespace event;
  const VersionName v = version("3.4.0");
  return {
      Opened{v, true, at(-5), version("3.3.9")},
      Departed{v},
      CandidateChosen{v,
                      "ios",
                      build("340"),
                      std::string(64, 'a'),
                      "build/Charge 3.4.0.ipa",
                      CandidateOrigin::artifact,
                      {"a", "b:qa"}},
      SignedOff{v, "submission:qa", SignedOff::How::adopted, "qa", "because", "https://x", "-----BEGIN"},
      Seen{v,
           "ios",
           full_release(),
           LiveVersion{version("3.3"), build("330"), {build("12"), build("13")}},
           {{build("340"),
             BuildState::failed,
             "ff",
             "INVALID",
             {{"field-beta", TesterStatus::in_review, "IN_BETA_REVIEW"}}},
            {build("339"), BuildState::ready, "", ""}},
           at(3),
           RequestBudget{3600, 12, at(4)}},
      StageReached{
          v, "android", 3, basis(2000), {{"crashes", {{1.5, 200}, {}}}, {"anr", {{0, 10.75}, {2, 0.5}}}}, true, true},
      Intent{"op1", "run1", at(600), full_step(), "loses payments"},
      Outcome{"op1", Outcome::Result::superseded, "HTTP 409", true},
      Held{v, "ios", "lunch"},
      Resumed{v, "ios", "back", {"crashes", "anr"}, {{"ios", basis(5000)}}},
      HaltOrdered{v, "android", "bad", true, true},
      Breached{v,
               "android",
               Reaction::switch_off,
               full_evidence(),
               {{"halt", "one call", "new installs", "updated phones"}}},
      Warned{v, "ios", full_evidence()},
      LevelSampled{v, "ios", "response_p95", 2.0625, at(7), 3, 1.5, true, "slow"},
      Drifted{v, "android", "the percentage went from 5 % to 20 %", true},
      Escalated{v, "ios", "review", "waits for 8 days"},
      WaitingForPeople{v, {"submission:qa", "store-copy"}},
      Abandoned{v, "wrong branch"},
      Finished{v, true},
      Repaired{"12 bytes"},
      Judged{v, "ios", Verdict::pass, {full_evidence(), GateEvidence{}}},
      Counted{v,
              "ios",
              true,
              {{"crashes", {{1.5, 200}, {0.5, 1}}}},
              {{"crashes", {{1000.25, 1e6}, {}}}},
              {"crashes"},
              {"sessions"}},
      RulesSet{v, "ios", {full_rule(), GateRule{}}},
      RulesDiffer{v, "ios", "crashes", "limit 0.01 -> 0.02"},
      StandbyChosen{v,
                    "android",
                    version("3.4.1"),
                    build("412"),
                    version("3.3.0"),
                    build("401"),
                    "live.aab",
                    "ab",
                    {"old constants stay"}},
      StandbySeen{v, "ios", full_release(), SeenBuild{build("412"), BuildState::ready, "ff", "", {}}},
      ForceUpdateDecided{v, "ios", "soft", version("3.4.1"), "wallet loses coins", {{"severity", "high", "high"}}},
      ChannelsSeen{{"slack:env:HOOK", "on-call"}},
      MessagesDropped{"on-call", 2, {7, 9}},
      DefinitionKnown{"charge", {{"android", "google_play", "com.example.charge"}}, "moved to a directory of its own"},
      Looked{v, "ios"},
  };
}

std::vector<EventBody> sparse_events() {
  std::vector<EventBody> out{event::Opened{}, event::Departed{}, event::CandidateChosen{}, event::SignedOff{}};
  out.insert(out.end(), {event::Seen{}, event::StageReached{}, event::Intent{}, event::Outcome{}, event::Held{}});
  out.insert(out.end(), {event::Resumed{}, event::HaltOrdered{}, event::Breached{}, event::Warned{}});
  out.insert(out.end(), {event::LevelSampled{}, event::Drifted{}, event::Escalated{}, event::WaitingForPeople{}});
  out.insert(out.end(), {event::Abandoned{}, event::Finished{}, event::Repaired{}, event::Judged{}});
  out.insert(out.end(), {event::Counted{}, event::RulesSet{}, event::RulesDiffer{}});
  out.insert(out.end(), {event::StandbyChosen{}, event::StandbySeen{}, event::ForceUpdateDecided{}});
  out.insert(out.end(), {event::ChannelsSeen{}, event::MessagesDropped{}, event::DefinitionKnown{}, event::Looked{}});
  return out;
}

namespace {

// A member that is added to an event and not to this list does not compile: the bindings would not fit.
auto members(const event::Opened& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::ChannelsSeen& e) {
  const auto& [a] = e;
  return std::tie(a);
}
auto members(const event::Looked& e) {
  const auto& [a, b] = e;
  return std::tie(a, b);
}
auto members(const event::DefinitionKnown& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::MessagesDropped& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::Departed& e) {
  const auto& [a] = e;
  return std::tie(a);
}
auto members(const event::CandidateChosen& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
auto members(const event::SignedOff& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
auto members(const event::Seen& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
auto members(const event::StageReached& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
auto members(const event::Intent& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
auto members(const event::Outcome& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::Held& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::Resumed& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
auto members(const event::HaltOrdered& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
auto members(const event::Breached& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
auto members(const event::Warned& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::LevelSampled& e) {
  const auto& [a, b, c, d, f, g, h, i, j] = e;
  return std::tie(a, b, c, d, f, g, h, i, j);
}
auto members(const event::Counted& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
auto members(const event::RulesSet& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::RulesDiffer& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::StandbyChosen& e) {
  const auto& [a, b, c, d, f, g, h, i, j] = e;
  return std::tie(a, b, c, d, f, g, h, i, j);
}
auto members(const event::StandbySeen& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::ForceUpdateDecided& e) {
  const auto& [a, b, c, d, f, g] = e;
  return std::tie(a, b, c, d, f, g);
}
auto members(const event::Drifted& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::Escalated& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const event::WaitingForPeople& e) {
  const auto& [a, b] = e;
  return std::tie(a, b);
}
auto members(const event::Abandoned& e) {
  const auto& [a, b] = e;
  return std::tie(a, b);
}
auto members(const event::Finished& e) {
  const auto& [a, b] = e;
  return std::tie(a, b);
}
auto members(const event::Repaired& e) {
  const auto& [a] = e;
  return std::tie(a);
}
auto members(const event::Judged& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const GateEvidence& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa);
}
auto members(const Reason& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const Remedy& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const Step& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k);
}
auto members(const SeenTesters& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const SeenBuild& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
auto members(const PhasedRelease& e) {
  const auto& [a, b, c, d] = e;
  return std::tie(a, b, c, d);
}
auto members(const SeenRelease& e) {
  // Whether the status is certain is about one look, and not for the log.
  const auto& [a, b, c, d, f, g, h, i, j, certain, k] = e;
  (void)certain;
  return std::tie(a, b, c, d, f, g, h, i, j, k);
}
auto members(const LiveVersion& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
auto members(const event::KnownApp& e) {
  const auto& [a, b, c] = e;
  return std::tie(a, b, c);
}
struct Same {
  static bool of(double a, double b) { return a == b || (a != a && b != b); }
  static bool of(const VersionName& a, const VersionName& b) { return a.text() == b.text(); }
  static bool of(const BuildNumber& a, const BuildNumber& b) { return a.text() == b.text(); }
  template <typename T>
  static bool of(const std::optional<T>& a, const std::optional<T>& b) {
    return a.has_value() == b.has_value() && (!a || of(*a, *b));
  }
  template <typename T>
  static bool of(const std::vector<T>& a, const std::vector<T>& b) {
    bool equal = a.size() == b.size();
    for (std::size_t i = 0; equal && i < a.size(); ++i) equal = of(a[i], b[i]);
    return equal;
  }
  template <typename T>
  static bool of(const T& a, const T& b) {
    if constexpr (requires { members(a); }) {
      return tuples(members(a), members(b));
    } else {
      return a == b;
    }
  }
  template <typename... T>
  static bool tuples(const std::tuple<const T&...>& a, const std::tuple<const T&...>& b) {
    return each(a, b, std::index_sequence_for<T...>{});
  }
  template <typename Tuple, std::size_t... I>
  static bool each(const Tuple& a, const Tuple& b, std::index_sequence<I...>) {
    return (of(std::get<I>(a), std::get<I>(b)) && ...);
  }
};

}  // namespace

bool same(const EventBody& a, const EventBody& b) {
  if (a.index() != b.index()) return false;
  return std::visit([&b](const auto& left) { return Same::of(left, std::get<std::decay_t<decltype(left)>>(b)); }, a);
}

}  // namespace train::event_log
