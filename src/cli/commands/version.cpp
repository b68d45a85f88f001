// version: which one this is, and what it was built with.
#include "version.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"

namespace train::cli {
namespace {

Exit run_version(const Context& context) {
  const std::pair<const char*, std::string> parts[] = {
      {"compiler", __VERSION__},
      {"CLI11", CLI11_VERSION},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann/json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
  };
  if (context.format == Format::text) {
    context.out() << "train " << k_version << "\n";
    for (const auto& [name, version] : parts) {
      if (context.verbose > 0) context.out() << "  " << name << " " << version << "\n";
    }
    return Exit::done;
  }
  nlohmann::ordered_json out{{"schema", "train.version/1"}, {"version", k_version}};
  for (const auto& [name, version] : parts) {
    if (context.verbose > 0) out["built_with"][name] = version;
  }
  context.out() << out.dump(2) << "\n";
  return Exit::done;
}

}  // namespace

void add_version(CLI::App& root, Context& context, Chosen& chosen) {
  auto* version = add_command(root, "version", "The version; with -v, what it was built with", "train version");
  version->callback([&] { chosen = [&context] { return run_version(context); }; });
}

}  // namespace train::cli
