// The gates' arithmetic against reference numbers computed elsewhere with 60 digits. They are not part of the project;
// where they are absent the tests say so.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "train/base/text.hpp"
#include "train/engine/gates/bounds.hpp"
#include "train/engine/gates/evidence.hpp"

namespace train::engine {
namespace {

const std::string k_vectors = TRAIN_SOURCE_DIR "/../shared/vectors/";

using Cells = std::vector<std::string>;

std::vector<Cells> rows_of(std::istream& in, std::string_view header) {
  std::vector<Cells> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line.rfind(header, 0) == 0) continue;
    rows.push_back(split(line, ','));
  }
  return rows;
}

double number(const std::string& cell) { return cell == "inf" ? INFINITY : std::stod(cell); }

std::vector<std::vector<double>> blocks_of(const std::string& cell) {
  std::vector<std::vector<double>> out;
  for (const auto& block : split(cell, ';')) {
    out.emplace_back();
    for (const auto& each : split(block, ':')) out.back().push_back(number(each));
  }
  return out;
}

// One row of anytime_gates.csv: id, kind, side, x, n, null, k0, alpha, blocks, ln_e, reject, bound, need.
class Reference {
 public:
  explicit Reference(const Cells& cells) : cells_(cells) {}

  const std::string& kind() const { return cells_[1]; }
  Side side() const { return cells_[2] == "halt" ? Side::halt : Side::promote; }
  Counting counting() const { return kind() == "gp" ? Counting::rate : Counting::proportion; }
  Counts counts() const { return {number(cells_[3]), number(cells_[4])}; }
  double null() const { return number(cells_[5]); }
  double strength() const { return number(cells_[6]); }
  double alpha() const { return number(cells_[7]); }
  double ln_e() const { return number(cells_[9]); }
  bool rejects() const { return cells_[10] == "1"; }
  double bound() const { return number(cells_[11]); }
  const std::string& need() const { return cells_[12]; }

  std::vector<Block> arms() const {
    std::vector<Block> out;
    for (const auto& b : blocks_of(cells_[8])) out.push_back({{b[0], b[1]}, {b[2], b[3]}});
    return out;
  }
  std::vector<WeighedEvidence> parts() const {
    std::vector<WeighedEvidence> out;
    for (const auto& b : blocks_of(cells_[8])) out.push_back({b[0], b[1]});
    return out;
  }
  double restarted() const {
    const auto blocks = blocks_of(cells_[8]);
    std::vector<double> since(blocks.size());
    Counts sum;
    for (std::size_t i = blocks.size(); i-- > 0;) {
      sum = {sum.events + blocks[i][0], sum.exposures + blocks[i][1]};
      since[i] = ln_evidence(Side::halt, Counting::proportion, sum, null(), strength());
    }
    return ln_restarted(since[0], std::span(since).subspan(1));
  }
  double computed() const {
    if (kind() == "rr") return ln_ratio_evidence(side(), arms(), null());
    if (kind() == "avg") return ln_average(parts());
    if (kind() == "restart") return restarted();
    return ln_evidence(side(), counting(), counts(), null(), strength());
  }
  double computed_bound() const {
    const Bounds bounds =
        kind() == "rr" ? ratio_bounds(arms(), alpha()) : bounds_of(counting(), counts(), alpha(), strength());
    return side() == Side::halt ? bounds.lower : bounds.upper;
  }
  bool has_many() const { return !cells_[4].empty() && counts().exposures > 1e5; }

 private:
  Cells cells_;
};

void expect_evidence(const Reference& row) {
  const double computed = row.computed();
  if (row.ln_e() <= -700) {
    EXPECT_LE(computed, -700);
  } else {
    EXPECT_NEAR(computed, row.ln_e(), (row.has_many() ? 1e-6 : 1e-8) * std::max(1.0, std::abs(row.ln_e())));
  }
  EXPECT_EQ(computed >= -std::log(row.alpha()), row.rejects());
}

void expect_bound(const Reference& row) {
  const double computed = row.computed_bound();
  if (row.bound() == 0 || !std::isfinite(row.bound())) {
    EXPECT_EQ(computed, row.bound());
  } else {
    EXPECT_NEAR(computed / row.bound(), 1, 1e-7);
  }
}

void expect_need(const Reference& row) {
  const auto needed = exposures_needed(Counting::proportion, row.counts(), row.null(), row.alpha(), row.strength());
  if (row.need() == "inf") {
    EXPECT_EQ(needed, std::nullopt);
  } else {
    EXPECT_EQ(needed, std::stod(row.need()));
  }
}

TEST(GateVectors, EvidenceBoundsAndNeedsAreTheReference) {
  const std::string file = k_vectors + "anytime_gates.csv";
  std::ifstream in(file);
  if (!in) GTEST_SKIP() << "no reference numbers at " << file;
  int compared = 0;
  for (Cells& cells : rows_of(in, "id,")) {
    cells.resize(14);
    SCOPED_TRACE("row " + cells[0] + " " + cells[1] + " " + cells[2]);
    const Reference row(cells);
    if (row.kind() == "need") {
      expect_need(row);
    } else {
      expect_evidence(row);
    }
    if (!cells[11].empty()) expect_bound(row);
    ++compared;
  }
  EXPECT_EQ(compared, 136);
}

// kind, null, k0, alpha_halt, alpha_promote, n, halt_at_least, promote_at_most
TEST(GateVectors, IntegerBoundariesAreExact) {
  const std::string file = k_vectors + "anytime_gates_boundaries.csv";
  std::ifstream in(file);
  if (!in) GTEST_SKIP() << "no reference numbers at " << file;
  int compared = 0;
  for (Cells& cells : rows_of(in, "kind,")) {
    cells.resize(8);
    SCOPED_TRACE(join(cells, ","));
    const double null = number(cells[1]);
    const double strength = number(cells[2]);
    const double n = number(cells[5]);
    const Counting counting = cells[0] == "gp" ? Counting::rate : Counting::proportion;
    const auto decides = [&](Side side, double x) {
      const double alpha = number(cells[side == Side::halt ? 3 : 4]);
      return ln_evidence(side, counting, {x, n}, null, strength) >= -std::log(alpha) &&
             (side == Side::halt ? x > n * null : x < n * null);
    };
    double halt = 0;
    while (halt <= n && !decides(Side::halt, halt)) ++halt;
    double promote = -1;
    while (promote + 1 <= n && decides(Side::promote, promote + 1)) ++promote;
    EXPECT_EQ(halt <= n ? std::to_string(static_cast<long>(halt)) : "", cells[6]);
    EXPECT_EQ(promote >= 0 ? std::to_string(static_cast<long>(promote)) : "", cells[7]);
    ++compared;
  }
  EXPECT_GE(compared, 130);
}

}  // namespace
}  // namespace train::engine
