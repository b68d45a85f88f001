// What Google Play itself measures: the Developer Reporting API's vitals, and written reviews. What each answer
// becomes, and what Google does not tell: docs/stores/google-play.md, "Signals".
#pragma once

#include <map>
#include <memory>
#include <string>

#include "train/auth/google_token.hpp"
#include "train/base/error.hpp"
#include "train/http/client.hpp"
#include "train/ports/signal_source.hpp"

namespace train::signals {

struct PlayAccess {
  std::string package;
  std::string publisher;  // where androidpublisher/v3 lies; no trailing slash
  std::string reporting;  // where v1beta1 of the Developer Reporting API lies
  auth::GoogleCredentials account;
};
// Google's own address of the Reporting API beside its own of the publisher API; any other serves both.
std::string reporting_beside(const std::string& publisher);

// One app's reads, with a token for each of the two APIs. Used by one thread at a time.
class PlayReader;
std::shared_ptr<PlayReader> open_play_reader(PlayAccess access, http::Sleep sleep);

// By the name of the app that a subject names; an app that is not here cannot be measured.
using PlayReaders = std::map<AppName, std::shared_ptr<PlayReader>>;

// Option `metric`: crashRate, userPerceivedCrashRate, anrRate, userPerceivedAnrRate, slowStartRate: a proportion of
// user-days (user-hours with `period: hourly`, crashes and ANRs only) of the subject's version code. errorReportCount:
// a level, reports for each user of the newest day.
std::unique_ptr<SignalSource> make_play_vitals(PlayReaders readers);

// A level: reviews with one or two stars, in percent of the written reviews of the subject's version code that Google
// lists, which are those of the last week.
std::unique_ptr<SignalSource> make_play_reviews(PlayReaders readers);

}  // namespace train::signals
