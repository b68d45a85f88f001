#include "train/engine/gates/evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "tails.hpp"
#include "train/base/check.hpp"

namespace train::engine {
namespace {

constexpr std::size_t k_nodes = 64;

double ln_proportion(Side side, const Counts& counts, double limit, double strength) {
  const double a = strength;
  const double b = strength * (1 - limit) / limit;
  const double events = std::min(counts.events, counts.exposures);
  return ln_beta_tail(side, a + events, b + counts.exposures - events, limit) - ln_beta_tail(side, a, b, limit);
}

double ln_rate(Side side, const Counts& counts, double limit, double strength) {
  return ln_gamma_tail(side, strength + counts.events, strength + counts.exposures * limit) -
         ln_gamma_tail(side, strength, strength);
}

// Quantile midpoints of the rate mixture's prior on each side: the two tests meet where the live rate is known exactly.
std::array<double, k_nodes> nodes_of(Side side) {
  std::array<double, k_nodes> nodes{};
  for (std::size_t j = 0; j < k_nodes; ++j) {
    const double u = (static_cast<double>(j) + 0.5) / static_cast<double>(k_nodes);
    nodes[j] = side == Side::halt ? 1 - std::log1p(-u) : -std::log1p(-u * (1 - std::exp(-1.0)));
  }
  return nodes;
}

const std::array<double, k_nodes>& nodes(Side side) {
  static const auto halting = nodes_of(Side::halt);
  static const auto promoting = nodes_of(Side::promote);
  return side == Side::halt ? halting : promoting;
}

using NodeSums = std::array<double, k_nodes>;

void add_block(const Block& block, double ratio, const NodeSums& etas, NodeSums& ln_e) {
  const double ours = ratio * block.ours.exposures;
  if (!(ours > 0)) return;
  const double share = ours / (ours + block.live.exposures);
  const double both = block.ours.events + block.live.events;
  for (std::size_t j = 0; j < k_nodes; ++j) {
    ln_e[j] += block.ours.events * std::log(etas[j]) - both * std::log1p((etas[j] - 1) * share);
  }
}

double ln_mean(const NodeSums& ln_e) {
  const double most = *std::max_element(ln_e.begin(), ln_e.end());
  double sum = 0;
  for (const double each : ln_e) sum += std::exp(each - most);
  return most + std::log(sum / static_cast<double>(k_nodes));
}

}  // namespace

double ln_evidence(Side side, Counting counting, const Counts& counts, double limit, double strength) {
  TRAIN_CHECK(limit > 0 && strength > 0 && counts.events >= 0 && counts.exposures >= 0, "counts against a limit");
  switch (counting) {
    case Counting::proportion:
      TRAIN_CHECK(limit < 1, "a proportion's limit is below 1");
      return ln_proportion(side, counts, limit, strength);
    case Counting::rate:
      return ln_rate(side, counts, limit, strength);
  }
  return 0;
}

double ln_ratio_evidence(Side side, std::span<const Block> blocks, double ratio) {
  constexpr std::size_t from_the_first = 0;
  return ln_ratio_evidence(side, blocks, ratio, std::span(&from_the_first, 1)).front();
}

std::vector<double> ln_ratio_evidence(Side side, std::span<const Block> blocks, double ratio,
                                      std::span<const std::size_t> starts) {
  const auto& etas = nodes(side);
  NodeSums ln_e{};
  std::vector<double> out(starts.size(), 0);
  std::size_t at = blocks.size();
  for (std::size_t i = starts.size(); i-- > 0;) {
    TRAIN_CHECK(starts[i] <= at, "starts rise, and lie within the blocks");
    while (at > starts[i]) add_block(blocks[--at], ratio, etas, ln_e);
    out[i] = ln_mean(ln_e);
  }
  return out;
}

double ln_average(std::span<const WeighedEvidence> parts) {
  double most = -std::numeric_limits<double>::infinity();
  for (const auto& part : parts) {
    if (part.weight > 0) most = std::max(most, part.ln_e);
  }
  if (!std::isfinite(most)) return most;
  double sum = 0;
  for (const auto& part : parts) sum += part.weight * std::exp(part.ln_e - most);
  return most + std::log(sum);
}

double ln_restarted(double ln_e_since_begin, std::span<const double> since_restarts) {
  std::vector<WeighedEvidence> parts{{0.5, ln_e_since_begin}};
  double d = 1;
  for (const double ln_e : since_restarts) {
    parts.push_back({0.5 / (d * (d + 1)), ln_e});
    d += 1;
  }
  parts.push_back({0.5 / d, 0});
  return ln_average(parts);
}

}  // namespace train::engine
