// The name under which a file is uploaded: it carries the file's digest, so that the store itself tells whose an upload
// is and of which bytes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace train::stores::app_store {

// "Charge-3.4.0.train-0123456789abcdef.ipa"
std::string upload_name(const std::filesystem::path& artifact, std::string_view sha256);
// The digest's beginning in such a name; nullopt: the upload is somebody else's.
std::optional<std::string> digest_in(std::string_view name);

}  // namespace train::stores::app_store
