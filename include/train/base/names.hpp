// Names of what is released. A version is what people see (3.4.0); a build number is what a store counts.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace train {

using AppName = std::string;     // the key under `apps`
using SignalName = std::string;  // the key under `signals`
using GateName = std::string;    // a gate's `name`, else the name of its signal
using FlagName = std::string;    // the key under `flags`

enum class Bump { major, minor, patch };

// One to four dot-separated whole numbers. Compared by number, missing parts count as 0: 3.4 == 3.4.0.
class VersionName {
 public:
  VersionName() = default;  // "0"
  static std::optional<VersionName> parse(std::string_view text);

  const std::string& text() const { return text_; }
  VersionName next(Bump bump) const;  // always three parts

  std::strong_ordering operator<=>(const VersionName& other) const;
  bool operator==(const VersionName& other) const { return (*this <=> other) == 0; }

 private:
  std::string text_ = "0";
};

// A store's build number or version code. Compared part by part as numbers, like CFBundleVersion.
class BuildNumber {
 public:
  BuildNumber() = default;                                         // "0"
  static std::optional<BuildNumber> parse(std::string_view text);  // digits and dots, at most 18 characters a part
  static BuildNumber from(std::int64_t number);

  const std::string& text() const { return text_; }
  std::optional<std::int64_t> number() const;  // nullopt when it has dots

  std::strong_ordering operator<=>(const BuildNumber& other) const;
  bool operator==(const BuildNumber& other) const { return (*this <=> other) == 0; }

 private:
  std::string text_ = "0";
};

}  // namespace train
