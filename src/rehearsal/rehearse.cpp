#include <fmt/format.h>

#include "play.hpp"
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
  auto text = read_file(name, k_scenario_bytes_max);
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

Result<Scenario> load(const std::string& name, const Cast& cast) {
  auto found = find_scenario(name);
  if (!found) return tl::unexpected(found.error());
  auto scenario = read_scenario(found->text, found->name, cast);
  if (!scenario) {
    std::vector<std::string> lines;
    for (const auto& problem : scenario.error()) lines.push_back(problem.format());
    return fail(ErrorKind::definition, join(lines, "\n"));
  }
  scenario->name = name;
  return std::move(*scenario);
}

}  // namespace

Result<Outcome> rehearse(const Settings& settings) {
  auto scenario = load(settings.scenario, cast_of(settings.definition));
  if (!scenario) return tl::unexpected(scenario.error());
  auto stage = Stage::set(*scenario, settings.definition);
  if (!stage) return tl::unexpected(stage.error());
  Outcome out;
  out.scenario = scenario->name;
  out.began = (*stage)->sandbox().now();
  Play play(*scenario, **stage, settings.wire, settings.told);
  if (auto ran = play.run(); !ran) return tl::unexpected(ran.error());
  out.timeline = play.witness().timeline;
  out.ended = play.ended();
  out.end = (*stage)->sandbox().now();
  out.looks = play.looks();
  out.ok = true;
  for (const auto& expected : scenario->expected) {
    auto finding = expected.check(play.witness());
    out.ok = out.ok && finding.met;
    out.expectations.push_back({expected.text, finding.met, printable(finding.seen, 400)});
  }
  return out;
}

}  // namespace train::rehearsal
