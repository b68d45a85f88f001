#include "layering/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <regex>

#include "train/base/text.hpp"

namespace train::layering {
namespace {

// Walks over the text once and blanks what is not code.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(text_);
  }

 private:
  void step() {
    const bool first_on_line = line_is_empty_;
    if (looking_at("//")) return blank_while([this] { return text_[at_] != '\n'; });
    if (looking_at("/*")) return blank_to("*/", 2);
    if (first_on_line && text_[at_] == '#') return blank_directive();
    if (looking_at("R\"") && !after_name()) return blank_raw_string();
    if (text_[at_] == '"' || (text_[at_] == '\'' && !after_name())) return blank_literal(text_[at_]);
    if (text_[at_] == '\n') {
      line_is_empty_ = true;
    } else if (std::isspace(static_cast<unsigned char>(text_[at_])) == 0) {
      line_is_empty_ = false;
    }
    ++at_;
  }

  bool looking_at(std::string_view what) const { return std::string_view(text_).substr(at_, what.size()) == what; }
  // Tells the digit separator of 10'000 from the start of a character.
  bool after_name() const { return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0; }

  void blank_one() {
    if (at_ >= text_.size()) return;
    if (text_[at_] != '\n') text_[at_] = ' ';
    ++at_;
  }
  template <typename Condition>
  void blank_while(const Condition& condition) {
    while (at_ < text_.size() && condition()) blank_one();
  }
  void blank_to(std::string_view end, std::size_t start_length) {
    for (std::size_t i = 0; i < start_length; ++i) blank_one();
    blank_while([&] { return !looking_at(end); });
    for (std::size_t i = 0; i < end.size(); ++i) blank_one();
  }
  void blank_directive() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == '\\') blank_one();
      blank_one();
    }
  }
  void blank_raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string::npos) return blank_one();
    blank_to(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"", open - at_ + 1);
  }
  void blank_literal(char quote) {
    line_is_empty_ = false;
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\') blank_one();
      blank_one();
    }
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }

  std::string text_;
  std::size_t at_ = 0;
  bool line_is_empty_ = true;
};

enum class Scope { transparent, function, value, other };

Scope scope_of(const std::string& head) {
  static const std::regex type(R"(^(template\s*<[^{]*>\s*)?(inline\s+)?(namespace|class|struct|union|enum|extern)\b)");
  if (std::regex_search(head, type) &&
      (head.find('(') == std::string::npos || head.find("alignas(") != std::string::npos)) {
    return Scope::transparent;
  }
  return head.find('(') == std::string::npos ? Scope::other : Scope::function;
}

// Follows braces through blanked code. A brace that touches what stands before it, as in `x_{2}`, is a value; one after
// a space opens a scope: the formatter sees to that.
class FunctionFinder {
 public:
  std::vector<Function> run(const std::string& code) {
    for (std::size_t i = 0; i < code.size(); ++i) {
      const char c = code[i];
      const bool in_value = !open_.empty() && open_.back().scope == Scope::value;
      if (c == '{')
        open(i > 0 && std::isspace(static_cast<unsigned char>(code[i - 1])) == 0 ? Scope::value : scope_of(head_));
      if (c == '}') close();
      if (c == ';' || (c == '}' && !in_value) || (c == '{' && open_.back().scope != Scope::value)) {
        head_.clear();
      } else {
        extend_head(c);
      }
      if (c == '\n') ++line_;
    }
    return std::move(found_);
  }

 private:
  struct Open {
    Scope scope;
    std::string head;
    int line;
  };

  void extend_head(char c) {
    if (head_.empty() && std::isspace(static_cast<unsigned char>(c)) != 0) return;
    if (head_.empty()) head_line_ = line_;
    head_ += c;
  }
  void open(Scope scope) {
    const bool inside =
        std::any_of(open_.begin(), open_.end(), [](const Open& o) { return o.scope != Scope::transparent; });
    if (inside && scope != Scope::value) scope = Scope::other;
    open_.push_back(Open{scope, head_, head_.empty() ? line_ : head_line_});
  }
  void close() {
    if (open_.empty()) return;
    const Open top = open_.back();
    open_.pop_back();
    if (top.scope != Scope::function) return;
    const std::string first_line = top.head.substr(0, top.head.find('\n'));
    found_.push_back(Function{std::string(trim(first_line)), top.line, line_ - top.line + 1});
  }

  std::vector<Open> open_;
  std::vector<Function> found_;
  std::string head_;
  int head_line_ = 1;
  int line_ = 1;
};

}  // namespace

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex include(R"rx(^\s*#\s*include\s*(["<])([^">]+)[">])rx");
  std::vector<Include> found;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, include)) found.push_back(Include{number, match[2], match[1] == "\""});
  }
  return found;
}

std::string code_of(std::string_view text) { return Blanker(text).run(); }

std::vector<Function> functions_of(std::string_view text) { return FunctionFinder().run(code_of(text)); }

int lines_of(std::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace train::layering
