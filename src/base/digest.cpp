#include "train/base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "train/base/check.hpp"

namespace train {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begin_sha256() {
  Context context(EVP_MD_CTX_new());
  TRAIN_CHECK(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "SHA-256 is available");
  return context;
}

std::string finish_hex(const Context& context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  TRAIN_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1, "SHA-256 ends");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 0xf];
  }
  return out;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  const auto context = begin_sha256();
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return finish_hex(context);
}

namespace {

constexpr std::size_t k_read_bytes = 1u << 20;
constexpr std::size_t k_digests_kept = 16;

// A file's state on disk: as long as it stays the same, so do its bytes.
using FileState = std::array<std::int64_t, 7>;

FileState state_of(const struct stat& seen) {
  return {static_cast<std::int64_t>(seen.st_dev),          static_cast<std::int64_t>(seen.st_ino),
          static_cast<std::int64_t>(seen.st_size),         static_cast<std::int64_t>(seen.st_mtim.tv_sec),
          static_cast<std::int64_t>(seen.st_mtim.tv_nsec), static_cast<std::int64_t>(seen.st_ctim.tv_sec),
          static_cast<std::int64_t>(seen.st_ctim.tv_nsec)};
}

// A run looks at an artifact several times, and it may be half a gigabyte.
class KnownDigests {
 public:
  std::optional<std::string> find(const FileState& state) {
    const std::lock_guard lock(mutex_);
    const auto found = digests_.find(state);
    return found == digests_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const FileState& state, const std::string& digest) {
    const std::lock_guard lock(mutex_);
    if (digests_.size() >= k_digests_kept) digests_.clear();
    digests_[state] = digest;
  }

 private:
  std::mutex mutex_;
  std::map<FileState, std::string> digests_;
};

// Times on disk are as coarse as a clock tick: a file written to a moment ago could change within the same one.
bool has_settled(const struct stat& seen) {
  constexpr std::time_t settled_seconds = 2;
  return std::time(nullptr) - seen.st_ctim.tv_sec > settled_seconds;
}

bool digest_all(int fd, const Context& context) {
  std::vector<char> buffer(k_read_bytes);
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<std::string> sha256_hex_of_file(const std::filesystem::path& path) {
  static KnownDigests known;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat seen {};
  if (fd < 0 || ::fstat(fd, &seen) != 0) {
    if (fd >= 0) ::close(fd);
    return fail(ErrorKind::storage, "Cannot read " + path.string() + ".", "Check that it exists and is readable.");
  }
  const auto state = state_of(seen);
  auto digest = known.find(state);
  if (!digest) {
    const auto context = begin_sha256();
    if (digest_all(fd, context)) digest = finish_hex(context);
    struct stat after {};
    const bool unchanged = ::fstat(fd, &after) == 0 && state_of(after) == state;
    if (digest && unchanged && has_settled(seen)) known.keep(state, *digest);
  }
  ::close(fd);
  if (!digest) return fail(ErrorKind::storage, "Reading " + path.string() + " failed half-way.", "Check the disk.");
  return *digest;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
  TRAIN_CHECK(made != nullptr, "HMAC-SHA-256 is available");
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string random_id() {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // 32 characters, five bits each
  std::array<unsigned char, 26> bytes{};
  TRAIN_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "the system gives random bytes");
  std::string out;
  for (const auto byte : bytes) out += alphabet[byte & 0x1f];
  return out;
}

}  // namespace train
