#include "train/signals/promql.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "fill.hpp"
#include "train/base/text.hpp"
#include "variables.hpp"

namespace train::signals {

namespace {

using State = Measurement::State;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks through a query and keeps in mind inside which kind of string it is.
class Filler {
 public:
  Filler(std::string_view query, const Subject& subject, Into into) : query_(query), subject_(subject), into_(into) {}

  Reading<std::string> fill() {
    while (at_ < query_.size()) {
      if (const auto name = variable_here()) {
        if (auto failed = insert(*name)) return tl::unexpected(*failed);
      } else {
        copy_one();
      }
    }
    return out_;
  }

 private:
  // The variable at this place, and steps behind it.
  std::optional<std::string_view> variable_here() {
    const auto found = variable_at(query_, at_);
    if (!found) return std::nullopt;
    at_ = found->end;
    return found->name;
  }

  void copy_one() {
    const char c = query_[at_++];
    out_ += c;
    if (quote_ == '\0') {
      if (opens_string(c)) quote_ = c;
    } else if (c == '\\' && quote_ != '`' && at_ < query_.size()) {
      out_ += query_[at_++];
    } else if (c == quote_) {
      quote_ = '\0';
    }
  }

  bool opens_string(char c) const {
    switch (into_) {
      case Into::query:
      case Into::tags:
        return c == '"' || c == '\'' || c == '`';
      case Into::json_text:
        return c == '"';
      case Into::address:
      case Into::pointer:
      case Into::words:
        return false;
    }
    return false;
  }

  std::optional<Measurement> insert(std::string_view name) {
    const auto value = value_of(name, subject_);
    if (!value) return value.error();
    if (into_ == Into::address) {
      out_ += percent_encode(*value);
      return std::nullopt;
    }
    for (const char c : *value) {
      if (is_plain(c)) {
        out_ += c;
      } else if (auto failed = insert_special(c, name)) {
        return failed;
      }
    }
    return std::nullopt;
  }

  bool is_plain(char c) const {
    if (is_word(c)) return true;
    if (into_ == Into::words || into_ == Into::tags) return c == '.' || c == '-';
    return quote_ != '\0' && (c == '.' || c == '-' || c == ' ');
  }

  std::optional<Measurement> insert_special(char c, std::string_view name) {
    switch (into_) {
      case Into::query:
      case Into::tags:
        return insert_in_string(c, name);
      case Into::json_text:
        return insert_in_json(c, name);
      case Into::pointer:
        out_ += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        return std::nullopt;
      case Into::address:
      case Into::words:
        break;
    }
    return refusal(name, "has a character that cannot stand");
  }

  std::optional<Measurement> insert_in_json(char c, std::string_view name) {
    if (quote_ == '\0') return refusal(name, "must stand inside quotes");
    if (static_cast<unsigned char>(c) < 0x20) return refusal(name, "has a control character, which cannot stand");
    if (c == '\\' || c == '"') out_ += '\\';
    out_ += c;
    return std::nullopt;
  }

  std::optional<Measurement> insert_in_string(char c, std::string_view name) {
    if (quote_ == '\0') return refusal(name, "must stand inside quotes");
    const bool raw = quote_ == '`';
    if (raw && (c == '`' || c == '\n')) return refusal(name, "cannot stand inside backquotes");
    if (!raw && c == '\n') {
      out_ += "\\n";
      return std::nullopt;
    }
    if (!raw && (c == '\\' || c == quote_)) out_ += '\\';
    out_ += c;
    return std::nullopt;
  }

  static Measurement refusal(std::string_view name, std::string_view why) {
    return unmeasured(State::failed, "the value of $" + std::string(name) + " " + std::string(why) + " in the query");
  }

  std::string_view query_;
  const Subject& subject_;
  Into into_;
  std::size_t at_ = 0;
  char quote_ = '\0';
  std::string out_;
};

}  // namespace

Measurement unmeasured(Measurement::State state, std::string detail) {
  Measurement measurement;
  measurement.state = state;
  measurement.detail = std::move(detail);
  return measurement;
}

Reading<std::string> fill_query(std::string_view query, const Subject& subject) {
  return fill(query, subject, Into::query);
}

Reading<std::string> fill(std::string_view text, const Subject& subject, Into into) {
  return Filler(text, subject, into).fill();
}

}  // namespace train::signals
