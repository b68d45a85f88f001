#include "load.hpp"

#include <fmt/format.h>

#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

struct Found {
  std::string text;
  std::string name;  // in problems
};

Result<Found> find_scenario(const std::string& name) {
  if (auto text = scenario_text(name)) return Found{std::move(*text), name + ".yaml"};
  auto text = read_file(name, k_scenario_rules.bytes_max);
  if (text) return Found{std::move(*text), name};
  const auto all = built_in_scenarios();
  const std::vector<std::string_view> names(all.begin(), all.end());
  const bool is_path = name.find('/') != std::string::npos || name.find('.') != std::string::npos;
  if (is_path)
    return tl::unexpected(
        Error{ErrorKind::definition, "The scenario cannot be read: " + text.error().message, text.error().hint});
  return fail(ErrorKind::definition, fmt::format("There is no scenario {}{}", in_quotes(name), suggestion(name, names)),
              "Built in: " + join(all, ", ") + "; or give a file's path.");
}

}  // namespace

Result<Scenario> load_scenario(const std::string& name, const AppRoster& roster) {
  auto found = find_scenario(name);
  if (!found) return tl::unexpected(found.error());
  auto scenario = read_scenario(found->text, found->name, roster);
  if (!scenario) {
    std::vector<std::string> lines;
    for (const auto& problem : scenario.error()) lines.push_back(problem.format());
    return fail(ErrorKind::definition, join(lines, "\n"));
  }
  scenario->name = name;
  return std::move(*scenario);
}

}  // namespace train::rehearsal
