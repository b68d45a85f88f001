#include "train/definition/load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "readers.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr Word<Bump> k_bumps[] = {{"major", Bump::major}, {"minor", Bump::minor}, {"patch", Bump::patch}};
constexpr Word<Coupling> k_couplings[] = {{"apart", Coupling::apart}, {"together", Coupling::together}};

void read_heading(const Fields& fields, Definition& definition) {
  fields.with("version", [](const Value& version) {
    if (version.node().text != "1" || version.node().quoted)
      version.problem("this is version 1 of the format; write version: 1");
  });
  fields.with("train", [&](const Value& train) { assign(definition.train, train.name()); });
  fields.with("calendar", [&](const Value& value) { read_calendar(value, definition.calendar); });
  fields.with("versioning", [&](const Value& value) {
    Fields(value, section("versioning")).with("next", [&](const Value& next) {
      assign(definition.next, next.word(k_bumps));
    });
  });
  fields.with("coupling", [&](const Value& value) {
    Fields(value, section("coupling")).with("start_rollout", [&](const Value& together) {
      assign(definition.start_rollout, together.word(k_couplings));
    });
  });
  fields.with("source", [&](const Value& value) { read_source(value, definition); });
}

// Parts that others refer to come first, wherever they stand in the file.
void read_parts(const Fields& fields, const Catalog& catalog, Definition& definition) {
  fields.with("apps", [&](const Value& value) { read_apps(value, definition); });
  fields.with("signals", [&](const Value& value) { read_signals(value, catalog, definition); });
  fields.with("people", [&](const Value& value) { read_people(value, definition); });
  read_gates(fields.get("gates"), fields.get("gate_defaults"), definition);
  fields.with("checklist", [&](const Value& value) { read_checklist(value, definition); });
  fields.with("approvals", [&](const Value& value) { read_approvals(value, definition); });
  fields.with("hotfix", [&](const Value& value) { read_hotfix(value, definition); });
  fields.with("require_signed_approvals", [&](const Value& value) {
    assign(definition.require_signed_approvals, value.truth());
    if (definition.require_signed_approvals) {
      value.inactive("Signatures are not verified yet: sign-offs count by name and role alone.");
    }
  });
  fields.with("flags", [&](const Value& value) { read_flags(value, catalog, definition); });
  fields.with("standby", [&](const Value& value) { read_standby(value, definition); });
  fields.with("force_update", [&](const Value& value) { read_force_update(value, catalog, definition); });
  fields.with("notify", [&](const Value& value) { read_notify(value, catalog, definition); });
  fields.with("state", [&](const Value& value) { assign(definition.state, read_state(value, catalog)); });
}

std::filesystem::path absolute_file(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(file, ignored);
  return (ignored ? file : absolute).lexically_normal();
}

}  // namespace

const SignalKeys* Catalog::find_signal(std::string_view source) const {
  for (const SignalKeys& each : signals) {
    if (each.source == source) return &each;
  }
  return nullptr;
}

const FlagKeys* Catalog::find_flag(std::string_view provider) const {
  for (const FlagKeys& each : flags) {
    if (each.provider == provider) return &each;
  }
  return nullptr;
}

const ChannelKeys* Catalog::find_channel(ChannelKind kind) const {
  for (const ChannelKeys& each : channels) {
    if (each.kind == kind) return &each;
  }
  return nullptr;
}

const LogKeys* Catalog::find_log(LogScheme scheme) const {
  for (const LogKeys& each : logs) {
    if (each.scheme == scheme) return &each;
  }
  return nullptr;
}

tl::expected<Definition, Problems> load_text(std::string_view yaml, const std::filesystem::path& file,
                                             const Catalog& catalog) {
  Definition definition;
  definition.file = absolute_file(file);
  definition.directory = definition.file.parent_path();
  definition.state = LogAddress::in_directory(absolute_path(".train", definition.directory));
  Report report(file.string(), definition.directory);
  yaml::Tree tree = yaml::parse_tree(yaml, printable(file.string()), k_definition_rules);
  report.add(std::move(tree.problems));
  if (tree.root) {
    const Fields fields(Value(report, *tree.root, {}), section("definition"));
    read_heading(fields, definition);
    read_parts(fields, catalog, definition);
  }
  if (report.problem_count() > 0) return tl::unexpected(report.take_problems());
  definition.inactive = report.take_inactive();
  return definition;
}

tl::expected<Definition, Problems> load_file(const std::filesystem::path& file, const Catalog& catalog) {
  const auto text = read_file(file, k_definition_rules.bytes_max);
  if (!text) return tl::unexpected(Problems{{printable(file.string()), 0, 0, printable(text.error().text())}});
  return load_text(*text, file, catalog);
}

}  // namespace train::definition
