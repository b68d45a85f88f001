// Signal sources that are asked over the network or by a command, chosen by name.
#pragma once

#include <filesystem>
#include <memory>

#include "train/domain/definition.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::cli {

// Its secrets are resolved here: `definition` when one cannot be. Null for a source that is none of these: a store's
// own, or one that this version does not speak. `directory` is the definition's.
Result<std::unique_ptr<SignalSource>> wire_asked_signal(const Signal& signal, const std::filesystem::path& directory,
                                                        http::Sleep sleep);

}  // namespace train::cli
