// YAML in; a Definition, or every problem at once, out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/provider_keys.hpp"
#include "train/yaml/problem.hpp"

namespace train::definition {

using yaml::Problem;
using yaml::Problems;

// The providers that a file may name, with their keys. The adapters' rooms describe them; whoever knows those rooms
// hands the catalog in.
struct Catalog {
  std::vector<SignalKeys> signals;
  std::vector<FlagKeys> flags;
  std::vector<ChannelKeys> channels;  // other kinds load, and nothing is sent to them
  std::vector<LogKeys> logs;

  const SignalKeys* find_signal(std::string_view source) const;  // nullptr: there is none of that name
  const FlagKeys* find_flag(std::string_view provider) const;
  const ChannelKeys* find_channel(ChannelKind kind) const;
  const LogKeys* find_log(LogScheme scheme) const;
};

// Bounds: 1 MiB, depth 32, 20,000 nodes counted with aliases expanded.
tl::expected<Definition, Problems> load_text(std::string_view yaml, const std::filesystem::path& file,
                                             const Catalog& catalog);
tl::expected<Definition, Problems> load_file(const std::filesystem::path& file, const Catalog& catalog);

// What `state` and `--state` hold; a relative path starts at `from`. The error says what is wrong with the text.
tl::expected<LogAddress, std::string> read_log_address(std::string_view written, const std::filesystem::path& from,
                                                       const Catalog& catalog);

// The JSON Schema (draft 2020-12) of the file.
std::string json_schema(const Catalog& catalog);

// The secret behind a reference. `definition` when it is unset, missing, empty, or a file others may read.
Result<Secret> resolve(const SecretRef& ref, const std::filesystem::path& directory);

}  // namespace train::definition
