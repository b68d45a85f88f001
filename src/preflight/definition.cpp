#include "train/preflight/definition.hpp"

#include <fmt/core.h>

namespace train::preflight {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

Lines definition_lines(const Definition& definition) {
  const auto file = definition.file.filename().string();
  Lines lines;
  lines.push_back({"Definition", file, Level::ok,
                   fmt::format("train {}: {}, {}, {}, {}", definition.train, counted(definition.apps.size(), "app"),
                               counted(definition.signals.size(), "signal"), counted(definition.gates.size(), "gate"),
                               counted(definition.flags.size(), "flag")),
                   ""});
  for (const auto& inactive : definition.inactive) {
    lines.push_back({"Not active yet", inactive.where, Level::inactive,
                     fmt::format("{} ({}:{})", inactive.what, file, inactive.line), ""});
  }
  return lines;
}

}  // namespace train::preflight
