// A scenario's tree, its values with their problems. Inside the room.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/yaml/tree.hpp"

namespace train::rehearsal {

using yaml::Entry;
using yaml::in_quotes;
using yaml::Node;

// Aliases are refused: a scenario is read top to bottom.
inline constexpr yaml::Rules k_scenario_rules{"scenario", 256 << 10, 16,
                                              20'000,     false,     "empty; a scenario has given, events and expect"};

// A scenario's tree, and what else its readers find wrong in it.
struct Document : yaml::Tree {
  std::string file;

  void problem(const Node& at, std::string text);
};

// Reads the text; what is wrong with it stands in `problems`.
Document read_document(std::string_view yaml, const std::string& file);

// The members of a map, by name; unknown ones become problems with a did-you-mean when `check_keys` is called.
class Fields {
 public:
  // `what` names the map in problems: "given", "events[2]". A node that is no map is a problem, and has no members.
  Fields(Document& document, const Node& node, std::string what);

  const Node& node() const { return node_; }
  const Node* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }
  // nullopt: absent, or a problem was noted.
  std::optional<std::string> text(std::string_view key);
  std::optional<Duration> duration(std::string_view key);
  std::optional<double> number(std::string_view key, double most);
  std::optional<int> whole(std::string_view key, int least, int most);
  std::optional<bool> truth(std::string_view key);
  std::optional<std::string> one_of(std::string_view key, std::span<const std::string_view> words);

  void problem(const Node& at, const std::string& text);
  void check_keys(std::span<const std::string_view> allowed);

 private:
  void wrong(const Node& at, std::string_view key, std::string_view wanted);

  Document& document_;
  const Node& node_;
  std::string what_;
};

// ", did you mean “x”?" or nothing.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace train::rehearsal
