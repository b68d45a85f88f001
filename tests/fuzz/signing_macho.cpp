// libFuzzer: any bytes are a Mach-O file or are refused; what was intact and can be signed is intact then.
// Build: cmake --preset fuzz && cmake --build --preset fuzz
// Run:   build-fuzz/tests/fuzz/fuzz_signing_macho -max_total_time=60 SEEDS
// Seeds: executables, dylibs and fat files, signed and not; a whole signature room (it begins fade0cc0).
#include <openssl/ec.h>
#include <openssl/x509.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "apple/code_seal.hpp"
#include "apple/code_signing.hpp"
#include "train/base/time.hpp"

namespace {

using namespace train::signing;

// A certificate that issued itself: enough to sign with.
const CodeSigningKey& fixed_key() {
  static const CodeSigningKey key = [] {
    CodeSigningKey out;
    out.key = EVP_EC_gen("P-256");
    out.leaf = X509_new();
    X509_set_version(out.leaf, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out.leaf), 1);
    X509_gmtime_adj(X509_getm_notBefore(out.leaf), 0);
    X509_gmtime_adj(X509_getm_notAfter(out.leaf), 1'000'000);
    X509_set_pubkey(out.leaf, out.key);
    X509_sign(out.leaf, out.key, EVP_sha256());
    out.now = *train::parse_rfc3339("2026-11-26T12:00:00Z");
    return out;
  }();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto signature = read_code_signature(bytes)) {
    (void)read_directories(*signature);
    (void)verify_code_cms(*signature);
    if (!read_code_signature(write_code_signature(*signature))) std::abort();
  }
  (void)looks_like_macho(bytes);
  // As a bare dylib, so that what lies beside it is not asked for.
  const auto before = check_code(bytes, {});
  if (!before && before.error().message.empty()) std::abort();
  CodeWish wish;
  wish.beside.bundle = true;
  wish.beside.info_plist = "info";
  wish.beside.resources = "resources";
  wish.identifier = "com.example.train";
  wish.team = "TRAIN12345";
  wish.common_name = "Example";
  wish.entitlements = "<plist version=\"1.0\"><dict/></plist>";
  wish.entitlements_der = "der";
  const auto made = sign_code(bytes, wish, fixed_key());
  // What was intact and could be signed is intact.
  if (before && made && !check_code(*made, wish.beside)) std::abort();
  return 0;
}
