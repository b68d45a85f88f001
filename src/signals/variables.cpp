#include "variables.hpp"

#include <algorithm>
#include <cctype>

#include "train/base/text.hpp"

namespace train::signals {

namespace {

using State = Measurement::State;

bool is_of_a_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string seconds_of(Instant at) { return std::to_string(at.time_since_epoch().count()); }

Reading<std::string> known_or(std::string value, const std::string& missing) {
  if (!value.empty()) return value;
  return tl::unexpected(unmeasured(State::no_data, missing));
}

// As Firebase names an app's tables: com_example_charge_ANDROID.
std::string firebase_table(const Subject& subject) {
  if (subject.store_id.empty()) return {};
  std::string table = subject.store_id;
  std::replace(table.begin(), table.end(), '.', '_');
  return table + (subject.platform == "ios" ? "_IOS" : "_ANDROID");
}

Reading<std::string> unknown(std::string_view name) {
  return tl::unexpected(
      unmeasured(State::failed, "the query has an unknown variable $" + printable(name, 60) +
                                    "; allowed are $app $bundle_id $version $build $baseline_version $platform $start "
                                    "$end $start_ms $window_s $firebase_table"));
}

}  // namespace

std::optional<Variable> variable_at(std::string_view text, std::size_t at) {
  if (text[at] != '$' || at + 1 >= text.size()) return std::nullopt;
  const bool braced = text[at + 1] == '{';
  const std::size_t begin = at + (braced ? 2 : 1);
  std::size_t end = begin;
  while (end < text.size() && is_of_a_name(text[end])) ++end;
  if (end == begin || (braced && (end >= text.size() || text[end] != '}'))) return std::nullopt;
  if (!braced && std::isdigit(static_cast<unsigned char>(text[begin])) != 0) return std::nullopt;
  std::string_view name = text.substr(begin, end - begin);
  if (!braced && name == "window_ss") {  // [$window_ss]: the seconds and their unit
    name = "window_s";
    --end;
  }
  return Variable{name, end + (braced ? 1 : 0)};
}

Reading<std::string> value_of(std::string_view name, const Subject& subject) {
  if (name == "app") return subject.app;
  if (name == "version") return subject.version.text();
  if (name == "platform") return subject.platform;
  if (name == "start") return seconds_of(subject.start);
  if (name == "end") return seconds_of(subject.end());
  if (name == "start_ms") return seconds_of(subject.start) + "000";
  // PromQL refuses a range of nothing, and at the first look no second has passed.
  if (name == "window_s") return std::to_string(std::max<std::int64_t>(1, (subject.end() - subject.start).count()));
  if (name == "build")
    return known_or(subject.build ? subject.build->text() : "",
                    "the build of " + subject.version.text() + " is not known yet");
  if (name == "baseline_version")
    return known_or(subject.baseline_version ? subject.baseline_version->text() : "",
                    "there is no live version to compare with");
  if (name == "bundle_id") return known_or(subject.store_id, "the app's bundle id or package is not known");
  if (name == "firebase_table") return known_or(firebase_table(subject), "the app's bundle id or package is not known");
  return unknown(name);
}

}  // namespace train::signals
