// Sentences by pattern: "APP never above PERCENT" is the rule's text, its help and its parser. Words in capitals are
// slots, each with its own check; everything else must stand as written. Inside the room.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "train/domain/definition.hpp"

namespace train::rehearsal {

// The apps a scenario may speak of.
struct CastMember {
  AppName name;
  StoreKind store{};
};
using AppRoster = std::vector<CastMember>;

using Slots = std::map<std::string, std::string, std::less<>>;  // "APP" → "ios"; a second of a kind is "APP2"

std::string slot(const Slots& slots, std::string_view name);  // empty when the sentence has none of it

struct Reading {
  std::size_t pattern = 0;  // its index
  Slots slots;
};

// The first pattern that fits; else what is wrong and what is understood.
tl::expected<Reading, std::string> read_sentence(std::string_view text, std::span<const std::string_view> patterns,
                                                 const AppRoster& roster);

struct Said {
  std::string text;
  std::optional<AppName> about;  // the app that "each app" became
};
// "each app …", "each app_store app …", "each google_play app …", anywhere in the sentence: one sentence for each of
// these apps. Any other sentence stays as it is.
std::vector<Said> for_each_app(std::string_view text, const AppRoster& roster);

std::vector<std::string> words_of(std::string_view text);

}  // namespace train::rehearsal
