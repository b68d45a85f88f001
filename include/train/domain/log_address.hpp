// Where the log lives: an engine and what it needs to find the log. Written `file:DIR`, `git:REMOTE#REF`,
// `postgres://…`, `etcd:URL`, `s3://BUCKET/PREFIX` or `gcs://BUCKET/PREFIX`; parsed here and nowhere else.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "train/domain/enum_words.hpp"

namespace train {

enum class LogScheme { file, git, postgres, etcd, s3, gcs };
template <>
struct EnumWords<LogScheme> {
  static constexpr std::array all{
      EnumWord{LogScheme::file, "file"}, EnumWord{LogScheme::git, "git"}, EnumWord{LogScheme::postgres, "postgres"},
      EnumWord{LogScheme::etcd, "etcd"}, EnumWord{LogScheme::s3, "s3"},   EnumWord{LogScheme::gcs, "gcs"}};
};
std::string_view to_string(LogScheme scheme);

struct LogAddress {
  LogScheme scheme = LogScheme::file;
  std::string rest;  // what follows the colon; of `file` the directory, absolute once it is read

  static LogAddress in_directory(const std::filesystem::path& directory);
  // nullopt: no colon, or no scheme that train knows. An empty rest parses; whoever reads it refuses it.
  static std::optional<LogAddress> parse(std::string_view text);
  std::string text() const;  // as it was written

  // Where the log's files lie; nullopt where they are on no disk of this machine.
  std::optional<std::filesystem::path> directory() const;
  bool operator==(const LogAddress&) const = default;
};

// "file:DIR, git:REMOTE#REF, …": what may be written, for messages.
std::string_view allowed_log_addresses();

}  // namespace train
