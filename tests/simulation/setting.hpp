// What a seed begins with: a definition and the stores behind it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "shelf.hpp"
#include "train/domain/definition.hpp"

namespace train::simulation {

Definition random_definition(Dice& dice);
// With 3.3.0 live, under a name that a person may have given it; in some seeds with nothing live at all.
std::map<AppName, std::unique_ptr<Shelf>> random_shelves(Dice& dice, const Definition& definition, Instant now);

}  // namespace train::simulation
