// The release that is open, or the one that would be opened next: whether its numbers, its notes and its names in the
// repository are such that stores and git take them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/domain/archive_facts.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/release_notes.hpp"
#include "train/engine/state.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

struct ReleaseAnswers {
  std::optional<VersionName> version;                         // nullopt: it is not known which is next
  std::map<AppName, Asked<Notes>> notes;                      // of each app whose definition names some
  Asked<std::vector<std::string>> obstacles;                  // of branch and tag; only with a `source`
  std::map<AppName, Asked<Notes>> test_notes{};               // of each app with testers whose definition names some
  std::map<AppName, std::vector<ArchiveFinding>> archives{};  // of the archives that lie where the definition says
};

Lines release_lines(const Definition& definition, const Asked<engine::State>& state, const ReleaseAnswers& answers);

// One line for each finding about an archive of `app`.
Lines archive_lines(const AppName& app, const std::vector<ArchiveFinding>& findings);

}  // namespace train::preflight
