// Values as JSON for the log. Nothing is lost: percentages are exact, doubles are written with all their digits.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "fields.hpp"
#include "train/domain/words.hpp"

namespace train::event_log {

using Json = nlohmann::ordered_json;

class Writer {
 public:
  template <typename T>
  using Ref = const T&;

  explicit Writer(Json& object) : object_(object) {}

  template <typename T>
  void need(const char* name, const T& value) {
    object_.emplace(name, put(value));
  }
  template <typename E>
  void need_word(const char* name, const std::optional<E>& value) {
    if (value)
      need(name, *value);
    else
      need(name, std::string());
  }
  template <typename T>
  void may(const char* name, const T& value) {
    if (!is_empty(value)) need(name, value);
  }

  template <typename T>
  static Json put_object(const T& value) {
    Json object = Json::object();
    Writer writer(object);
    fields(writer, value);
    return object;
  }

 private:
  static bool is_empty(bool value) { return !value; }
  static bool is_empty(int value) { return value == 0; }
  static bool is_empty(std::uint64_t value) { return value == 0; }
  static bool is_empty(Duration value) { return value == Duration{0}; }
  static bool is_empty(double value) { return value == 0; }
  static bool is_empty(const std::string& value) { return value.empty(); }
  // The first of a set stands for what was before there was a choice.
  template <typename E>
  requires std::is_enum_v<E>
  static bool is_empty(E value) { return value == E{}; }
  template <typename T>
  static bool is_empty(const std::optional<T>& value) {
    return !value.has_value();
  }
  template <typename T>
  static bool is_empty(const std::vector<T>& value) {
    return value.empty();
  }
  template <typename K, typename T>
  static bool is_empty(const std::map<K, T>& value) {
    return value.empty();
  }

  static Json put(bool value) { return value; }
  static Json put(int value) { return value; }
  static Json put(std::uint64_t value) { return value; }
  static Json put(std::int64_t value) { return value; }
  static Json put(Duration value) { return static_cast<std::int64_t>(value.count()); }  // seconds
  static Json put(const std::string& value) { return value; }
  static Json put(const VersionName& value) { return value.text(); }
  static Json put(const BuildNumber& value) { return value.text(); }
  static Json put(Instant value) { return format_rfc3339(value); }
  static Json put(Percent value) {
    if (value.basis_points() % 100 == 0) return value.basis_points() / 100;
    return value.percent();
  }
  static Json put(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";  // JSON has no word for it
    constexpr double k_exact_integers = 9007199254740992.0;
    const bool whole = std::abs(value) < k_exact_integers && std::trunc(value) == value;
    if (whole && !(value == 0 && std::signbit(value))) return static_cast<std::int64_t>(value);
    return value;
  }
  template <typename T>
  static Json put(const std::optional<T>& value) {
    return put(*value);
  }
  template <typename T>
  static Json put(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(put(value));
    return list;
  }
  template <typename T>
  static Json put(const std::map<std::string, T>& values) {
    Json object = Json::object();
    for (const auto& [name, value] : values) object.emplace(name, put(value));
    return object;
  }
  template <typename E>
  requires std::is_enum_v<E>
  static Json put(E value) { return std::string(word_of(value)); }
  template <typename T>
  requires std::is_class_v<T>
  static Json put(const T& value) { return put_object(value); }

  Json& object_;
};

}  // namespace train::event_log
