// From the tree to the scenario. Inside the room.
#pragma once

#include "scenario.hpp"

namespace train::rehearsal {

class ScenarioReader {
 public:
  ScenarioReader(Document& document, const AppRoster& roster);
  void read(Scenario& out);

 private:
  void read_given(const Node& node, Scenario& out);
  void read_events(const Node& node, Scenario& out);
  void read_expectations(const Node& node, Scenario& out);
  void read_live(Fields& fields, bool& said, std::optional<VersionName>& live);

  // reading_events.cpp. One map is one event, or several where it speaks of each app.
  void read_event(Fields& fields, Scenario& out);
  void read_one(Fields& fields, const std::optional<std::string>& when, const std::optional<AppName>& about,
                Scenario& out);
  std::optional<Trigger> read_trigger(Fields& fields, const std::string& text);
  std::optional<Act> read_act(Fields& fields, const std::string& what, const std::optional<AppName>& about);
  std::optional<Act> read_health(Fields& fields, const std::optional<AppName>& about);
  std::optional<Act> read_fault(Fields& fields);
  std::optional<Act> read_review(Fields& fields, const std::optional<AppName>& about);
  std::optional<Act> read_person(Fields& fields, const std::optional<AppName>& about);
  std::optional<Act> read_console(Fields& fields, const std::string& action, const std::optional<AppName>& about);
  std::optional<Act> read_runner(Fields& fields);
  std::optional<VersionName> version(Fields& fields, std::string_view key);
  std::optional<AppName> app(Fields& fields, std::string_view key);
  std::vector<AppName> apps_meant(Fields& fields, const std::optional<AppName>& about);

  Document& document_;
  const AppRoster& roster_;
};

}  // namespace train::rehearsal
