// What an archive says it is. Read-only and bounded: a hostile file is an error, never a crash.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "train/base/error.hpp"
#include "train/base/names.hpp"

namespace train {

struct ArchiveIdentity {
  std::string id;  // bundle id or package
  VersionName version;
  BuildNumber build;
  std::string sha256;  // of the file
};

class Archives {
 public:
  virtual ~Archives() = default;
  // nullopt: no such file. `refused` when the file is not an .ipa, .aab or .apk that can be read, saying what is wrong.
  virtual Result<std::optional<ArchiveIdentity>> inspect(const std::filesystem::path& file) = 0;
};

}  // namespace train
