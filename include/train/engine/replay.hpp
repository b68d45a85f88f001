// Verdicts that are in the log, computed again: by the rules they were reached with, and by those of the present
// definition.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"

namespace train::engine {

struct ReplayedVerdict {
  Seq seq = 0;
  Instant at;
  VersionName version;
  AppName app;
  int stage = 0;
  Verdict recorded = Verdict::hold;   // a latched breach and overrides included
  bool reproduced = false;            // every number of every gate, bit for bit
  std::vector<GateEvidence> again;    // by the recorded rules
  std::vector<GateEvidence> present;  // by the present definition
  Verdict present_verdict = Verdict::hold;
};

// The first breach of a release that the present definition finds in what was recorded, verdicts and counts alike.
struct PresentBreach {
  VersionName version;
  AppName app;
  Instant at;
  int stage = 0;
  GateEvidence evidence;
};

struct Replay {
  std::vector<ReplayedVerdict> verdicts;  // in the log's order
  std::vector<PresentBreach> breaches;    // one at most for each release and app
  int without_numbers = 0;                // verdicts of logs that did not keep what was measured
};

// All releases, or those from `since` on.
Replay replay(std::span<const Event> events, const Definition& definition,
              const std::optional<VersionName>& since = std::nullopt);

}  // namespace train::engine
