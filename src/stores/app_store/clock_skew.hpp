// How far this machine's clock is from Apple's, as the `Date` of an answer tells. A token from the future or the past
// is refused like a wrong key, so the difference has to be named.
#pragma once

#include <string>

#include "train/base/time.hpp"

namespace train::stores::app_store {

inline constexpr Duration k_skew_named{30};     // from here on `check` tells
inline constexpr Duration k_skew_future{60};    // ahead: a token is backdated by this much
inline constexpr Duration k_skew_expired{600};  // behind: a token lives this long

// Positive: ours is ahead. What the time between sending and receiving explains is no difference: 0.
Duration skew_of(Instant sent, Instant received, Instant theirs);
// "this machine's clock is 7m ahead of Apple's"
std::string skew_words(Duration skew);
// By itself enough for Apple to refuse every token.
bool skew_explains_refusal(Duration skew);

}  // namespace train::stores::app_store
