// The tables of docs/gates.md, by subject. Each prints itself.
#pragma once

namespace bench {

void table_of_errors(int releases);    // rules in use, beside the evidence alone
void table_of_goals(int releases);     // what the product must show
void table_of_clusters(int releases);  // users who crash again and again
void table_of_pace(int releases);      // days to 100 %
void table_of_small_fleets(int releases);
void cost_of_one();

}  // namespace bench
