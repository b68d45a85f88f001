// The rollback build's files, and what a look and a step do with them.
#pragma once

#include <filesystem>

#include "train/runner/runner.hpp"

namespace train::runner {

// What a look finds of the standby of one app; nullopt: there was nothing to look for.
std::optional<StandbyLook> look_at_standby(const Definition& definition, const Ports& ports, const engine::State& state,
                                           const VersionName& version, const App& app, Instant now);

bool is_standby_step(const Step& step);
Result<Done> act_on_standby(const Definition& definition, const Ports& ports, const engine::State& state,
                            const Step& step);

// What is uploaded may be what a later release goes back to: kept by digest, once, beside the log.
Result<Done> keep_archive(const Definition& definition, const Ports& ports, const AppName& app,
                          const std::filesystem::path& file, const std::string& sha256);

// Where the standby of an app is built.
std::filesystem::path standby_file(const Ports& ports, const AppName& app, const engine::Standby& standby);

// The order that makes it; `definition` when the keys cannot be had.
Result<SigningOrder> signing_order(const Ports& ports, const AppName& app, const engine::Standby& standby);

}  // namespace train::runner
