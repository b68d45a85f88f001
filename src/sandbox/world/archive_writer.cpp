#include <fmt/format.h>

#include <cstdint>

#include "train/sandbox/sandbox.hpp"
#include "world/bundle_writer.hpp"

namespace train::sandbox {
namespace {

constexpr std::string_view k_info_plist = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>Charge</string>
  <key>CFBundleIdentifier</key><string>{}</string>
  <key>CFBundleShortVersionString</key><string>{}</string>
  <key>CFBundleVersion</key><string>{}</string>
  <key>ITSAppUsesNonExemptEncryption</key><false/>
</dict>
</plist>
)";

std::string noise(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::uint64_t state = 0x9e3779b97f4a7c15u;
  for (auto& byte : out) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state & 0xff);
  }
  return out;
}

}  // namespace

std::string example_archive(std::string_view bundle_id, std::string_view build, std::string_view version,
                            std::size_t padding) {
  return stored_zip({{"Payload/Charge.app/Info.plist", fmt::format(k_info_plist, bundle_id, version, build)},
                     {"Payload/Charge.app/Charge", noise(padding)}});
}

}  // namespace train::sandbox
