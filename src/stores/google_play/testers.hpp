// How far a build is on a testing track, by what Google lists of the track without an edit.
#pragma once

#include <string>
#include <vector>

#include "train/domain/store_view.hpp"
#include "wire.hpp"

namespace train::stores::google_play {

// `listed`: nullptr when there is no such track.
SeenTesters testers_of(const std::string& track, const std::vector<Summary>* listed, const BuildNumber& build);

}  // namespace train::stores::google_play
