// Flag providers: a JSON file, an HTTP endpoint, a command. Each sets, then reads back.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/flag_provider.hpp"

namespace train::flags {

// The file holds one JSON object; the flag's `parameter` (default: its name) is a member. Other members are kept as
// they are; the file is replaced atomically.
std::unique_ptr<FlagProvider> make_file_provider();

// GET url → the value as the body's text, or a JSON string/bool/number; set: `method` with the value as JSON text.
// `secrets` holds the resolved secret headers by header name.
std::unique_ptr<FlagProvider> make_http_provider(http::Sleep sleep, std::map<std::string, Secret> secrets);

// `COMMAND… get PARAMETER` prints the value; `COMMAND… set PARAMETER VALUE` sets it. The command starts in `directory`
// (the definition's), so that `./flags.sh` is found beside it; empty: where train was started.
std::unique_ptr<FlagProvider> make_exec_provider(std::filesystem::path directory = {});

}  // namespace train::flags
