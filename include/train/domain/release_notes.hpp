// Release notes, and what each store takes of them: languages, length, characters. One set of rules for `check`, for
// the look before the first write, and for the adapter that sends them. Sources: docs/release-notes.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/store_facts.hpp"

namespace train {

using Notes = std::map<std::string, std::string>;  // the store's own code of the language → text

// What is compared, counted and sent: without spaces around it, and with one kind of line end.
std::string normal_text(std::string_view text);

// Everything the store would refuse, one line each, the language first; empty when it takes them all. Characters are
// counted as Unicode code points, as both stores do.
std::vector<std::string> notes_problems(const StoreFacts& store, const Notes& notes);
// The same of one text in a language that the store has, at most four lines. Apple documents neither the characters it
// refuses nor when that changes: these are the ones its answers have named.
std::vector<std::string> text_problems(const StoreFacts& store, const std::string& locale, std::string_view text);

// The same of what testers are told. On Google Play those are the release notes of the testing track.
std::vector<std::string> test_notes_problems(const StoreFacts& store, const Notes& notes);

// Why TestFlight's testers cannot be given this text: Apple refuses or mutilates it. Empty: they can.
std::string unfit_for_testers(std::string_view text);

// Nothing for a language the store has, else the store's code that is probably meant, else an empty word.
std::optional<std::string> not_a_locale(const StoreFacts& store, std::string_view locale);

// Tells two sets of notes apart; the order of files and the kind of line ends do not matter. 16 hex digits.
std::string notes_digest(const Notes& notes);

}  // namespace train
