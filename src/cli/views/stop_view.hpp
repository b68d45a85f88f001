// A stop, for people: what it will do to each app, what was done, and what to do where it failed.
#pragma once

#include <string>
#include <vector>

#include "text.hpp"
#include "train/runner/stop.hpp"

namespace train::cli {

// One line for each app, and for each flag that is switched off.
void show_stops(const std::vector<engine::AppStop>& stops, const std::vector<Step>& flags, std::ostream& out);

// What could not be stopped and why, what a person should know, and what is waited for.
void show_stopped(const runner::StopReport& report, const Screen& screen, Instant now);

// What failed and why, of one app.
void show_unstopped(const runner::StoppedApp& app, const Screen& screen);

// "Google Play: the Play Console, https://…", of the apps' stores, each once.
std::vector<std::string> consoles_of(const Definition& definition, const AppName& app);

}  // namespace train::cli
