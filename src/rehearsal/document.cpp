#include "document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "train/base/text.hpp"

namespace train::rehearsal {
namespace {

// Ends the parse from inside an event: yaml-cpp offers no other way to stop.
struct Stop {};

class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(Document& document) : document_(document) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_.root != nullptr) refuse(mark, "a second document starts here; a scenario is one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { place(make(Node::Kind::null, mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, "aliases are not read in a scenario"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    check_tag(mark, tag);
    Node* node = make(Node::Kind::scalar, mark);
    node->text = text;
    place(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(make(Node::Kind::list, mark), mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(make(Node::Kind::map, mark), mark);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node* node = nullptr;
    const Node* key = nullptr;  // of a map: read, its value still to come
    std::set<std::string> keys;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string text) {
    document_.problems.push_back({document_.file, mark.line + 1, mark.column + 1, std::move(text)});
    throw Stop{};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, fmt::format("the tag {} is not allowed here", in_quotes(tag)));
  }

  Node* make(Node::Kind kind, const YAML::Mark& mark) {
    Node& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return &node;
  }

  void open(Node* node, const YAML::Mark& mark) {
    if (static_cast<int>(levels_.size()) >= k_scenario_depth_max) {
      refuse(mark, fmt::format("nested deeper than {} levels", k_scenario_depth_max));
    }
    levels_.push_back({node, nullptr, {}});
  }

  void close() {
    Node* done = levels_.back().node;
    levels_.pop_back();
    place(done);
  }

  void place(Node* node) {
    if (levels_.empty()) {
      document_.root = node;
      return;
    }
    Level& level = levels_.back();
    if (level.node->kind == Node::Kind::list) {
      level.node->items.push_back(node);
    } else if (level.key == nullptr) {
      level.key = node;
      if (node->kind != Node::Kind::scalar) document_.problem(*node, "a key must be a word");
      if (!level.keys.insert(node->text).second) {
        document_.problem(*node, fmt::format("the key {} stands here twice; keep one", in_quotes(node->text)));
      }
    } else {
      level.node->entries.push_back({level.key, node});
      level.key = nullptr;
    }
  }

  Document& document_;
  std::vector<Level> levels_;
};

bool has_control_characters(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') || byte == 0x7f) return true;
  }
  return false;
}

void parse_events(std::string_view yaml, Document& document) {
  std::istringstream stream{std::string(yaml)};
  Builder builder(document);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return;
  } catch (const Stop&) {
    // Its problem is already in the list.
  } catch (const YAML::Exception& error) {
    const bool known = !error.mark.is_null();
    document.problems.push_back({document.file, known ? error.mark.line + 1 : 0, known ? error.mark.column + 1 : 0,
                                 "not valid YAML: " + printable(error.msg, 200)});
  } catch (const std::exception& error) {
    document.problems.push_back({document.file, 0, 0, "not valid YAML: " + printable(error.what(), 200)});
  }
  document.root = nullptr;
}

}  // namespace

std::string in_quotes(std::string_view foreign) { return "\"" + printable(foreign, 80) + "\""; }

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const auto near = did_you_mean(word, candidates);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : std::string();
}

void Document::problem(const Node& at, std::string text) {
  problems.push_back({file, at.line, at.column, std::move(text)});
}

Document read_document(std::string_view yaml, const std::string& file) {
  Document document;
  document.file = file;
  const auto whole = [&](std::string text) { document.problems.push_back({file, 0, 0, std::move(text)}); };
  if (yaml.size() > k_scenario_bytes_max) {
    whole(fmt::format("{} bytes; at most {} are read", yaml.size(), k_scenario_bytes_max));
  } else if (!is_valid_utf8(yaml) || has_control_characters(yaml)) {
    whole("not plain UTF-8 text");
  } else {
    parse_events(yaml, document);
    if (document.root == nullptr && document.problems.empty()) whole("empty; a scenario has given, events and expect");
  }
  return document;
}

}  // namespace train::rehearsal
