#include "train/domain/number_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "train/base/text.hpp"
#include "train/domain/enum_words.hpp"

namespace train {
namespace {

constexpr std::int64_t k_play_code_most = 2'100'000'000;
constexpr std::size_t k_apple_build_length_most = 18;

struct NumberRules {
  StoreKind kind{};
  std::size_t version_numbers_most = 0;  // 0: the version is a text for people, and any is taken
  std::int64_t number_most = 0;          // of one number in it
};

constexpr std::array k_number_rules{
    NumberRules{StoreKind::app_store, 3, 2'147'483'647},
    NumberRules{StoreKind::google_play, 0, 0},
};
static_assert(!enum_words::is_enumerator<static_cast<StoreKind>(k_number_rules.size())>(), "every store needs its row");

bool has_leading_zero(const std::string& number) { return number.size() > 1 && number.front() == '0'; }

// The number has at most 18 digits: VersionName sees to that.
bool is_above(const std::string& number, std::int64_t most) { return std::stoll(number) > most; }

std::optional<std::string> unfit_play_code(const BuildNumber& build) {
  const auto number = build.number();
  if (!number) return "is no whole number, and Google Play's version codes are";
  if (*number < 1 || *number > k_play_code_most)
    return fmt::format("is not between 1 and {}, as Google Play's version codes are", k_play_code_most);
  if (has_leading_zero(build.text())) return "begins with a zero";
  return std::nullopt;
}

std::optional<std::string> unfit_apple_build(const BuildNumber& build) {
  if (build.text().size() <= k_apple_build_length_most) return std::nullopt;
  return fmt::format("has {} characters, and the App Store takes at most {}", build.text().size(),
                     k_apple_build_length_most);
}

}  // namespace

std::optional<std::string> unfit_version(const StoreFacts& store, const VersionName& version) {
  const auto& rules = k_number_rules[static_cast<std::size_t>(store.kind)];
  if (rules.version_numbers_most == 0) return std::nullopt;
  const auto numbers = split(version.text(), '.');
  if (numbers.size() > rules.version_numbers_most)
    return fmt::format("has {} numbers, and {} takes at most {}", numbers.size(), store.in_sentence,
                       rules.version_numbers_most);
  for (const auto& number : numbers) {
    if (has_leading_zero(number))
      return fmt::format("has a number with a leading zero ({}), which {} drops", number, store.in_sentence);
    if (is_above(number, rules.number_most))
      return fmt::format("has a number above {} ({}), which {} refuses", rules.number_most, number, store.in_sentence);
  }
  return std::nullopt;
}

std::optional<std::string> unfit_build(const StoreFacts& store, const BuildNumber& build) {
  switch (store.kind) {
    case StoreKind::app_store:
      return unfit_apple_build(build);
    case StoreKind::google_play:
      return unfit_play_code(build);
  }
  return std::nullopt;
}

}  // namespace train
