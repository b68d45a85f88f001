#include "bigquery_sql.hpp"

#include <algorithm>
#include <cctype>

#include "variables.hpp"

namespace train::signals {

namespace {

constexpr std::string_view k_needs_no_escape = "._-+:/@ ";

bool is_sql_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_number_of(std::string_view variable) {
  return variable == "start" || variable == "end" || variable == "start_ms" || variable == "window_s";
}

// What a piece of the query is, and how a value may stand in it.
enum class Piece { code, comment, name, text, raw_text };

class SqlFiller {
 public:
  SqlFiller(std::string_view query, const Subject& subject) : query_(query), subject_(subject) {}

  Reading<FilledSql> fill() {
    while (at_ < query_.size()) {
      if (const auto failed = step()) return tl::unexpected(*failed);
    }
    return std::move(filled_);
  }

 private:
  // One variable, one opening, or one character.
  std::optional<Measurement> step() {
    if (const auto end = comment_end()) {
      copy_until(*end);
      return std::nullopt;
    }
    if (const char c = query_[at_]; c == '`' || c == '\'' || c == '"') return quoted(c);
    return one_of(Piece::code);
  }

  // Behind the comment that begins here.
  std::optional<std::size_t> comment_end() const {
    const std::string_view rest = query_.substr(at_);
    if (rest.substr(0, 2) == "/*") {
      const auto end = query_.find("*/", at_ + 2);
      return end == std::string_view::npos ? query_.size() : end + 2;
    }
    if (rest.front() != '#' && rest.substr(0, 2) != "--") return std::nullopt;
    return std::min(query_.find('\n', at_), query_.size());
  }

  std::optional<Measurement> quoted(char quote) {
    const std::string fence(query_.substr(at_, 3) == std::string(3, quote) && quote != '`' ? 3 : 1, quote);
    const Piece piece = quote == '`' ? Piece::name : is_raw() ? Piece::raw_text : Piece::text;
    copy_until(at_ + fence.size());
    while (at_ < query_.size() && query_.substr(at_, fence.size()) != fence) {
      if (query_[at_] == '\\' && piece != Piece::name) {
        copy_until(std::min(at_ + 2, query_.size()));
      } else if (auto failed = one_of(piece, quote)) {
        return failed;
      }
    }
    copy_until(std::min(at_ + fence.size(), query_.size()));
    return std::nullopt;
  }

  // r'…', br"…": the letters before the quote.
  bool is_raw() const {
    std::size_t begin = at_;
    while (begin > 0 && is_sql_word(query_[begin - 1])) --begin;
    std::string prefix(query_.substr(begin, at_ - begin));
    for (char& c : prefix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return prefix == "r" || prefix == "br" || prefix == "rb";
  }

  std::optional<Measurement> one_of(Piece piece, char quote = '\0') {
    const auto variable = variable_at(query_, at_);
    if (!variable) {
      copy_until(at_ + 1);
      return std::nullopt;
    }
    const auto value = value_of(variable->name, subject_);
    if (!value) return value.error();
    at_ = variable->end;
    if (piece == Piece::code) {
      add_parameter(std::string(variable->name), *value);
      return std::nullopt;
    }
    return insert(variable->name, *value, piece, quote);
  }

  void add_parameter(const std::string& name, const std::string& value) {
    filled_.text += "@" + name;
    auto& known = filled_.parameters;
    const bool is_there = std::any_of(known.begin(), known.end(), [&](const auto& each) { return each.name == name; });
    if (!is_there) known.push_back({name, is_number_of(name), value});
  }

  std::optional<Measurement> insert(std::string_view name, const std::string& value, Piece piece, char quote) {
    for (const char c : value) {
      if (is_sql_word(c) || k_needs_no_escape.find(c) != std::string_view::npos) {
        filled_.text += c;
      } else if (piece != Piece::text || std::iscntrl(static_cast<unsigned char>(c)) != 0) {
        return unmeasured(Measurement::State::failed,
                          "the value of $" + std::string(name) + " has a character that cannot stand in the query");
      } else {
        if (c == '\\' || c == quote) filled_.text += '\\';
        filled_.text += c;
      }
    }
    return std::nullopt;
  }

  void copy_until(std::size_t end) {
    filled_.text += query_.substr(at_, end - at_);
    at_ = end;
  }

  std::string_view query_;
  const Subject& subject_;
  std::size_t at_ = 0;
  FilledSql filled_;
};

}  // namespace

Reading<FilledSql> fill_sql(std::string_view query, const Subject& subject) { return SqlFiller(query, subject).fill(); }

}  // namespace train::signals
