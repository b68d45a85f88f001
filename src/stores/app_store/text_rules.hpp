// What Apple takes as "What's New in This Version" and as a text for testers: pure checks, made before any call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace train::stores::app_store {

// Apple trims texts and keeps one kind of line end: what a text is compared, counted and sent as.
std::string normal_text(std::string_view text);

// What Apple would refuse in the text, one line each and at most four of them, with the text's line where there is one;
// empty when it takes it. Apple documents neither the characters it refuses nor when that changes: these are the ones
// its answers have named (docs/stores/app-store.md).
std::vector<std::string> text_problems(const std::string& locale, std::string_view text);

// Why testers cannot be given this text: Apple refuses or mutilates it. Empty: they can.
std::string unfit_for_testers(std::string_view text);

// Nothing for a locale the App Store has, else the one that is probably meant, else an empty word.
std::optional<std::string> not_a_locale(std::string_view locale);

}  // namespace train::stores::app_store
