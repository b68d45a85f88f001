// Java's own keystore, from before PKCS#12 was its default; all numbers big-endian:
//   feedfeed, u32 version, u32 count; per entry u32 tag (1 key, 2 certificate), text alias, u64 time; of a key: u32
//   size, EncryptedPrivateKeyInfo, u32 certificates {text type, u32 size, DER}; at the end SHA-1 over password and all
//   before.
#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <utility>

#include "ascii.hpp"
#include "keys/keystore_forms.hpp"
#include "package_digests.hpp"
#include "train/zip/bytes.hpp"

namespace train::signing {
namespace {

constexpr std::string_view k_jks = "\xfe\xed\xfe\xed";
constexpr std::string_view k_salt_word = "Mighty Aphrodite";
constexpr std::size_t k_sha1_bytes = 20;

tl::unexpected<Error> damaged_jks() {
  return fail(ErrorKind::definition, "is a damaged JKS keystore: it was cut or changed", "Take it from a backup.");
}

// Bytes that must not stay in memory.
struct Wiped {
  std::string bytes;
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

void put_unit(std::string& out, std::uint32_t unit) {
  out += static_cast<char>(unit >> 8 & 0xff);
  out += static_cast<char>(unit & 0xff);
}

// UTF-8 to Java's chars, high byte first. Bytes that are no UTF-8 stand for themselves: the password is then wrong.
void put_java_chars(std::string_view text, std::string& out) {
  out.reserve(2 * text.size());  // never moved: a copy left behind would not be wiped
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
    if (more == 0 || i + more >= text.size()) {
      put_unit(out, byte);
      ++i;
      continue;
    }
    std::uint32_t point = byte & (0x3fu >> more);
    for (std::size_t k = 1; k <= more; ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    i += more + 1;
    if (point >= 0x10000) {
      put_unit(out, 0xd800 | ((point - 0x10000) >> 10));
      put_unit(out, 0xdc00 | ((point - 0x10000) & 0x3ff));
    } else {
      put_unit(out, point);
    }
  }
}

std::string sha1_of(std::string_view a, std::string_view b) {
  Wiped both;
  both.bytes.reserve(a.size() + b.size());
  both.bytes.append(a).append(b);
  return digest(Hash::sha1, both.bytes);
}

// The PKCS#8 key in `sealed`: salt, the key under a keystream of SHA-1, a check. nullptr: another password.
KeyHandle unseal(std::string_view sealed, std::string_view password) {
  if (sealed.size() <= 2 * k_sha1_bytes) return nullptr;
  std::string stream(sealed.substr(0, k_sha1_bytes));
  const std::string_view hidden = sealed.substr(k_sha1_bytes, sealed.size() - 2 * k_sha1_bytes);
  Wiped plain;
  plain.bytes.assign(hidden);
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (i % k_sha1_bytes == 0) stream = sha1_of(password, stream);
    plain.bytes[i] ^= stream[i % k_sha1_bytes];
  }
  OPENSSL_cleanse(stream.data(), stream.size());
  if (sha1_of(password, plain.bytes) != sealed.substr(sealed.size() - k_sha1_bytes)) return nullptr;
  const unsigned char* at = octets(plain.bytes);
  PKCS8_PRIV_KEY_INFO* info = d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(plain.bytes.size()));
  KeyHandle key(info == nullptr ? nullptr : EVP_PKCS82PKEY(info));
  PKCS8_PRIV_KEY_INFO_free(info);
  return key;
}

// EncryptedPrivateKeyInfo has the shape of a signature's algorithm and value: SEQUENCE {algorithm, OCTET STRING}.
std::optional<std::string> sealed_in(std::string_view der) {
  const unsigned char* at = octets(der);
  X509_SIG* parts = d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size()));
  if (parts == nullptr) return std::nullopt;
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* octets_of_key = nullptr;
  X509_SIG_get0(parts, &algorithm, &octets_of_key);
  std::string out(reinterpret_cast<const char*>(ASN1_STRING_get0_data(octets_of_key)),
                  static_cast<std::size_t>(ASN1_STRING_length(octets_of_key)));
  X509_SIG_free(parts);
  return out;
}

class JksReader {
 public:
  JksReader(std::string_view body, std::string_view password) : bytes_(body), size_(body.size()), password_(password) {}

  // Whether it is all there: no key is opened, so that no password is asked of a file that was cut.
  Result<Done> walk() {
    return entries({}, Opening::none).map([](const auto&) { return Done{}; });
  }
  Result<std::vector<KeyEntry>> read(const std::string& alias) { return entries(alias, Opening::wanted); }

 private:
  enum class Opening { none, wanted };

  Result<std::vector<KeyEntry>> entries(const std::string& alias, Opening opening) {
    const auto version = bytes_.big(4, 4);
    const auto count = bytes_.big(8, 4);
    if (!version || !count || *version < 1 || *version > 2) return damaged_jks();
    version_ = *version;
    at_ = 12;
    std::vector<KeyEntry> keys;
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto tag = number(4);
      auto name = text();
      if (!tag || !name || !number(8) || *tag < 1 || *tag > 2) return damaged_jks();
      if (*tag == 2) {
        if (!certificate()) return damaged_jks();
        continue;
      }
      KeyEntry entry;
      entry.alias = std::move(*name);
      const bool wanted = opening == Opening::wanted && (alias.empty() || same_but_for_case(alias, entry.alias));
      if (auto read = read_key(entry, wanted); !read) return tl::unexpected(read.error());
      keys.push_back(std::move(entry));
    }
    if (at_ != size_) return damaged_jks();
    return keys;
  }

  Result<Done> read_key(KeyEntry& entry, bool wanted) {
    const auto size = number(4);
    const auto der = size ? take(*size) : std::nullopt;
    const auto certificates = number(4);
    if (!der || !certificates) return damaged_jks();
    for (std::uint64_t i = 0; i < *certificates; ++i) {
      const auto found = certificate();
      if (!found) return damaged_jks();
      CertificateHandle one = certificate_of(*found);
      if (!one) return damaged_jks();
      if (i == 0) {
        entry.certificate = std::move(one);
      } else {
        entry.chain.push_back(std::move(one));
      }
    }
    if (!wanted) return Done{};
    const auto sealed = sealed_in(*der);
    if (!sealed) return damaged_jks();
    entry.key = unseal(*sealed, password_);
    if (entry.key) return Done{};
    return fail(ErrorKind::auth, "opens with the password given, but its key has another",
                "Give the key the keystore's password: keytool -keypasswd.");
  }

  std::optional<std::uint64_t> number(std::size_t width) {
    const auto value = bytes_.big(at_, width);
    at_ += width;
    return value;
  }
  std::optional<std::string_view> take(std::uint64_t size) {
    const auto part = bytes_.slice(at_, size);
    if (part) at_ += size;
    return part;
  }
  std::optional<std::string> text() {
    const auto size = number(2);
    const auto part = size ? take(*size) : std::nullopt;
    if (!part) return std::nullopt;
    return std::string(*part);
  }
  std::optional<std::string_view> certificate() {
    if (version_ == 2 && !text()) return std::nullopt;
    const auto size = number(4);
    return size ? take(*size) : std::nullopt;
  }

  zip::Bytes bytes_;
  std::size_t size_;
  std::string_view password_;
  std::uint64_t version_ = 0;
  std::size_t at_ = 0;
};

}  // namespace

bool is_jks(std::string_view bytes) { return bytes.starts_with(k_jks); }

Result<std::vector<KeyEntry>> open_jks(std::string_view bytes, const std::string& alias, const Secret& password) {
  if (bytes.size() < 12 + k_sha1_bytes) return damaged_jks();
  const std::string_view body = bytes.substr(0, bytes.size() - k_sha1_bytes);
  if (const auto whole = JksReader(body, {}).walk(); !whole) return tl::unexpected(whole.error());
  Wiped chars;
  put_java_chars(password.expose(), chars.bytes);
  Wiped sealed;
  sealed.bytes.reserve(chars.bytes.size() + k_salt_word.size() + body.size());
  sealed.bytes.append(chars.bytes).append(k_salt_word).append(body);
  if (digest(Hash::sha1, sealed.bytes) != bytes.substr(bytes.size() - k_sha1_bytes)) {
    return fail(ErrorKind::auth, "does not open with the password given", "Check the password; nothing was written.");
  }
  return JksReader(body, chars.bytes).read(alias);
}

}  // namespace train::signing
