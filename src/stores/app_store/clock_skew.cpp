#include "clock_skew.hpp"

#include <fmt/format.h>

namespace train::stores::app_store {

Duration skew_of(Instant sent, Instant received, Instant theirs) {
  constexpr Duration k_rounding{1};  // both sides tell whole seconds
  if (theirs < sent - k_rounding) return sent - theirs;
  if (theirs > received + k_rounding) return received - theirs;
  return Duration{0};
}

std::string skew_words(Duration skew) {
  const bool ahead = skew > Duration{0};
  return fmt::format("this machine's clock is {} {} Apple's", format_duration(ahead ? skew : -skew),
                     ahead ? "ahead of" : "behind");
}

bool skew_explains_refusal(Duration skew) { return skew > k_skew_future || skew <= -k_skew_expired; }

}  // namespace train::stores::app_store
