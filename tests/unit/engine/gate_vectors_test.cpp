// The gate's arithmetic against reference numbers computed elsewhere with 60 digits. They are not part of the project;
// where they are absent the tests say so.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "train/base/text.hpp"
#include "train/engine/gates.hpp"

namespace train::engine {
namespace {

const char* const k_reference = TRAIN_SOURCE_DIR "/../shared/vectors/anytime_gates.csv";

struct Row {
  std::string id;
  std::string side;
  double events = 0;
  double expected = 0;
  double alpha = 0;
  double ln_e = 0;
  bool reject = false;
};

// The rows of the gamma-Poisson mixture with prior strength 1.
std::vector<Row> reference_rows(std::istream& in) {
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    const auto cells = split(line, ',');
    if (cells.size() < 11 || cells[1] != "gp" || std::stod(cells[6]) != 1) continue;
    rows.push_back(Row{cells[0], cells[2], std::stod(cells[3]), std::stod(cells[4]) * std::stod(cells[5]),
                       std::stod(cells[7]), std::stod(cells[9]), cells[10] == "1"});
  }
  return rows;
}

double ln_e(const Row& row) {
  return row.side == "halt" ? ln_e_halt(row.events, row.expected) : ln_e_promote(row.events, row.expected);
}

TEST(GateVectors, WholeEventsGiveTheReferenceEvidence) {
  std::ifstream in(k_reference);
  if (!in) GTEST_SKIP() << "no reference numbers at " << k_reference;
  int compared = 0;
  for (const Row& row : reference_rows(in)) {
    if (row.events != std::floor(row.events)) continue;
    SCOPED_TRACE("row " + row.id + " " + row.side);
    EXPECT_NEAR(ln_e(row), row.ln_e, 1e-8 * std::max(1.0, std::abs(row.ln_e)));
    EXPECT_EQ(ln_e(row) >= -std::log(row.alpha), row.reject);
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

TEST(GateVectors, FractionalEventsAreRoundedAgainstTheVerdict) {
  std::ifstream in(k_reference);
  if (!in) GTEST_SKIP() << "no reference numbers at " << k_reference;
  int compared = 0;
  for (const Row& row : reference_rows(in)) {
    if (row.events == std::floor(row.events)) continue;
    SCOPED_TRACE("row " + row.id + " " + row.side);
    EXPECT_LE(ln_e(row), row.ln_e);
    EXPECT_NEAR(ln_e(row), row.ln_e, 0.5);
    ++compared;
  }
  EXPECT_GE(compared, 2);
}

}  // namespace
}  // namespace train::engine
