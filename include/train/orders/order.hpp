// What a person may order. Each order is a pure function of its own file: the definition, the state, who gives it, what
// they said and the time go in; the events that the order appends come out, or why it is refused. `cli` and rehearsals
// call the same functions, so both refuse the same orders with the same words.
//
// Errors of every order: `usage` for an order that this definition can never carry out (an unknown app or item),
// `refused` for one that is not allowed as things stand. Nothing is read or written here: what an order needs from a
// file or a store is handed in as a value.
#pragma once

#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/event.hpp"
#include "train/engine/state.hpp"

namespace train::orders {

using Events = Result<std::vector<EventBody>>;

// `usage` for an app that the definition does not have; an empty name is every app.
Result<Done> known_app(const Definition& definition, const AppName& app);

// `usage` for somebody who is not among the definition's people; where it lists none, anybody may act.
Result<Done> known_person(const Definition& definition, const std::string& by);

// One of the roles is wanted of whoever gives the order: `usage` as above, `refused` for a member who has none of them.
Result<Done> has_one_role(const Definition& definition, const std::string& by, const std::vector<std::string>& roles);

// The release in focus, where it is open; `refused` where none is. It lives as long as the state.
Result<const engine::Release*> open_release(const engine::State& state);

}  // namespace train::orders
