#include "world/past.hpp"

#include <algorithm>

namespace train::sandbox {
namespace {
constexpr std::size_t k_copies_kept = 64;
constexpr Duration k_kept_for{3600};
}  // namespace

void Past::keep(const Service& before_write, Instant now) {
  while (!copies_.empty() && copies_.front().at + k_kept_for < now) copies_.pop_front();
  if (copies_.size() >= k_copies_kept) copies_.pop_front();
  copies_.push_back(Copy{now, before_write.clone()});
}

std::unique_ptr<Service> Past::as_of(Instant at) const {
  // The first write after `at` found the store as it was then.
  const auto found = std::find_if(copies_.begin(), copies_.end(), [&](const Copy& copy) { return copy.at > at; });
  return found == copies_.end() ? nullptr : found->service->clone();
}

}  // namespace train::sandbox
