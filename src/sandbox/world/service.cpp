#include "world/service.hpp"

#include "http/spool.hpp"

namespace train::sandbox {

std::optional<std::string> ServerRequest::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::uint64_t ServerRequest::body_bytes() const { return spooled ? spooled->size() : body.size(); }

Handled answered(ServerResponse response) { return {std::move(response), false, {}}; }

}  // namespace train::sandbox
