// Chance that repeats: the same seed gives the same throws, on every machine and in whatever order threads come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace train::simulation {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {  // splitmix64
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
  }
  int below(int count) { return static_cast<int>(next() % static_cast<std::uint64_t>(count)); }
  bool chance(int percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }

 private:
  std::uint64_t state_;
};

// A seed of its own for a part of something.
inline std::uint64_t mixed(std::uint64_t seed, std::uint64_t part) {
  return Dice(seed ^ Dice(part + 0x51ED270B0929ULL).next()).next();
}

}  // namespace train::simulation
