// The tails of a beta and of a gamma distribution, each divided by its density at the same place, in logs: the ratio
// stays an ordinary number where the tail and the density both fall below the smallest double.
#pragma once

#include "train/engine/gates/evidence.hpp"

namespace train::engine {

// ln of P(X > x) / f(x) for halt, P(X < x) / f(x) for promote; X ~ Beta(a, b), 0 < x < 1.
double ln_beta_tail(Side side, double a, double b, double x);
// The same for X ~ Gamma(shape, rate) at x = 1.
double ln_gamma_tail(Side side, double shape, double rate);

}  // namespace train::engine
