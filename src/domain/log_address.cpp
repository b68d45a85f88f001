#include "train/domain/log_address.hpp"

namespace train {

std::string_view to_string(LogScheme scheme) { return word_of(scheme); }

LogAddress LogAddress::in_directory(const std::filesystem::path& directory) {
  return {LogScheme::file, directory.string()};
}

std::optional<LogAddress> LogAddress::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto scheme = from_word<LogScheme>(text.substr(0, colon));
  if (!scheme) return std::nullopt;
  return LogAddress{*scheme, std::string(text.substr(colon + 1))};
}

std::string LogAddress::text() const { return std::string(word_of(scheme)) + ":" + rest; }

std::optional<std::filesystem::path> LogAddress::directory() const {
  if (scheme != LogScheme::file) return std::nullopt;
  return std::filesystem::path(rest);
}

std::string_view allowed_log_addresses() {
  return "file:DIR, git:REMOTE#REF, postgres:URL, etcd:URL, s3://BUCKET/PREFIX, gcs://BUCKET/PREFIX";
}

}  // namespace train
