// Which keys each map of the file may have. The readers, the JSON Schema and docs/definition.md are held to this table.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace train::definition {

enum class Need { optional, required };
struct Key {
  std::string_view name;
  Need need = Need::optional;
};

struct Section {
  std::string_view name;  // of its definition in the schema and of its table in docs/definition.md
  std::vector<Key> keys;

  bool has(std::string_view key) const;
  std::vector<std::string_view> key_names() const;
};

const std::vector<Section>& sections();
const Section& section(std::string_view name);  // checked: the name is one of ours

// What a signal source or a flag provider needs besides the keys that every one has.
enum class OptionKind { text, secret, words, query, number };
struct Option {
  std::string_view name;
  OptionKind kind = OptionKind::text;
};
struct Provider {
  std::string_view name;
  bool active = false;  // this version of train acts on it
  std::vector<Option> options;
  bool asks_queries = true;  // of a signal source: `events` and `exposures`, or `value`, say what is measured
};
const std::vector<Provider>& signal_sources();
const std::vector<Provider>& flag_providers();
const Provider* find_provider(const std::vector<Provider>& providers, std::string_view name);
std::vector<std::string_view> provider_names(const std::vector<Provider>& providers);

}  // namespace train::definition
