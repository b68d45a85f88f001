// What a provider of signals, flags, messages or logs tells the definition about itself: the keys that it takes and
// what must be so among them. The loader, the JSON Schema and the tables of docs/definition.md all follow from these.
// Each provider fills in one of them in its own file, beside the function that makes its adapter.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "train/domain/definition.hpp"

namespace train {

enum class Need { optional, required };

// How a key is written. Where the value is kept: a Signal and a Flag have members of their own for `url`, `path`,
// `method`, `token`, commands and headers; the rest is in their `options`, secrets also in `secrets`.
enum class KeyKind {
  text,
  query,         // text with query variables such as $version
  secret,        // env:NAME, file:PATH or exec:COMMAND
  url,           // https, or http to this machine
  words,         // a list with at least one text; kept one a line
  choice,        // one of `words`
  whole_number,  // up to 18 digits
  number,        // above zero
  duration,      // 90s, 15m, 6h, 2d; kept as written
  command,       // a list of words, run without a shell
  path,          // of a file; `~` and paths relative to the definition are resolved
  secret_headers
};

struct ProviderKey {
  std::string_view name;
  KeyKind kind = KeyKind::text;
  std::string_view meaning = {};  // for docs/definition.md: what it is, without a full stop
  Need need = Need::optional;
  std::string_view unless = {};              // a required key that may be left out beside this one
  std::string_view beside = {};              // the key that this one belongs to: required with it, refused without it
  bool replaces_queries = false;             // a signal's: given instead of `events`, `exposures` and `value`
  std::string_view fallback = {};            // read in its place when the file has none
  std::string_view otherwise = {};           // for docs/definition.md: what holds without it; empty: `fallback`
  std::vector<std::string_view> words = {};  // what a choice allows; of other kinds, what a message lists
  std::string_view noun = "word";            // what a whole number is, or an item of words, for messages
  // What is wrong with a text, or with an item of words, that is of the right kind. Goes on after the text in quotes:
  // "is no JSON pointer; such as /data/crashes". nullopt: nothing.
  std::optional<std::string> (*fault)(std::string_view text) = nullptr;
};

using WrittenKeys = std::set<std::string, std::less<>>;  // the keys that stand in the file

// Reported at the value of `key`, or at the whole signal where the file has no such key.
struct KeyProblem {
  std::string_view key;
  std::string text;
};

// `events` and `exposures`, or `value`, say what is measured: what a source wants of them.
enum class Queries { required, optional, refused };

struct SignalKeys {
  std::string_view source;  // the word after `source:`
  std::vector<ProviderKey> keys;
  Queries queries = Queries::required;
  std::optional<std::string> (*query_fault)(std::string_view text) = nullptr;  // of each query, as a key's `fault`
  std::optional<StoreKind> store = {};  // a store's own source: it can only be asked about that store's apps
  // Fills in what follows from several keys: the kind, the address, defaults. Called when each key has been read; one
  // that was not good is absent from `signal`, though it is among `written`.
  std::vector<KeyProblem> (*settle)(Signal& signal, const WrittenKeys& written) = nullptr;
};

// Whom a provider can give a flag to: everybody, any share of the users, or a share besides named groups.
enum class FlagReach { everybody, share, share_and_groups };

struct FlagKeys {
  std::string_view provider;  // the word after `provider:`
  std::vector<ProviderKey> keys;
  FlagReach reach = FlagReach::share;
};

// Where a log lives, after `state:` or `--state`: a scheme, a colon, and what this describes.
struct LogKeys {
  LogScheme scheme = LogScheme::file;
  std::string_view form;          // how an address is written: "git:REMOTE#REF"
  KeyKind rest = KeyKind::text;   // what follows the colon: a text, a url, or a path
  std::string_view meaning = {};  // for docs/definition.md: where that is, without a full stop
  // What is wrong with a text that is of the right kind and never empty, as a sentence of its own. nullopt: nothing.
  std::optional<std::string> (*fault)(std::string_view rest) = nullptr;
  bool active = false;  // false: it loads, and commands refuse to run
};

struct ChannelKeys {
  ChannelKind kind = ChannelKind::slack;  // its word is the key under `notify`
  std::string_view target;                // for docs/definition.md: what the secret behind the key is
};

}  // namespace train
