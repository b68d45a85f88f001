// A share of users in whole basis points: 5 % is 500, so 0.1 + 0.2 never meets a store.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace train {

class Percent {
 public:
  constexpr Percent() = default;  // 0 %

  // nullopt outside 0..10000.
  static constexpr std::optional<Percent> from_basis_points(int bp) {
    if (bp < 0 || bp > 10000) return std::nullopt;
    return Percent(bp);
  }
  // A whole percentage known at compile time or already bounded; checked.
  static Percent whole(int percent);
  // From a store's fraction (0.05): rounded to the nearest basis point; nullopt when not finite or outside 0..1.
  static std::optional<Percent> from_fraction(double fraction);
  // "5", "5%", "0.5 %": nullopt when it is not a percentage, out of range, or finer than a basis point.
  static std::optional<Percent> parse(std::string_view text);

  constexpr int basis_points() const { return bp_; }
  constexpr double fraction() const { return bp_ / 10000.0; }
  constexpr double percent() const { return bp_ / 100.0; }
  constexpr bool is_zero() const { return bp_ == 0; }
  constexpr bool is_all() const { return bp_ == 10000; }
  std::string text() const;  // "5 %", "0.5 %"

  constexpr auto operator<=>(const Percent&) const = default;

 private:
  constexpr explicit Percent(int bp) : bp_(bp) {}
  int bp_ = 0;
};

inline constexpr Percent k_percent_all = *Percent::from_basis_points(10000);

}  // namespace train
