// One value of the file, with its place and its name: every reading either gives a checked value or reports a problem.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"
#include "sections.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/domain/definition.hpp"

namespace train::definition {

template <typename T>
struct Word {
  std::string_view text;
  T meaning;
};

// A map whose keys are names of the user's choice: apps, signals, headers.
struct NamedValue;

class Value {
 public:
  Value(Report& report, const Node& node, std::string where)
      : report_(&report), node_(&node), where_(std::move(where)) {}

  const Node& node() const { return *node_; }
  const std::string& where() const { return where_; }
  Report& report() const { return *report_; }
  const std::filesystem::path& directory() const { return report_->directory(); }
  void problem(const std::string& text) const;  // "<where>: <text>"
  void inactive(std::string what) const;

  bool is_list() const { return node_->kind == Node::Kind::list; }
  bool is_map() const { return node_->kind == Node::Kind::map; }

  // Each reports when the value is absent, of another shape, or not allowed; then nullopt (or what was good).
  std::optional<std::string> text() const;           // not empty
  std::optional<std::string> text_or_empty() const;  // a scalar as written
  std::optional<bool> truth() const;
  std::optional<std::int64_t> whole_number(std::int64_t least, std::int64_t most) const;
  std::optional<double> number_above_zero(double most) const;
  std::optional<double> share(double most) const;  // "1%" or 1: 0.01; above zero
  std::optional<double> points() const;            // "0.2pp": 0.002; above zero
  std::optional<Percent> percent() const;
  std::optional<Duration> duration() const;
  std::optional<Duration> whole_days() const;  // above zero
  std::optional<LocalTime> local_time() const;
  std::optional<LocalTime> date() const;
  std::optional<int> minute_of_day() const;  // "09:00" … "24:00"
  std::optional<std::string> name() const;   // [A-Za-z0-9._-]{1,64}, not starting with '-' or '.'
  std::optional<SecretRef> secret() const;
  std::optional<std::string> url() const;             // https, or http to loopback; no trailing slash
  std::optional<std::filesystem::path> path() const;  // absolute, `~` replaced
  // A path in which only these placeholders may stand.
  std::optional<std::string> path_pattern(std::initializer_list<std::string_view> placeholders) const;
  std::vector<Value> items() const;          // of a list
  std::vector<std::string> texts() const;    // of a list of words, none empty
  std::vector<std::string> command() const;  // of a list of words, at least one
  std::vector<NamedValue> entries() const;
  std::optional<std::string> one_of(std::span<const std::string_view> words) const;

  template <typename T, std::size_t N>
  std::optional<T> word(const Word<T> (&words)[N]) const {
    std::vector<std::string_view> texts;
    for (const Word<T>& each : words) texts.push_back(each.text);
    const auto chosen = one_of(texts);
    if (!chosen) return std::nullopt;
    for (const Word<T>& each : words) {
      if (each.text == *chosen) return each.meaning;
    }
    return std::nullopt;
  }

 private:
  // The scalar's text, or a problem that says what is wanted.
  std::optional<std::string> scalar(std::string_view wanted) const;
  // The same, refusing quotes: numbers and truth values.
  std::optional<std::string> plain(std::string_view wanted) const;
  std::string shown() const;

  Report* report_;
  const Node* node_;
  std::string where_;
};

struct NamedValue {
  const Node* key = nullptr;
  std::string name;
  Value value;
};

// A map with the keys of a section. Unknown and missing keys are reported when it is opened.
class Fields {
 public:
  Fields(const Value& value, const Section& known);
  // Two kinds share a place (the two stores): a key of the other kind is said to be that.
  Fields(const Value& value, const Section& known, const Section& other, std::string_view other_kind);

  bool is_map() const { return value_.is_map(); }
  const Value& value() const { return value_; }
  bool has(std::string_view key) const;
  std::optional<Value> get(std::string_view key) const;  // nullopt when it is not there

  // Calls `read` on the key's value when it is there.
  template <typename Read>
  void with(std::string_view key, Read read) const {
    if (const auto found = get(key)) read(*found);
  }

 private:
  void check_keys(const Section& known, const Section* other, std::string_view other_kind) const;

  Value value_;
};

// Keeps the target as it is when the reading failed.
template <typename T, typename U>
void assign(T& target, std::optional<U> read) {
  if (read) target = std::move(*read);
}

// How a sentence about an unknown word goes on: `; did you mean "x"?`, or `.` when nothing is near.
std::string did_you_mean_hint(std::string_view word, std::span<const std::string_view> candidates);
std::string listed(std::span<const std::string_view> words);  // "a, b, c", the first 40

// Whether `text` may name a train, an app, a signal, a flag, a role or a checklist item.
bool is_name(std::string_view text);
inline constexpr std::string_view k_name_rule =
    "a name has 1 to 64 of A-Z a-z 0-9 . _ - and does not start with - or .";

// https anywhere, http to this machine only, no password in it. The reason when it is not allowed.
std::optional<std::string> url_fault(std::string_view url);
// `~` replaced by the home directory, relative ones put below `directory`.
std::filesystem::path absolute_path(std::string_view written, const std::filesystem::path& directory);

}  // namespace train::definition
