#include "train/orders/accept_definition.hpp"

#include "train/engine/identity.hpp"

namespace train::orders {

Events accept_definition(const Definition& definition, const engine::State& state, const std::string& /*by*/,
                         const AcceptDefinitionOrder& order, Instant /*now*/) {
  if (!engine::estrangement(definition, state))
    return fail(ErrorKind::refused, "The log is this definition's already.", "Nothing was done.");
  auto known = engine::identity_of(definition);
  known.why = order.why;
  return std::vector<EventBody>{std::move(known)};
}

}  // namespace train::orders
