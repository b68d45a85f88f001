// What signal sources are made with.
#pragma once

#include <filesystem>

#include "train/signals/catalog.hpp"

namespace train::cli {

// Without the stores' readers, which are shared by several signals. `directory` is the definition's.
signals::Site signal_site(const std::filesystem::path& directory, http::Sleep sleep);

}  // namespace train::cli
