// Whose log it is. Two definitions with one name in one directory must not share sign-offs: the log knows the train and
// the apps of its definition, and another definition is refused by name. Pure.
#pragma once

#include <optional>
#include <string>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

event::DefinitionKnown identity_of(const Definition& definition);

// What keeps this definition from being the log's, one line for people: another train's name, or an app that the log
// knows and the definition does not have, or has elsewhere. nullopt: the log is this definition's, with apps added or
// not, or does not say whose it is.
std::optional<std::string> estrangement(const Definition& definition, const State& state);

// The same as a refusal, with what to do about it.
Result<Done> must_be_of(const Definition& definition, const State& state);

}  // namespace train::engine
