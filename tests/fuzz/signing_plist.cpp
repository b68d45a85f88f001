// libFuzzer: any bytes are a property list or are refused; what is one can be edited, is written in the form it had and
// read again, serves as entitlements, and as CodeResources where it has rules.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   build-fuzz/tests/fuzz/fuzz_signing_plist -max_total_time=60 SEEDS
// Seeds: Info.plist files, binary and XML; CodeResources; profiles without their CMS.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "apple/code_resources.hpp"
#include "apple/entitlements.hpp"
#include "apple/property_list.hpp"

using namespace train::signing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto list = PropertyList::parse(bytes);
  if (!list) {
    if (list.error().message.empty()) std::abort();
    return 0;
  }
  (void)entitlements_der(*list);
  (void)resolve_entitlements(list->root(), "TEAM", "com.example.train");
  plist_dict_set_item(list->root(), "CFBundleVersion", plist_new_string("43"));
  if (const auto written = list->write()) {
    const auto again = PropertyList::parse(*written);
    if (again && again->form() != list->form()) std::abort();
    if (again && again->text("CFBundleVersion") != "43") std::abort();
  }
  auto resources = CodeResources::parse(bytes);
  if (!resources) return 0;
  const SealedFile file{"en.lproj/a.strings", std::string(20, 'a'), std::string(32, 'b'), {}};
  resources->seal(file);
  (void)resources->write();
  (void)resources->verify(std::vector<SealedFile>{file});
  return 0;
}
