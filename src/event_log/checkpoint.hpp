// state.json: the fold of the log, and up to which event. It is rebuilt at will; it proves that the log was not cut.
// {"version":1,"train":NAME,"seq":N,"hash":HEAD,"state":{…}}
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "chain.hpp"
#include "train/base/error.hpp"

namespace train::event_log {

inline constexpr int k_state_version = 1;

struct Checkpoint {
  Seq seq = 0;
  std::string hash;
};

// nullopt when it is missing, unreadable or torn. corrupt_state when it is another train's or a newer train wrote it.
Result<std::optional<Checkpoint>> read_checkpoint(const std::filesystem::path& file, const std::string& train);

// `state` is JSON text; what is not becomes an empty object.
Result<Done> write_checkpoint(const std::filesystem::path& file, const std::string& train, const Chain& chain,
                              const std::string& state);

// corrupt_state when the log lacks an event the checkpoint knows, or has another in its place.
Result<Done> check_not_cut(const std::optional<Checkpoint>& known, const Chain& chain, const std::filesystem::path& log,
                           const std::filesystem::path& file);

}  // namespace train::event_log
