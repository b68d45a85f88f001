// One word for each enumerator of a closed set. A table lists every enumerator, in order, beside its word:
//
//   template <>
//   struct EnumWords<Before> {
//     static constexpr std::array all{EnumWord{Before::submission, "submission"}, EnumWord{Before::rollout,
//     "rollout"}};
//   };
//
// A table that lacks an enumerator, or has its rows in another order, does not compile where it is used.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace train {

template <typename E>
struct EnumWord {
  E value;
  std::string_view text;
};
// Clang 14 deduces nothing for an aggregate by itself.
template <typename E>
EnumWord(E, const char*) -> EnumWord<E>;

template <typename E>
struct EnumWords;  // specialised for each closed set, with the member `all`

namespace enum_words {

// Whether the enumeration has an enumerator of this value: the compiler prints the name of one that exists
// ("E::halt"), and a cast or a number for one that does not ("(E)26").
template <auto value>
constexpr bool is_enumerator() {
  constexpr std::string_view self = __PRETTY_FUNCTION__;
  constexpr std::string_view before = "value = ";
  const char first = self[self.find(before) + before.size()];
  return first != '(' && first != '-' && (first < '0' || first > '9');
}

template <typename E, std::size_t N>
constexpr bool are_in_order(const std::array<EnumWord<E>, N>& all) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(all[i].value) != i || all[i].text.empty()) return false;
  }
  return true;
}

}  // namespace enum_words

// Whether every enumerator of E has its word.
template <typename E>
constexpr bool has_every_word() {
  constexpr auto& all = EnumWords<E>::all;
  return enum_words::are_in_order(all) && !enum_words::is_enumerator<static_cast<E>(all.size())>();
}

template <typename E>
constexpr std::string_view word_of(E value) {
  static_assert(has_every_word<E>(), "every enumerator needs its word, in the order of the enumeration");
  return EnumWords<E>::all[static_cast<std::size_t>(value)].text;
}

// nullopt: no enumerator has that word.
template <typename E>
constexpr std::optional<E> from_word(std::string_view text) {
  static_assert(has_every_word<E>(), "every enumerator needs its word, in the order of the enumeration");
  for (const auto& each : EnumWords<E>::all) {
    if (each.text == text) return each.value;
  }
  return std::nullopt;
}

// Every word, in the order of the enumeration: for messages and schemas.
template <typename E>
constexpr auto all_words() {
  static_assert(has_every_word<E>(), "every enumerator needs its word, in the order of the enumeration");
  std::array<std::string_view, EnumWords<E>::all.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = EnumWords<E>::all[i].text;
  return out;
}

}  // namespace train
