// Every engine that can hold the log: how its address is written, its maker, and what else a command wants of it. The
// list itself stands in src/event_log/descriptors.hpp; each entry is described in its engine's own file.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "train/domain/log_address.hpp"
#include "train/domain/provider_keys.hpp"
#include "train/event_log/verified.hpp"
#include "train/ports/event_log.hpp"

namespace train::event_log {

// How long an append waits for another process that is writing.
inline constexpr std::chrono::milliseconds k_lock_patience{30000};

// What an engine is made with, whichever it is.
struct Site {
  std::string train;
  // The fold as JSON text, for people who look beside the log; may be empty.
  std::function<std::string(const std::vector<Event>&)> snapshot;
  std::function<void(const std::string&)> warn;  // may be empty
  std::chrono::milliseconds lock_patience = k_lock_patience;
};

// A scheme of which only the address can be read has no maker, and nothing below it is called. Every address that is
// handed in is one that the loader has read.
struct Descriptor {
  LogKeys keys;  // `active` is set by the catalog
  Result<std::unique_ptr<EventLog>> (*make)(const LogAddress& address, const Site& site) = nullptr;
  // Reads all of the log and proves its chain. `expected_head`: the hash of an event that must be in it; may be empty.
  Result<Verified> (*verify)(const LogAddress& address, const std::string& train,
                             const std::string& expected_head) = nullptr;
  // The directory on this machine for what the train keeps beside its log: archives, built standbys, an upload that
  // goes on. Need not exist. nullptr: nowhere, and what needs one is left out.
  std::filesystem::path (*work_dir)(const LogAddress& address, const std::string& train) = nullptr;
  // What a person does to bring a log back that cannot be used: names the place first, ends with a full stop.
  std::string (*repair)(const LogAddress& address, const std::string& train) = nullptr;
};

const std::vector<Descriptor>& catalog();
// `definition`: this version has no engine for such an address.
Result<const Descriptor*> engine_of(const LogAddress& address);

// `work_dir` of the engine; empty where it has none.
std::filesystem::path work_dir_of(const LogAddress& address, const std::string& train);

}  // namespace train::event_log
