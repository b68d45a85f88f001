#include <array>
#include <utility>

#include "android/manifest.hpp"

namespace train::signing {
namespace {

// android.content.pm.ServiceInfo.FOREGROUND_SERVICE_TYPE_*
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 15> k_service_types{{
    {0x1, "dataSync"},
    {0x2, "mediaPlayback"},
    {0x4, "phoneCall"},
    {0x8, "location"},
    {0x10, "connectedDevice"},
    {0x20, "mediaProjection"},
    {0x40, "camera"},
    {0x80, "microphone"},
    {0x100, "health"},
    {0x200, "remoteMessaging"},
    {0x400, "systemExempted"},
    {0x800, "shortService"},
    {0x1000, "fileManagement"},
    {0x2000, "mediaProcessing"},
    {0x40000000, "specialUse"},
}};

}  // namespace

void add_service_types(std::uint64_t bits, std::set<std::string>& out) {
  for (const auto& [bit, word] : k_service_types) {
    if ((bits & bit) != 0) out.insert(std::string(word));
    bits &= ~bit;
  }
  if (bits != 0) out.insert(std::to_string(bits));
}

}  // namespace train::signing
