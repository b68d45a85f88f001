// Kernel locks on files: freed by the kernel when their holder dies, however it dies.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "posix.hpp"

namespace train::event_log {

// Holds the file's lock until destroyed. The file is never unlinked; one that was replaced is locked anew.
enum class Sharing { exclusive, shared };

// Makes the file. conflict when another process keeps it for all of `patience`, naming that process.
Result<Fd> take_lock(const std::filesystem::path& path, Sharing sharing, std::chrono::milliseconds patience);

// Without waiting and without making the file: nullopt when another holds it, or it is not there.
std::optional<Fd> try_lock(const std::filesystem::path& path, Sharing sharing);

// A new file, locked before anyone can know of it.
Result<Fd> make_locked_file(const std::filesystem::path& path);

enum class LockState { held, free, absent };
Result<LockState> look_at_lock(const std::filesystem::path& path);

}  // namespace train::event_log
