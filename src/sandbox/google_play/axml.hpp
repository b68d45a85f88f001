// An APK's manifest: Android's binary XML, as much of it as the attributes of the first element need.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace train::sandbox::play {

// Attribute name → value, numbers as text; nullopt when it is no binary XML with a <manifest> first.
std::optional<std::map<std::string, std::string>> read_axml_manifest(std::string_view bytes);

}  // namespace train::sandbox::play
