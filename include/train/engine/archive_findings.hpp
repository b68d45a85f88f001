// Which findings about an archive keep it from its store.
#pragma once

#include <vector>

#include "train/domain/archive_facts.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

// Those for which the store refuses the archive and that nobody has waived for this release.
std::vector<ArchiveFinding> unwaived_refusals(const std::vector<ArchiveFinding>& findings, const AppName& app,
                                              const Release& release);

// "the app is debuggable (Google Play Console, upload checks; `train waive risk:archive:android:debuggable --why …`
// uploads it all the same)", one after the other.
std::string refusals_text(const std::vector<ArchiveFinding>& refusals, const AppName& app);

}  // namespace train::engine
