// The standby of each app: what the definition gives for it, whether that is at hand, and how far the standby of the
// release in focus is.
#pragma once

#include <map>

#include "train/domain/definition.hpp"
#include "train/engine/state.hpp"
#include "train/ports/archives.hpp"
#include "train/ports/store.hpp"
#include "train/preflight/line.hpp"
#include "train/preflight/stores.hpp"

namespace train::preflight {

// What a standby is made of, as it lies on this machine.
struct StandbyAnswers {
  Asked<Done> key;                 // it opens with the password and alias given, and its certificate still serves
  Asked<Notes> notes;              // of the standby, by locale
  Asked<ArchiveIdentity> archive;  // that `source` names for the live version
};
using AllStandbyAnswers = std::map<AppName, StandbyAnswers>;

// What the definition gives, without a look at it.
Lines standby_rule_lines(const Definition& definition);
Lines standby_material_lines(const Definition& definition, const AllStandbyAnswers& answers, const LiveVersions& live);
Lines standby_lines(const Definition& definition, const Asked<engine::State>& state);

}  // namespace train::preflight
