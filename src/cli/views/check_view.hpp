// What `train check` shows.
#pragma once

#include <string>

#include "check.hpp"
#include "text.hpp"

namespace train::cli {

enum class Amount { everything, only_trouble };

void show_check(const CheckLines& lines, Amount amount, const Screen& screen);
std::string check_document(const CheckLines& lines);

}  // namespace train::cli
