// What the gates cost and what they catch, over simulated releases, beside the rules that tools in use go by. Prints
// the tables of docs/gates.md.
//   gates [RELEASES]      (default 100000)
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "gates_tables.hpp"

int main(int argc, char** argv) {
  const int releases = argc > 1 ? std::atoi(argv[1]) : 100'000;
  if (releases < 1) return 2;
  fmt::print("{} simulated releases in each cell, where no other number is said.\n", releases);
  for (auto* table : {bench::table_of_goals, bench::table_of_clusters, bench::table_of_pace,
                      bench::table_of_small_fleets, bench::table_of_errors}) {
    table(releases);
    std::fflush(stdout);
  }
  bench::cost_of_one();
}
