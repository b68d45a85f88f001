#include "sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "document.hpp"
#include "train/base/percent.hpp"
#include "train/base/text.hpp"
#include "train/base/time.hpp"
#include "train/domain/plan.hpp"
#include "train/domain/words.hpp"
#include "train/engine/phase.hpp"

namespace train::rehearsal {
namespace {

using Words = std::vector<std::string_view>;

Words all_actions() {
  constexpr auto all = all_words<Action>();
  return {all.begin(), all.end()};
}

Words all_app_phases() {
  Words out;
  for (int i = 0; i <= static_cast<int>(engine::AppPhase::superseded); ++i) {
    out.push_back(engine::to_string(static_cast<engine::AppPhase>(i)));
  }
  return out;
}

Words all_release_phases() {
  Words out;
  for (int i = 0; i <= static_cast<int>(engine::ReleasePhase::abandoned); ++i) {
    out.push_back(engine::to_string(static_cast<engine::ReleasePhase>(i)));
  }
  return out;
}

Words names_of(const AppRoster& roster) {
  Words out;
  for (const auto& member : roster) out.push_back(member.name);
  return out;
}

std::optional<std::string> not_one_of(std::string_view what, std::string_view word, const Words& allowed) {
  if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return std::nullopt;
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  return fmt::format("there is no {} {}{} Known: {}", what, in_quotes(word),
                     suggestion(word, allowed).empty() ? "." : suggestion(word, allowed), join(names, ", "));
}

std::optional<std::string> not_a_code(std::string_view word) {
  int code = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), code);
  if (error == std::errc() && end == word.data() + word.size() && code >= 0 && code <= 255) return std::nullopt;
  return fmt::format("{} is no exit code", in_quotes(word));
}

bool is_slot(std::string_view word) { return !word.empty() && word.front() >= 'A' && word.front() <= 'Z'; }

// What is wrong with `word` in this slot; nullopt: nothing.
std::optional<std::string> check_slot(std::string_view slot, std::string_view word, const AppRoster& roster) {
  static constexpr std::array topics{std::string_view("stage"), std::string_view("breach"), std::string_view("halt"),
                                     std::string_view("rollback"), std::string_view("waiting_for_people")};
  while (!slot.empty() && slot.back() >= '0' && slot.back() <= '9') slot.remove_suffix(1);
  if (slot == "APP") return not_one_of("app", word, names_of(roster));
  if (slot == "ACTION") return not_one_of("action", word, all_actions());
  if (slot == "PHASE") return not_one_of("phase of an app", word, all_app_phases());
  if (slot == "STATE") return not_one_of("phase of a release", word, all_release_phases());
  if (slot == "TOPIC") return not_one_of("topic", word, Words(topics.begin(), topics.end()));
  if (slot == "CODE") return not_a_code(word);
  if (slot == "PERCENT" && !Percent::parse(word)) return fmt::format("{} is no percentage such as 5%", in_quotes(word));
  if (slot == "LENGTH" && !parse_duration(word)) return fmt::format("{} is no duration such as 24h", in_quotes(word));
  return std::nullopt;
}

struct Try {
  std::size_t literal_hits = 0;
  bool literals_fit = false;
  Slots slots;
  std::string problem;  // of a slot
};

Try try_pattern(const std::vector<std::string>& said, std::string_view pattern, const AppRoster& roster) {
  Try out;
  const auto wanted = words_of(pattern);
  out.literals_fit = wanted.size() == said.size();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_slot(wanted[i])) {
      if (i >= said.size()) continue;
      if (auto wrong = check_slot(wanted[i], said[i], roster); wrong && out.problem.empty())
        out.problem = std::move(*wrong);
      out.slots[wanted[i]] = said[i];
    } else if (std::find(said.begin(), said.end(), wanted[i]) != said.end()) {
      ++out.literal_hits;
      if (i >= said.size() || said[i] != wanted[i]) out.literals_fit = false;
    } else {
      out.literals_fit = false;
    }
  }
  return out;
}

std::string not_understood(std::string_view text, std::span<const std::string_view> patterns, std::string_view near) {
  std::vector<std::string> all(patterns.begin(), patterns.end());
  const auto hint = near.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", near);
  return fmt::format("{} is not understood{} Sentences: {}", in_quotes(text), hint.empty() ? "." : hint,
                     join(all, " | "));
}

}  // namespace

std::string slot(const Slots& slots, std::string_view name) {
  const auto at = slots.find(name);
  return at == slots.end() ? std::string() : at->second;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (!blank) word += c;
    if (blank && !word.empty()) out.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

tl::expected<Reading, std::string> read_sentence(std::string_view text, std::span<const std::string_view> patterns,
                                                 const AppRoster& roster) {
  const auto said = words_of(text);
  std::string slot_problem;
  std::string_view near;
  std::size_t best = 0;
  std::size_t slot_best = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    auto attempt = try_pattern(said, patterns[i], roster);
    if (attempt.literals_fit && attempt.problem.empty()) return Reading{i, std::move(attempt.slots)};
    if (attempt.literals_fit && attempt.literal_hits >= slot_best && attempt.literal_hits > 0) {
      slot_best = attempt.literal_hits;
      slot_problem = attempt.problem;
    }
    if (attempt.literal_hits > best) {
      best = attempt.literal_hits;
      near = patterns[i];
    }
  }
  if (!slot_problem.empty()) return tl::unexpected(fmt::format("in {}: {}", in_quotes(text), slot_problem));
  return tl::unexpected(not_understood(text, patterns, near));
}

std::vector<Said> for_each_app(std::string_view text, const AppRoster& roster) {
  const auto words = words_of(text);
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    if (words[at] != "each") continue;
    const auto only = parse_store_kind(words[at + 1]);
    const std::size_t noun = at + (only ? 2 : 1);
    if (noun >= words.size() || words[noun] != "app") continue;
    std::vector<Said> out;
    for (const auto& member : roster) {
      if (only && member.store != *only) continue;
      auto sentence = words;
      sentence.erase(sentence.begin() + static_cast<std::ptrdiff_t>(at),
                     sentence.begin() + static_cast<std::ptrdiff_t>(noun));
      sentence[at] = member.name;
      out.push_back({join(sentence, " "), member.name});
    }
    return out;
  }
  return {{std::string(text), std::nullopt}};
}

}  // namespace train::rehearsal
