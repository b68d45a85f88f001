#include "train/yaml/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>

#include "train/base/secret.hpp"
#include "train/base/text.hpp"

namespace train::yaml {
namespace {

// Ends the parse from inside an event: yaml-cpp offers no other way to stop.
struct Stop {};

// What an alias stands for once it is written out.
struct Anchored {
  Node* node = nullptr;
  std::size_t size = 1;  // nodes
  int height = 1;        // levels
};

class Builder final : public YAML::EventHandler {
 public:
  Builder(Tree& tree, const std::string& file, const Rules& rules) : tree_(tree), file_(file), rules_(rules) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!tree_.root) return;
    problem(mark.line + 1, mark.column + 1,
            fmt::format("a second document starts here; the {} is one document", rules_.kind));
    throw Stop{};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(make(Node::Kind::null, mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(make(Node::Kind::list, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(make(Node::Kind::map, mark), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node* node = nullptr;
    YAML::anchor_t anchor = 0;
    std::size_t size = 1;
    int height = 1;
    const Node* key = nullptr;  // of a map: read, its value still to come
    bool key_dropped = false;
    std::set<std::string> keys;
  };

  void problem(int line, int column, std::string text) {
    tree_.problems.push_back({file_, line, column, std::move(text)});
  }
  Node* make(Node::Kind kind, const YAML::Mark& mark);
  void check_tag(const YAML::Mark& mark, const std::string& tag);
  void open(Node* node, YAML::anchor_t anchor);
  void close();
  void add(Node* node, YAML::anchor_t anchor);
  void place(Node* node, std::size_t size, int height);
  void place_in_map(Level& level, Node* node);
  void count(std::size_t nodes, const Node& at);

  Tree& tree_;
  const std::string& file_;
  const Rules& rules_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, Anchored> anchors_;  // complete ones only
  std::size_t nodes_ = 0;
};

Node* Builder::make(Node::Kind kind, const YAML::Mark& mark) {
  Node& node = tree_.nodes.emplace_back();
  node.kind = kind;
  node.line = mark.line + 1;
  node.column = mark.column + 1;
  return &node;
}

void Builder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  // "?" is a plain value and "!" a quoted one; anything else was written by hand.
  if (tag.empty() || tag == "?" || tag == "!") return;
  problem(mark.line + 1, mark.column + 1,
          fmt::format("the tag {} is not allowed; write the value alone", in_quotes(tag)));
}

void Builder::count(std::size_t nodes, const Node& at) {
  nodes_ += nodes;
  if (nodes_ <= rules_.nodes_max) return;
  problem(at.line, at.column,
          fmt::format("more than {} values, counted with aliases expanded; a {} needs far fewer", rules_.nodes_max,
                      rules_.kind));
  throw Stop{};
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node here;
  here.line = mark.line + 1;
  here.column = mark.column + 1;
  if (!rules_.aliases) {
    problem(here.line, here.column, fmt::format("aliases are not read in a {}", rules_.kind));
    throw Stop{};
  }
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    // The anchor is known to yaml-cpp but not complete: we are still inside it.
    problem(here.line, here.column,
            "this alias refers to the value it stands in; aliases may only refer to earlier values");
    throw Stop{};
  }
  count(found->second.size, here);
  if (static_cast<int>(levels_.size()) + found->second.height > rules_.depth_max) {
    problem(here.line, here.column, fmt::format("nested deeper than {} levels", rules_.depth_max));
    throw Stop{};
  }
  place(found->second.node, found->second.size, found->second.height);
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) {
  check_tag(mark, tag);
  Node* node = make(Node::Kind::scalar, mark);
  node->quoted = tag != "?";
  node->text = text;
  if (looks_like_key_material(text)) {
    problem(
        node->line, node->column,
        "a private key stands in the file; put it into a file only you can read and write file:PATH, or env:NAME, or "
        "exec:COMMAND");
  }
  add(node, anchor);
}

void Builder::open(Node* node, YAML::anchor_t anchor) {
  count(1, *node);
  if (static_cast<int>(levels_.size()) >= rules_.depth_max) {
    problem(node->line, node->column, fmt::format("nested deeper than {} levels", rules_.depth_max));
    throw Stop{};
  }
  Level level;
  level.node = node;
  level.anchor = anchor;
  levels_.push_back(std::move(level));
}

void Builder::close() {
  const Level done = std::move(levels_.back());
  levels_.pop_back();
  if (done.anchor != 0) anchors_[done.anchor] = {done.node, done.size, done.height};
  place(done.node, done.size, done.height);
}

void Builder::add(Node* node, YAML::anchor_t anchor) {
  count(1, *node);
  if (anchor != 0) anchors_[anchor] = {node, 1, 1};
  place(node, 1, 1);
}

void Builder::place(Node* node, std::size_t size, int height) {
  if (levels_.empty()) {
    tree_.root = node;
    return;
  }
  Level& level = levels_.back();
  level.size += size;
  level.height = std::max(level.height, height + 1);
  if (level.node->kind == Node::Kind::list) {
    level.node->items.push_back(node);
  } else {
    place_in_map(level, node);
  }
}

void Builder::place_in_map(Level& level, Node* node) {
  if (!level.key && !level.key_dropped) {
    if (node->kind != Node::Kind::scalar) {
      problem(node->line, node->column, "a key must be a word");
      level.key_dropped = true;
    } else if (!level.keys.insert(node->text).second) {
      problem(node->line, node->column, fmt::format("the key {} stands here twice; keep one", in_quotes(node->text)));
      level.key_dropped = true;
    } else {
      level.key = node;
    }
    return;
  }
  if (level.key) {
    // yaml-cpp puts an absent value where the next key starts.
    if (node->kind == Node::Kind::null) node->line = level.key->line, node->column = level.key->column;
    level.node->entries.push_back({level.key, node});
  }
  level.key = nullptr;
  level.key_dropped = false;
}

struct Place {
  int line = 1;
  int column = 1;
};

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
  }
  return place;
}

// yaml-cpp takes NUL and EOT for the end of the text and guesses at bad UTF-8: neither may hide the rest of a file.
std::optional<Problem> bad_bytes(std::string_view yaml, const std::string& file) {
  for (std::size_t i = 0; i < yaml.size(); ++i) {
    const auto byte = static_cast<unsigned char>(yaml[i]);
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\t' || byte == '\r') continue;
    const Place at = place_of(yaml, i);
    return Problem{file, at.line, at.column, fmt::format("the control character 0x{:02x} is not allowed", byte)};
  }
  if (is_valid_utf8(yaml)) return std::nullopt;
  std::size_t line_start = 0;
  while (true) {
    const std::size_t end = std::min(yaml.find('\n', line_start), yaml.size());
    if (!is_valid_utf8(yaml.substr(line_start, end - line_start)) || end == yaml.size()) break;
    line_start = end + 1;
  }
  return Problem{file, place_of(yaml, line_start).line, 1, "this line is not UTF-8; save the file as UTF-8"};
}

Problem syntax_problem(const YAML::Exception& error, const std::string& file) {
  Problem problem{file, 0, 0, "not valid YAML: " + printable(error.msg, 200)};
  if (!error.mark.is_null()) {
    problem.line = error.mark.line + 1;
    problem.column = error.mark.column + 1;
  }
  return problem;
}

void parse_events(std::string_view yaml, const std::string& file, const Rules& rules, Tree& tree) {
  std::istringstream stream{std::string(yaml)};
  Builder builder(tree, file, rules);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return;
  } catch (const Stop&) {
    // Its problem is already in the list.
  } catch (const YAML::Exception& error) {
    tree.problems.push_back(syntax_problem(error, file));
  } catch (const std::exception& error) {
    tree.problems.push_back({file, 0, 0, "not valid YAML: " + printable(error.what(), 200)});
  }
  tree.root = nullptr;
}

}  // namespace

bool looks_like_key_material(std::string_view text) {
  return (text.find("-----BEGIN") != std::string_view::npos && text.find("PRIVATE") != std::string_view::npos) ||
         text.find("\"private_key\"") != std::string_view::npos;
}

std::string in_quotes(std::string_view text) {
  if (looks_like_key_material(text) || text.find("-----BEGIN") != std::string_view::npos) return k_redacted;
  return "\"" + printable(text, 60) + "\"";
}

std::string Problem::format() const {
  if (line == 0) return fmt::format("{}: {}", file, text);
  return fmt::format("{}:{}:{}: {}", file, line, column, text);
}

Tree parse_tree(std::string_view yaml, const std::string& file, const Rules& rules) {
  Tree tree;
  if (yaml.size() > rules.bytes_max) {
    tree.problems.push_back({file, 0, 0, fmt::format("{} bytes; at most {} are read", yaml.size(), rules.bytes_max)});
    return tree;
  }
  if (auto bad = bad_bytes(yaml, file)) {
    tree.problems.push_back(std::move(*bad));
    return tree;
  }
  parse_events(yaml, file, rules, tree);
  if (!tree.root && tree.problems.empty()) {
    tree.problems.push_back({file, 0, 0, std::string(rules.when_empty)});
  }
  return tree;
}

}  // namespace train::yaml
