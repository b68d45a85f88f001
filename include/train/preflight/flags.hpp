// Whether every flag answers: what cannot be read cannot be proven to be off.
#pragma once

#include <map>
#include <string>

#include "train/domain/definition.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

using FlagAnswers = std::map<FlagName, Asked<std::string>>;
Lines flag_lines(const Definition& definition, const FlagAnswers& answers);

}  // namespace train::preflight
