#include "service.hpp"

namespace train::sandbox {

std::optional<std::string> ServerRequest::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Handled answered(ServerResponse response) { return {std::move(response), false, {}}; }

}  // namespace train::sandbox
