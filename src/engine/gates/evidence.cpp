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

constexpr std::size_t k_nodes = RatioSums::k_nodes;

// What the prior alone says: the same at every look at one limit, and as dear as what is counted.
struct Prior {
  Counting counting = Counting::proportion;
  Side side = Side::halt;
  double limit = 0;
  double strength = 0;
  bool operator==(const Prior&) const = default;
};

double ln_tail_of(const Prior& prior) {
  const double a = prior.strength;
  switch (prior.counting) {
    case Counting::proportion:
      return ln_beta_tail(prior.side, a, a * (1 - prior.limit) / prior.limit, prior.limit);
    case Counting::rate:
      return ln_gamma_tail(prior.side, a, a);
  }
  return 0;
}

double known_tail_of(const Prior& prior) {
  struct Known {
    Prior prior;
    double ln_tail = 0;
  };
  constexpr std::size_t kept = 8;
  thread_local std::array<Known, kept> known;
  thread_local std::size_t oldest = 0;
  for (const Known& each : known) {
    if (each.prior == prior) return each.ln_tail;
  }
  Known& place = known[oldest];
  oldest = (oldest + 1) % kept;
  place = {prior, ln_tail_of(prior)};
  return place.ln_tail;
}

double ln_proportion(Side side, const Counts& counts, double limit, double strength) {
  const double a = strength;
  const double b = strength * (1 - limit) / limit;
  const double events = std::min(counts.events, counts.exposures);
  double others = b + counts.exposures - events;
  // Close to a limit of 1 the prior is so small that it is lost beside the exposures.
  if (!(others > b / 2)) others = b + (counts.exposures - events);
  return ln_beta_tail(side, a + events, others, limit) - known_tail_of({Counting::proportion, side, limit, strength});
}

double ln_rate(Side side, const Counts& counts, double limit, double strength) {
  return ln_gamma_tail(side, strength + counts.events, strength + counts.exposures * limit) -
         known_tail_of({Counting::rate, side, limit, strength});
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

struct Nodes {
  std::array<double, k_nodes> eta{};
  std::array<double, k_nodes> ln{};

  explicit Nodes(Side side) : eta(nodes_of(side)) {
    for (std::size_t j = 0; j < k_nodes; ++j) ln[j] = std::log(eta[j]);
  }
};

const Nodes& nodes(Side side) {
  static const Nodes halting(Side::halt);
  static const Nodes promoting(Side::promote);
  return side == Side::halt ? halting : promoting;
}

double ln_mean(const std::array<double, k_nodes>& ln_e) {
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
  RatioSums sums(side, ratio);
  sums.take(blocks, std::span(&from_the_first, 1));
  return sums.ln_evidence(std::nullopt).front();
}

RatioSums::Nodes RatioSums::added_by(const Block& block) const {
  Nodes added{};
  const double ours = ratio_ * block.ours.exposures;
  if (!(ours > 0)) return added;
  const auto& by_node = nodes(side_);
  const double share = ours / (ours + block.live.exposures);
  const double both = block.ours.events + block.live.events;
  for (std::size_t j = 0; j < k_nodes; ++j)
    added[j] = block.ours.events * by_node.ln[j] - both * std::log1p((by_node.eta[j] - 1) * share);
  return added;
}

void RatioSums::take(std::span<const Block> blocks, std::span<const std::size_t> starts) {
  TRAIN_CHECK(starts.size() >= before_.size() && blocks.size() >= taken_, "blocks and starts only grow");
  const auto start_here = [&] {
    while (before_.size() < starts.size() && starts[before_.size()] <= taken_) before_.push_back(all_);
  };
  start_here();
  while (taken_ < blocks.size()) {
    const Nodes added = added_by(blocks[taken_]);
    for (std::size_t j = 0; j < k_nodes; ++j) all_[j] += added[j];
    ++taken_;
    start_here();
  }
}

std::vector<double> RatioSums::ln_evidence(const std::optional<Block>& open, double inflation) const {
  const Nodes added = open ? added_by(*open) : Nodes{};
  std::vector<double> out;
  for (const Nodes& before : before_) {
    Nodes since{};
    for (std::size_t j = 0; j < k_nodes; ++j) since[j] = (all_[j] - before[j] + added[j]) / inflation;
    out.push_back(ln_mean(since));
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

double restart_weight(std::size_t nth, const Mixture& mixture) {
  const double rest = 1 - mixture.from_begin;
  const auto d = static_cast<double>(nth);
  switch (mixture.fading) {
    case Fading::by_number:
      return rest / (d * (d + 1));
    case Fading::by_root:
      return rest * (1 / std::sqrt(d) - 1 / std::sqrt(d + 1));
  }
  return 0;
}

namespace {

// Of restarts that are still to come.
double weight_left(std::size_t restarts, const Mixture& mixture) {
  const double rest = 1 - mixture.from_begin;
  const auto next = static_cast<double>(restarts + 1);
  switch (mixture.fading) {
    case Fading::by_number:
      return rest / next;
    case Fading::by_root:
      return rest / std::sqrt(next);
  }
  return 0;
}

}  // namespace

double ln_restarted(double ln_e_since_begin, std::span<const double> since_restarts, const Mixture& mixture) {
  std::vector<WeighedEvidence> parts{{mixture.from_begin, ln_e_since_begin}};
  for (std::size_t i = 0; i < since_restarts.size(); ++i)
    parts.push_back({restart_weight(i + 1, mixture), since_restarts[i]});
  parts.push_back({weight_left(since_restarts.size(), mixture), 0});
  return ln_average(parts);
}

}  // namespace train::engine
