// What `train check` shows.
#pragma once

#include <string>

#include "text.hpp"
#include "train/definition/load.hpp"
#include "train/preflight/line.hpp"

namespace train::cli {

// Problems of the definition: it did not load, and each of them fails.
preflight::Lines problem_lines(const definition::Problems& problems);

enum class Amount { everything, only_trouble };

void show_check(const preflight::Lines& lines, Amount amount, const Screen& screen);
std::string check_document(const preflight::Lines& lines);

}  // namespace train::cli
