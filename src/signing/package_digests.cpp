#include "package_digests.hpp"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "train/base/check.hpp"

namespace train::signing {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const EVP_MD* algorithm_of(Hash hash) {
  switch (hash) {
    case Hash::sha1:
      return EVP_sha1();
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha384:
      return EVP_sha384();
    case Hash::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

class Digest {
 public:
  explicit Digest(Hash hash) : context_(EVP_MD_CTX_new()) {
    TRAIN_CHECK(context_ && EVP_DigestInit_ex(context_.get(), algorithm_of(hash), nullptr) == 1,
                "digests are available");
  }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    TRAIN_CHECK(EVP_DigestFinal_ex(context_.get(), out.data(), &size) == 1, "a digest ends");
    return {reinterpret_cast<const char*>(out.data()), size};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
};

Result<EntryDigests> digest_entry(const zip::Package& package, const zip::PackageEntry& entry,
                                  std::span<const Hash> hashes) {
  std::vector<Digest> digests;
  for (const Hash hash : hashes) digests.emplace_back(hash);
  const auto seen = package.visit(entry, [&digests](std::string_view part) {
    for (Digest& one : digests) one.add(part);
  });
  if (!seen) return tl::unexpected(seen.error());
  EntryDigests out;
  for (Digest& one : digests) out.push_back(one.end());
  return out;
}

}  // namespace

std::string digest(Hash hash, std::string_view bytes, std::string_view more) {
  Digest one(hash);
  one.add(bytes);
  one.add(more);
  return one.end();
}

std::string hex(std::string_view raw) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : raw) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return out;
}

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&next, count, &work] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::optional<std::jthread> second;
  try {
    if (count > 1) second.emplace(run);
  } catch (const std::system_error&) {
    // No thread to be had: this one does it all.
  }
  run();
}

Result<std::vector<EntryDigests>> digest_entries(const zip::Package& package,
                                                 std::span<const zip::PackageEntry* const> entries,
                                                 std::span<const Hash> hashes) {
  std::vector<Result<EntryDigests>> results(entries.size());
  in_parallel(entries.size(), [&](std::size_t i) { results[i] = digest_entry(package, *entries[i], hashes); });
  std::vector<EntryDigests> out;
  out.reserve(results.size());
  for (auto& result : results) {
    if (!result) return tl::unexpected(result.error());
    out.push_back(std::move(*result));
  }
  return out;
}

}  // namespace train::signing
