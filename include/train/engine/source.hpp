// What a release is called in the repository.
#pragma once

#include <optional>
#include <string>

#include "train/domain/definition.hpp"
#include "train/engine/state.hpp"

namespace train::engine {

struct SourceNames {
  std::string branch;
  std::string tag;
  std::string start;  // what the branch is cut from: the mainline or, for a hotfix, the tag of what is live
};
// `replaces`: the live version a hotfix is cut from; nullopt for a regular release.
SourceNames source_names(const SourceRule& source, const VersionName& version,
                         const std::optional<VersionName>& replaces);
SourceNames source_names(const SourceRule& source, const Release& release);

}  // namespace train::engine
