// Which keys each map of the file may have. The readers, the JSON Schema and docs/definition.md are held to this table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/definition/load.hpp"

namespace train::definition {

// What may stand at a key, as JSON Schema has it, in short: the name of a definition of the schema (`duration`),
// `boolean`, `a|b` for a choice of words, `[…]` for a list of what is inside and `[…]+` for one that is not empty, or a
// schema in full, which begins with a brace.
using Shape = std::string;

struct Key {
  std::string_view name;
  Shape shape;
  Need need = Need::optional;
  std::vector<Shape> or_shapes = {};  // where several providers have a key of this name
};

struct Section {
  std::string_view name;  // of its definition in the schema and of its table in docs/definition.md
  std::vector<Key> keys;
  std::string rules = {};  // of the schema, besides those that follow from the keys: a JSON object

  bool has(std::string_view key) const;
  std::vector<std::string_view> key_names() const;
};

// The sections that no provider adds keys to.
const Section& section(std::string_view name);  // checked: the name is one of ours

// Those with the keys of the catalog's providers: each provider's own stand beside the ones that every entry may have.
Section signal_section(const Catalog& catalog);
Section flag_section(const Catalog& catalog);
Section minimum_version_section(const Catalog& catalog);
Section flag_provider_section(const Catalog& catalog);  // only the providers' keys

std::vector<Section> sections(const Catalog& catalog);  // all of them

}  // namespace train::definition
