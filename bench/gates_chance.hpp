// Chance for the benches of the gates, fast and with fixed seeds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <thread>
#include <vector>

namespace bench {

using Random = std::mt19937_64;

inline int poisson(Random& random, double mean) { return mean > 0 ? std::poisson_distribution<int>(mean)(random) : 0; }
inline int binomial(Random& random, int n, double p) {
  return n > 0 && p > 0 ? std::binomial_distribution<int>(n, p)(random) : 0;
}

inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}
inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double each : values) sum += each;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}
inline double share_of(const std::vector<double>& values, const std::function<bool(double)>& is) {
  return values.empty() ? 0
                        : static_cast<double>(std::count_if(values.begin(), values.end(), is)) /
                              static_cast<double>(values.size());
}

// What `one` makes of each release; the same on any number of processors.
template <typename One>
std::vector<double> each_release(int releases, const One& one) {
  constexpr int batches = 64;
  std::vector<std::vector<double>> found(batches);
  const auto run = [&](int first, int step) {
    for (int batch = first; batch < batches; batch += step) {
      Random random(static_cast<std::uint64_t>(20261130 + batch));
      for (int i = batch; i < releases; i += batches) found[static_cast<std::size_t>(batch)].push_back(one(random));
    }
  };
  const int workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (int worker = 0; worker < workers; ++worker) threads.emplace_back(run, worker, workers);
  for (auto& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace bench
