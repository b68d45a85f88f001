#include "evidence_json.hpp"

#include <nlohmann/json.hpp>

#include "train/base/time.hpp"
#include "train/domain/words.hpp"

namespace train::cli {

void add_basis(const GateEvidence& evidence, nlohmann::ordered_json& out) {
  using nlohmann::ordered_json;
  if (evidence.threshold > 0) out["threshold"] = evidence.threshold;
  if (evidence.decided_by) out["decided_by"] = std::string(word_of(*evidence.decided_by));
  if (!evidence.stretches.empty()) {
    out["stretches"] = ordered_json::array();
    for (const auto& each : evidence.stretches) {
      out["stretches"].push_back({{"since", format_rfc3339(each.since)},
                                  {"because", each.because},
                                  {"weight", each.weight},
                                  {"events", each.events},
                                  {"exposures", each.exposures},
                                  {"estimate", each.estimate},
                                  {"lower", each.lower},
                                  {"ln_e", each.ln_e},
                                  {"share", each.share}});
    }
  }
  if (evidence.mean.empty()) return;
  out["mean"] = ordered_json::array();
  for (const auto& part : evidence.mean)
    out["mean"].push_back({{"gate", part.gate}, {"weight", part.weight}, {"ln_e", part.ln_e}});
}

}  // namespace train::cli
