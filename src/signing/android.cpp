#include "kinds.hpp"

namespace train::signing {

Result<Signer::Source> examine_android(const std::filesystem::path& source) {
  return fail(ErrorKind::refused, "Cannot rebuild " + source.string() + ": .aab and .apk are not read yet.");
}
Result<SignedBuild> rebuild_android(const SigningOrder& order) {
  return fail(ErrorKind::refused, "Cannot rebuild " + order.source.string() + ": .aab and .apk are not signed yet.");
}

}  // namespace train::signing
