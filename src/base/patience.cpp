#include "train/base/patience.hpp"

#include <algorithm>
#include <utility>

namespace train {
namespace {

using std::chrono::steady_clock;

thread_local Patience t_patience;

steady_clock::rep ticks_after(Patience::Length length) {
  return (steady_clock::now() + length).time_since_epoch().count();
}

}  // namespace

Patience::Patience(Length length) : until_(std::make_shared<std::atomic<Ticks>>(ticks_after(length))) {}

Patience::Patience(Length length, Length after_acceptance) : Patience(length) { after_acceptance_ = after_acceptance; }

void Patience::note_acceptance() const {
  if (after_acceptance_) shorten_to(*after_acceptance_);
}

void Patience::shorten_to(Length length) const {
  if (until_ == nullptr) return;
  const Ticks wanted = ticks_after(length);
  Ticks known = until_->load();
  while (wanted < known && !until_->compare_exchange_weak(known, wanted)) {
  }
}

std::optional<Patience::Length> Patience::left() const {
  if (until_ == nullptr) return std::nullopt;
  const steady_clock::time_point until{steady_clock::duration(until_->load())};
  return std::max(Length(0), std::chrono::ceil<Length>(until - steady_clock::now()));
}

bool Patience::is_over() const {
  const auto rest = left();
  return rest && *rest == Length(0);
}

Patience patience_of_thread() { return t_patience; }

Patience patience_within(Patience::Length length) {
  const auto left = t_patience.left();
  return left && *left <= length ? t_patience : Patience(length);
}

WithPatience::WithPatience(Patience patience) : before_(std::exchange(t_patience, std::move(patience))) {}
WithPatience::~WithPatience() { t_patience = std::move(before_); }

}  // namespace train
