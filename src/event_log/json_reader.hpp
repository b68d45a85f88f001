// JSON from the log as values. Every type is checked; the first fault is kept, with the path of its member.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields.hpp"
#include "train/domain/words.hpp"

namespace train::event_log {

using Json = nlohmann::ordered_json;

class Reader {
 public:
  template <typename T>
  using Ref = T&;
  using Fault = std::string;  // empty: none. ".step.action is not …"

  explicit Reader(const Json& object) : object_(object) {}

  template <typename T>
  void need(const char* name, T& value) {
    const auto found = object_.find(name);
    if (found == object_.end()) {
      note(name, " is missing");
    } else {
      note(name, take(*found, value));
    }
  }
  // A word that was written empty before every event had one.
  template <typename E>
  void need_word(const char* name, std::optional<E>& value) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_string() && found->get_ref<const std::string&>().empty()) return;
    E word{};
    need(name, word);
    value = word;
  }
  template <typename T>
  void may(const char* name, T& value) {
    const auto found = object_.find(name);
    if (found != object_.end()) note(name, take(*found, value));
  }

  template <typename T>
  static Fault take_object(const Json& json, T& value) {
    if (!json.is_object()) return " is not an object";
    Reader reader(json);
    fields(reader, value);
    return std::move(reader.fault_);
  }

 private:
  void note(const char* name, const Fault& fault) {
    if (fault_.empty() && !fault.empty()) fault_ = std::string(".") + name + fault;
  }

  static Fault take(const Json& json, bool& value) {
    if (!json.is_boolean()) return " is not true or false";
    value = json.get<bool>();
    return {};
  }
  static Fault take(const Json& json, int& value) {
    if (!json.is_number_integer()) return " is not a whole number";
    const auto number = json.get<std::int64_t>();
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) return " is too large";
    value = static_cast<int>(number);
    return {};
  }
  static Fault take(const Json& json, std::uint64_t& value) {
    if (!json.is_number_unsigned()) return " is not a whole number";
    value = json.get<std::uint64_t>();
    return {};
  }
  static Fault take(const Json& json, std::int64_t& value) {
    if (!json.is_number_integer()) return " is not a whole number";
    value = json.get<std::int64_t>();
    return {};
  }
  static Fault take(const Json& json, Duration& value) {
    std::int64_t seconds = 0;
    if (Fault fault = take(json, seconds); !fault.empty()) return fault;
    value = Duration(seconds);
    return {};
  }
  static Fault take(const Json& json, std::string& value) {
    if (!json.is_string()) return " is not a text";
    value = json.get_ref<const std::string&>();
    return {};
  }
  static Fault take(const Json& json, VersionName& value) {
    return parsed<VersionName>(json, value, " is not a version");
  }
  static Fault take(const Json& json, BuildNumber& value) {
    return parsed<BuildNumber>(json, value, " is not a build number");
  }
  static Fault take(const Json& json, Instant& value) {
    const auto at = json.is_string() ? parse_rfc3339(json.get_ref<const std::string&>()) : std::nullopt;
    if (!at) return " is not a time like 2026-11-30T09:00:00Z";
    value = *at;
    return {};
  }
  static Fault take(const Json& json, Percent& value) {
    if (!json.is_number()) return " is not a percentage";
    const double basis_points = json.get<double>() * 100;
    const double nearest = std::round(basis_points);
    if (!(basis_points >= 0 && basis_points <= 10000) || std::abs(basis_points - nearest) > 1e-6) {
      return " is not a percentage from 0 to 100 in steps of 0.01";
    }
    value = *Percent::from_basis_points(static_cast<int>(nearest));
    return {};
  }
  static Fault take(const Json& json, double& value) {
    if (json.is_number()) {
      value = json.get<double>();
      return {};
    }
    const std::string word = json.is_string() ? json.get<std::string>() : std::string();
    if (word == "nan") {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (word == "inf" || word == "-inf") {
      value = word == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    } else {
      return " is not a number";
    }
    return {};
  }
  template <typename T>
  static Fault take(const Json& json, std::optional<T>& value) {
    T inner{};
    Fault fault = take(json, inner);
    if (fault.empty()) value = std::move(inner);
    return fault;
  }
  template <typename T>
  static Fault take(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) return " is not a list";
    values.clear();  // some begin with what they have where nothing is written
    for (const Json& item : json) {
      T value{};
      if (Fault fault = take(item, value); !fault.empty()) return "[" + std::to_string(values.size()) + "]" + fault;
      values.push_back(std::move(value));
    }
    return {};
  }
  template <typename T>
  static Fault take(const Json& json, std::map<std::string, T>& values) {
    if (!json.is_object()) return " is not an object";
    for (const auto& item : json.items()) {
      T value{};
      if (Fault fault = take(item.value(), value); !fault.empty()) return "." + item.key() + fault;
      values.emplace(item.key(), std::move(value));
    }
    return {};
  }
  template <typename E>
  requires std::is_enum_v<E>
  static Fault take(const Json& json, E& value) {
    const auto word = json.is_string() ? from_word<E>(json.get_ref<const std::string&>()) : std::nullopt;
    if (!word)
      return " has a value this train does not know: " + json.dump(-1, ' ', true, Json::error_handler_t::replace);
    value = *word;
    return {};
  }
  template <typename T>
  requires std::is_class_v<T>
  static Fault take(const Json& json, T& value) { return take_object(json, value); }

  template <typename T>
  static Fault parsed(const Json& json, T& value, const char* fault) {
    auto known = json.is_string() ? T::parse(json.get_ref<const std::string&>()) : std::nullopt;
    if (!known) return fault;
    value = std::move(*known);
    return {};
  }

  const Json& object_;
  Fault fault_;
};

}  // namespace train::event_log
