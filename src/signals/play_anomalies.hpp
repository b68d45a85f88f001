// What Google itself finds out of the ordinary in its numbers about one version code.
#pragma once

#include "google_play_reader.hpp"

namespace train::signals::google_play {

// A level: how many anomalies Google has found in this version code since `since`. Those of all versions together, or
// of another dimension, are not counted. None found is measured, and proves little: Google looks a day or two later.
Reading<Measurement> measure_anomalies(PlayReader& reader, std::int64_t version_code, Instant since, Instant now);

}  // namespace train::signals::google_play
