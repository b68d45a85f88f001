#include "tails.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/fraction.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace train::engine {
namespace {

constexpr double k_precise = std::numeric_limits<double>::epsilon();
constexpr std::uintmax_t k_terms_max = 1'000'000;

// The terms of the continued fraction 1/(1 + d1/(1 + d2/(1 + …))) of the incomplete beta function
// (NIST DLMF 8.17.22): fast for x below (a + 1)/(a + b + 2).
class BetaFraction {
 public:
  using result_type = std::pair<double, double>;
  BetaFraction(double a, double b, double x) : a_(a), b_(b), x_(x) {}

  // The terms come in pairs, d(2m) and d(2m + 1).
  result_type operator()() {
    const double below = a_ + 2 * m_;
    odd_ = !odd_;
    if (odd_) return {m_ == 0 ? 1 : m_ * (b_ - m_) * x_ / ((below - 1) * below), 1};
    const double d = -(a_ + m_) * (a_ + b_ + m_) * x_ / (below * (below + 1));
    m_ += 1;
    return {d, 1};
  }

 private:
  double a_;
  double b_;
  double x_;
  double m_ = 0;
  bool odd_ = false;
};

// I_x(a, b) / f(x) where that is the smaller tail.
double beta_ratio(double a, double b, double x, double rest) {
  BetaFraction terms(a, b, x);
  std::uintmax_t most = k_terms_max;
  return x * rest / a * boost::math::tools::continued_fraction_a(terms, k_precise, most);
}

// Both sides ask for the same fraction, one after the other; it is most of what an evaluation costs.
double known_beta_ratio(double a, double b, double x, double rest) {
  struct Known {
    double a = 0;
    double b = 0;
    double x = 0;
    double ratio = 0;
  };
  thread_local Known last;
  if (last.a != a || last.b != b || last.x != x) last = {a, b, x, beta_ratio(a, b, x, rest)};
  return last.ratio;
}

// In long double: at ten million exposures a double's lgamma is wrong in the eighth digit of the difference.
double ln_beta_density(double a, double b, double x) {
  using Wide = long double;
  const auto ln_gamma = [](Wide z) { return boost::math::lgamma(z); };
  const Wide ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(Wide(a) + b);
  return static_cast<double>((Wide(a) - 1) * std::log(Wide(x)) + (Wide(b) - 1) * std::log1p(-Wide(x)) - ln_beta);
}

double ln_gamma_density(double shape, double rate) {
  using Wide = long double;
  return static_cast<double>(Wide(shape) * std::log(Wide(rate)) - rate - boost::math::lgamma(Wide(shape)));
}

// The terms of Legendre's fraction of the upper incomplete gamma function (NIST DLMF 8.9.2): fast for rate above
// shape + 1.
class GammaFraction {
 public:
  using result_type = std::pair<double, double>;
  GammaFraction(double shape, double rate) : shape_(shape), below_(rate + 1 - shape) {}

  result_type operator()() {
    const result_type term{n_ == 0 ? 1 : n_ * (shape_ - n_), below_ + 2 * n_};
    n_ += 1;
    return term;
  }

 private:
  double shape_;
  double below_;
  double n_ = 0;
};

// P(X < 1) / f(1): terms fall while the rate is below shape + 1.
double gamma_lower_ratio(double shape, double rate) {
  double term = 1 / shape;
  double sum = term;
  for (double next = shape + 1; term > sum * k_precise / 4; next += 1) {
    term *= rate / next;
    sum += term;
  }
  return sum;
}

double gamma_upper_ratio(double shape, double rate) {
  GammaFraction terms(shape, rate);
  std::uintmax_t most = k_terms_max;
  return boost::math::tools::continued_fraction_a(terms, k_precise, most);
}

// Both tails add up to one: the smaller is computed, the other is what is left of it. The other way round would lose
// every digit of the small one, or turn it into evidence.
double ln_tail(bool wants_smaller, double smaller_ratio, double ln_density) {
  if (wants_smaller) return std::log(smaller_ratio);
  return -ln_density + std::log1p(-smaller_ratio * std::exp(ln_density));
}

}  // namespace

double ln_beta_tail(Side side, double a, double b, double x) {
  // The prior itself, at its usual strength: P(X > x) = (1 - x)^b.
  if (a == 1) {
    const double ln_rest = std::log1p(-x);
    if (side == Side::halt) return ln_rest - std::log(b);
    return std::log(-std::expm1(b * ln_rest)) - std::log(b) - (b - 1) * ln_rest;
  }
  const bool lower_is_smaller = x < (a + 1) / (a + b + 2);
  const bool wants_smaller = (side == Side::promote) == lower_is_smaller;
  const double ratio = lower_is_smaller ? known_beta_ratio(a, b, x, 1 - x) : known_beta_ratio(b, a, 1 - x, x);
  return ln_tail(wants_smaller, ratio, wants_smaller ? 0 : ln_beta_density(a, b, x));
}

double ln_gamma_tail(Side side, double shape, double rate) {
  const bool lower_is_smaller = rate < shape + 1;
  const bool wants_smaller = (side == Side::promote) == lower_is_smaller;
  const double ratio = lower_is_smaller ? gamma_lower_ratio(shape, rate) : gamma_upper_ratio(shape, rate);
  return ln_tail(wants_smaller, ratio, wants_smaller ? 0 : ln_gamma_density(shape, rate));
}

}  // namespace train::engine
