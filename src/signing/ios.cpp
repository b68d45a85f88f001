#include "kinds.hpp"

namespace train::signing {

Result<Signer::Source> examine_ios(const std::filesystem::path& source) {
  return fail(ErrorKind::refused, "Cannot rebuild " + source.string() + ": .ipa files are not read yet.");
}
Result<SignedBuild> rebuild_ios(const SigningOrder& order) {
  return fail(ErrorKind::refused, "Cannot rebuild " + order.source.string() + ": .ipa files are not signed yet.");
}

}  // namespace train::signing
