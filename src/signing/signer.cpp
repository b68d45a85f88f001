#include "train/signing/signer.hpp"

#include "kinds.hpp"

namespace train::signing {
namespace {

class FileSigner final : public Signer {
 public:
  Result<Source> examine(const std::filesystem::path& source) override {
    return is_ipa(source) ? examine_ios(source) : examine_android(source);
  }
  Result<SignedBuild> rebuild(const SigningOrder& order) override {
    return is_ipa(order.source) ? rebuild_ios(order) : rebuild_android(order);
  }

  Result<Done> try_key(const SigningKey& key, Instant now) override {
    if (const auto* android = std::get_if<AndroidKey>(&key)) return try_android_key(*android, now);
    return try_apple_identity(std::get<AppleIdentity>(key), now);
  }
  Result<ArchiveFacts> contents(const std::filesystem::path& file) override {
    return is_ipa(file) ? ios_contents(file) : android_contents(file);
  }

 private:
  static bool is_ipa(const std::filesystem::path& source) { return source.extension() == ".ipa"; }
};

}  // namespace

std::unique_ptr<Signer> make_signer() { return std::make_unique<FileSigner>(); }

}  // namespace train::signing
