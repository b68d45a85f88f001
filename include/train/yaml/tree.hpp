// The YAML text as a bounded tree of nodes with positions. This is the only door to yaml-cpp: its own nodes accept
// aliases to themselves, keep duplicate keys and turn NO into false, so none of them are built.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "train/definition/load.hpp"

namespace train::definition {

inline constexpr std::size_t k_bytes_max = 1 << 20;
inline constexpr int k_depth_max = 32;
inline constexpr std::size_t k_nodes_max = 20000;  // counted with aliases expanded

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
Tree parse_tree(std::string_view yaml, const std::string& file);

// Key material that must be neither in the file nor in a message.
bool looks_like_key_material(std::string_view text);

}  // namespace train::definition
