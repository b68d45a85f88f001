// The provider of one flag, with its secrets resolved.
#pragma once

#include <filesystem>
#include <memory>

#include "train/http/client.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/flag_provider.hpp"

namespace train::cli {

// `clock` outlives it. `definition` when a secret that the flag names cannot be read. The provider is one of the
// catalog's, as the loader has seen to.
Result<std::unique_ptr<FlagProvider>> wire_flag(const Flag& flag, const std::filesystem::path& directory, Clock& clock,
                                                http::Sleep sleep);

// Every address that the flag's provider speaks to, signing in included.
Result<std::vector<std::string>> addresses_of(const Flag& flag, const std::filesystem::path& directory);

}  // namespace train::cli
