#include "scenario.hpp"

#include <fmt/format.h>

#include <array>

#include "reading.hpp"
#include "train/base/text.hpp"

namespace train::rehearsal {

ScenarioReader::ScenarioReader(Document& document, const AppRoster& roster) : document_(document), roster_(roster) {}

std::optional<VersionName> ScenarioReader::version(Fields& fields, std::string_view key) {
  const auto word = fields.text(key);
  if (!word) return std::nullopt;
  const auto version = VersionName::parse(*word);
  if (!version) fields.problem(*fields.find(key), fmt::format("{} is no version such as 3.4.0", in_quotes(*word)));
  return version;
}

std::optional<AppName> ScenarioReader::app(Fields& fields, std::string_view key) {
  const auto word = fields.text(key);
  if (!word) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& member : roster_) {
    if (member.name == *word) return word;
    names.push_back(member.name);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  fields.problem(*fields.find(key), fmt::format("there is no app {}{}; apps: {}", in_quotes(*word),
                                                suggestion(*word, names), join(known, ", ")));
  return std::nullopt;
}

void ScenarioReader::read_live(Fields& fields, bool& said, std::optional<VersionName>& live) {
  if (!fields.has("live")) return;
  said = true;
  if (fields.text("live").value_or("") != "none") live = version(fields, "live");
}

void ScenarioReader::read_given(const Node& node, Scenario& out) {
  static constexpr std::array<std::string_view, 8> keys{"version",  "live", "for",  "sign_offs",
                                                        "calendar", "seed", "apps", "standby"};
  static constexpr std::array<std::string_view, 2> sign_offs{"at_once", "never"};
  Fields given(document_, node, "given");
  given.check_keys(keys);
  out.version = version(given, "version");
  read_live(given, out.live_said, out.live);
  out.lasts = given.duration("for").value_or(out.lasts);
  if (out.lasts > Duration{400 * 86400}) given.problem(*given.find("for"), "at most 400d are rehearsed");
  out.people_sign = given.one_of("sign_offs", sign_offs).value_or("at_once") == "at_once";
  out.calendar = given.truth("calendar").value_or(false);
  out.standby = given.truth("standby").value_or(false);
  out.seed = given.whole("seed", 1, 1'000'000'000);
  const Node* apps = given.find("apps");
  if (apps == nullptr) return;
  Fields listed(document_, *apps, "given.apps");
  for (const auto& entry : apps->entries) {
    Fields one(document_, *entry.value, "given.apps." + printable(entry.key->text, 80));
    static constexpr std::array<std::string_view, 1> app_keys{"live"};
    one.check_keys(app_keys);
    AppGiven about;
    read_live(one, about.live_said, about.live);
    out.apps[entry.key->text] = about;
  }
  std::vector<std::string_view> names;
  for (const auto& member : roster_) names.push_back(member.name);
  listed.check_keys(names);
}

void ScenarioReader::read_events(const Node& node, Scenario& out) {
  if (node.kind != Node::Kind::list) return document_.problem(node, "events: must be a list");
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    Fields fields(document_, *node.items[i], fmt::format("events[{}]", i));
    if (node.items[i]->kind == Node::Kind::map) read_event(fields, out);
  }
}

void ScenarioReader::read_expectations(const Node& node, Scenario& out) {
  if (node.kind != Node::Kind::list) return document_.problem(node, "expect: must be a list of sentences");
  for (const auto* item : node.items) {
    if (item->kind != Node::Kind::scalar) {
      document_.problem(*item, "expect: each item is one sentence; put it in quotes");
      continue;
    }
    auto read = read_expectation(item->text, roster_);
    if (!read) document_.problem(*item, "expect: " + read.error());
    if (read) out.expected.insert(out.expected.end(), read->begin(), read->end());
  }
}

void ScenarioReader::read(Scenario& out) {
  static constexpr std::array<std::string_view, 5> keys{"about", "group", "given", "events", "expect"};
  Fields top(document_, *document_.root, "scenario");
  top.check_keys(keys);
  out.about = top.text("about").value_or("");
  out.group = top.one_of("group", k_groups).value_or("");
  if (const Node* given = top.find("given")) read_given(*given, out);
  if (const Node* events = top.find("events")) read_events(*events, out);
  if (const Node* expect = top.find("expect")) {
    read_expectations(*expect, out);
    if (expect->items.empty()) document_.problem(*expect, "expect: nothing is expected; say what must be the case");
  } else {
    document_.problem(*document_.root, "scenario: expect is missing; say what must be the case at the end");
  }
}

tl::expected<Scenario, yaml::Problems> read_scenario(std::string_view yaml, const std::string& file,
                                                     const AppRoster& roster) {
  auto document = read_document(yaml, file);
  Scenario out;
  if (document.root != nullptr) ScenarioReader(document, roster).read(out);
  if (!document.problems.empty()) return tl::unexpected(std::move(document.problems));
  return out;
}

}  // namespace train::rehearsal
