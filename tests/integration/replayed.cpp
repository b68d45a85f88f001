#include "replayed.hpp"

#include <fmt/format.h>

#include <string>

#include "train/event_log/codec.hpp"

namespace train::test {
namespace {

std::string numbers_of(const std::vector<GateEvidence>& gates) {
  std::string out;
  for (const GateEvidence& gate : gates)
    out += fmt::format("\n  {}: harm {:.17g}, pass {:.17g}, {} | {}", gate.id(), gate.ln_e, gate.ln_e_promote, gate.why,
                       gate.missing);
  return out;
}

}  // namespace

std::vector<Event> read_back(const std::vector<Event>& log) {
  std::vector<Event> out;
  for (const auto& event : log) {
    auto again = event_log::decode(event_log::encode({event.at, event.by, event.body}, event.seq, event.prev).line);
    if (!again) ADD_FAILURE() << again.error().text();
    if (again) out.push_back(std::move(*again));
  }
  return out;
}

void expect_reproduced(const engine::Replay& replay) {
  for (const auto& verdict : replay.verdicts)
    EXPECT_TRUE(verdict.reproduced) << "the verdict of line " << verdict.seq << " on " << verdict.app << " at "
                                    << format_rfc3339(verdict.at) << " would be" << numbers_of(verdict.again);
}

}  // namespace train::test
