// What a store would say to an archive, read from the file alone: for `check`, and before each upload.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/time.hpp"
#include "train/domain/archive_facts.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/store_view.hpp"
#include "train/ports/signer.hpp"

namespace train::runner {

// What the archive calls itself, where its store takes no such number; nullopt: it does.
std::optional<ArchiveFinding> number_finding(const App& app, const ArchiveIdentity& identity);

// `live`: compared with the archive that the definition names for it, where that is still at hand. Errors as of
// Signer::contents.
Result<std::vector<ArchiveFinding>> examine_archive(Signer& signer, const App& app, const std::filesystem::path& file,
                                                    const std::optional<LiveVersion>& live, Instant now);

}  // namespace train::runner
