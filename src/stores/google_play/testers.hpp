// How far a build is on a testing track, by what Google lists of the track without an edit.
#pragma once

#include <string>
#include <vector>

#include "train/domain/definition.hpp"
#include "train/domain/store_view.hpp"
#include "train/ports/store.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

// `listed`: nullptr when there is no such track.
SeenTesters testers_of(const std::string& track, const std::vector<Summary>* listed, const BuildNumber& build);

// One line for each track that the definition names and the app has not; one for those it has. `tracks`: as the API
// calls them; empty: not known, and nothing is said.
std::vector<Store::Probe> probe_of_tracks(const App& app, const std::vector<std::string>& tracks);

}  // namespace train::stores::google_play
