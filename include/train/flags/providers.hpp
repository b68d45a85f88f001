// Flag providers: a JSON file, an HTTP endpoint, a command, and three services. Each sets, then reads back.
// What each wants and does: docs/flags.md.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "train/auth/google_token.hpp"
#include "train/base/secret.hpp"
#include "train/http/client.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/flag_provider.hpp"

namespace train::flags {

// The file holds one JSON object; the flag's `parameter` (default: its name) is a member. Other members are kept as
// they are; the file is replaced atomically. A file with a member `flags` is flagd's: the value is that of the flag's
// default variant, and setting it makes the variant with that value the default one.
std::unique_ptr<FlagProvider> make_file_provider();

// GET url → the value as the body's text, or a JSON string/bool/number; set: `method` with the value as JSON text.
// `secrets` holds the resolved secret headers by header name.
std::unique_ptr<FlagProvider> make_http_provider(http::Sleep sleep, std::map<std::string, Secret> secrets);

// `COMMAND… get PARAMETER` prints the value; `COMMAND… set PARAMETER VALUE` sets it. The command starts in `directory`
// (the definition's), so that `./flags.sh` is found beside it; empty: where train was started.
std::unique_ptr<FlagProvider> make_exec_provider(std::filesystem::path directory = {});

// Firebase Remote Config: a parameter of the project's template, whatever else stands there kept as it is. The value is
// what everybody gets who is not singled out by a condition; `value_off` is held by a condition of its own in front of
// all others, so that nobody is left out. `clock` outlives it.
std::unique_ptr<FlagProvider> make_firebase_provider(http::Sleep sleep, Clock& clock,
                                                     auth::GoogleCredentials credentials);

// Unleash's admin API: a feature is on or off in one environment. Values are those of the definition, `true` and
// `false` without them.
std::unique_ptr<FlagProvider> make_unleash_provider(http::Sleep sleep, Secret token);

// LaunchDarkly's semantic patches: the targeting of a flag is on or off in one environment. Values as for Unleash.
std::unique_ptr<FlagProvider> make_launchdarkly_provider(http::Sleep sleep, Secret token);

}  // namespace train::flags
