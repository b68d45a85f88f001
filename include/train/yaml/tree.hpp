// The YAML text as a bounded tree of nodes with positions. This is the only door to yaml-cpp: its own nodes accept
// aliases to themselves, keep duplicate keys and turn NO into false, so none of them are built.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "train/yaml/problem.hpp"

namespace train::yaml {

// What a kind of file may hold. A text beyond it is a problem and is not read on.
struct Rules {
  std::string_view kind;  // "definition": how problems name such a file
  std::size_t bytes_max = 0;
  int depth_max = 0;
  std::size_t nodes_max = 0;  // counted with aliases expanded
  bool aliases = false;       // else each is a problem
  std::string_view when_empty;
};

struct Node;
struct Entry {
  const Node* key = nullptr;  // always a scalar
  const Node* value = nullptr;
};

struct Node {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  int line = 1;
  int column = 1;
  bool quoted = false;  // a scalar in quotes or a block: never a number or a truth value
  std::string text;     // as written, without the quotes
  std::vector<const Node*> items;
  std::vector<Entry> entries;  // in the file's order; a repeated key is dropped (and a problem)
};

struct Tree {
  std::deque<Node> nodes;      // owns; aliases share a node
  const Node* root = nullptr;  // null when the text could not be read as YAML at all
  Problems problems;
};

// `file` only names the text in problems.
Tree parse_tree(std::string_view yaml, const std::string& file, const Rules& rules);

// Key material that must be neither in the file nor in a message.
bool looks_like_key_material(std::string_view text);

// What a message may show of the file's text, in quotes: printable, at most 60 bytes, and never key material.
std::string in_quotes(std::string_view text);

}  // namespace train::yaml
