#include "apple/code_cms.hpp"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>

#include "apple/property_list.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr const char* k_cdhashes_oid = "1.2.840.113635.100.9.1";
constexpr const char* k_hashes_oid = "1.2.840.113635.100.9.2";
constexpr std::size_t k_cms_bytes_max = 16u << 20;

struct FreeAttribute {
  void operator()(X509_ATTRIBUTE* attribute) const { X509_ATTRIBUTE_free(attribute); }
};
struct FreeTime {
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};

BioHandle bio_over(std::string_view bytes) {
  return BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

CmsHandle parse_cms(std::string_view der) {
  if (der.size() > k_cms_bytes_max) return nullptr;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  CmsHandle out(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return out;
}

tl::unexpected<Error> openssl_failed(std::string_view what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return fail(ErrorKind::internal, fmt::format("cannot {}: OpenSSL says {}", what, printable(text.data(), 200)));
}

std::vector<const SignatureBlob*> directories_of(const CodeSignature& signature) {
  std::vector<const SignatureBlob*> out;
  for (const SignatureBlob& blob : signature.blobs) {
    if (is_directory_slot(blob.slot)) out.push_back(&blob);
  }
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->slot < b->slot; });
  return out;
}

HashKind kind_of(const SignatureBlob& directory) { return static_cast<HashKind>(directory.bytes[37]); }

std::string own_hash(const SignatureBlob& directory) { return hash_of(kind_of(directory), directory.bytes); }

// SEQUENCE { OID of the hash, OCTET STRING hash }
std::string hash_value(const SignatureBlob& directory) {
  constexpr std::string_view sha1_oid("\x06\x05\x2b\x0e\x03\x02\x1a", 7);
  constexpr std::string_view sha256_oid("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 11);
  const std::string hash = own_hash(directory);
  std::string content(kind_of(directory) == HashKind::sha1 ? sha1_oid : sha256_oid);
  content += '\x04';
  content += static_cast<char>(hash.size());
  content += hash;
  return std::string("\x30", 1) + static_cast<char>(content.size()) + content;
}

std::string cdhashes_plist(const std::vector<const SignatureBlob*>& directories) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\t<key>cdhashes</key>\n"
      "\t<array>\n";
  for (const SignatureBlob* directory : directories) {
    out += "\t\t<data>\n\t\t" + base64(own_hash(*directory).substr(0, k_cdhash_bytes)) + "\n\t\t</data>\n";
  }
  return out + "\t</array>\n</dict>\n</plist>\n";
}

// ---- reading
std::string_view string_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

X509_ATTRIBUTE* signed_attribute(CMS_SignerInfo* signer, const char* oid) {
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> object(OBJ_txt2obj(oid, 1), &ASN1_OBJECT_free);
  const int at = CMS_signed_get_attr_by_OBJ(signer, object.get(), -1);
  return at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
}

// The values of attribute 9.1: nothing when there is none or it is damaged.
std::optional<std::vector<std::string>> signed_cdhashes(CMS_SignerInfo* signer) {
  X509_ATTRIBUTE* const attribute = signed_attribute(signer, k_cdhashes_oid);
  if (attribute == nullptr || X509_ATTRIBUTE_count(attribute) != 1) return std::nullopt;
  const ASN1_TYPE* const value = X509_ATTRIBUTE_get0_type(attribute, 0);
  if (ASN1_TYPE_get(value) != V_ASN1_OCTET_STRING) return std::nullopt;
  const auto list = PropertyList::parse(string_of(value->value.octet_string));
  const plist_t hashes = list ? list->item("cdhashes", PLIST_ARRAY) : nullptr;
  if (hashes == nullptr) return std::nullopt;
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < plist_array_get_size(hashes); ++i) {
    out.push_back(plist_bytes(plist_array_get_item(hashes, i)).value_or(""));
  }
  return out;
}

Result<Done> check_attributes(CMS_SignerInfo* signer, const std::vector<const SignatureBlob*>& directories) {
  const auto hashes = signed_cdhashes(signer);
  // Signatures of before 2016 name one directory, by being over it.
  if (!hashes && directories.size() == 1 && signed_attribute(signer, k_cdhashes_oid) == nullptr) return Done{};
  std::vector<std::string> wanted;
  for (const SignatureBlob* directory : directories) wanted.push_back(own_hash(*directory).substr(0, k_cdhash_bytes));
  if (hashes != wanted) return fail(ErrorKind::refused, "its signature is of other CodeDirectories");
  return Done{};
}

CodeSignedBy signed_by(CMS_ContentInfo* cms) {
  CodeSignedBy out;
  STACK_OF(X509)* const signers = CMS_get0_signers(cms);
  if (signers != nullptr && sk_X509_num(signers) > 0) out.leaf = der_of(sk_X509_value(signers, 0));
  sk_X509_free(signers);
  STACK_OF(X509)* const all = CMS_get1_certs(cms);
  for (int i = 0; i < sk_X509_num(all); ++i) out.certificates.push_back(der_of(sk_X509_value(all, i)));
  sk_X509_pop_free(all, X509_free);
  return out;
}

// ---- writing
bool add_attributes(CMS_SignerInfo* signer, const std::vector<const SignatureBlob*>& directories, Instant now) {
  const std::unique_ptr<ASN1_TIME, FreeTime> time(ASN1_TIME_set(nullptr, now.time_since_epoch().count()));
  if (!time || CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) != 1)
    return false;
  const std::string list = cdhashes_plist(directories);
  if (CMS_signed_add1_attr_by_txt(signer, k_cdhashes_oid, V_ASN1_OCTET_STRING, list.data(),
                                  static_cast<int>(list.size())) != 1) {
    return false;
  }
  std::unique_ptr<X509_ATTRIBUTE, FreeAttribute> attribute;
  for (const SignatureBlob* directory : directories) {
    const std::string value = hash_value(*directory);
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
    const int size = static_cast<int>(value.size());
    if (!attribute) {
      attribute.reset(X509_ATTRIBUTE_create_by_txt(nullptr, k_hashes_oid, V_ASN1_SEQUENCE, bytes, size));
      if (!attribute) return false;
    } else if (X509_ATTRIBUTE_set1_data(attribute.get(), V_ASN1_SEQUENCE, bytes, size) != 1) {
      return false;
    }
  }
  return CMS_signed_add1_attr(signer, attribute.get()) == 1;
}

}  // namespace

std::string subject_field(X509* certificate, int nid) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

Result<CodeSignedBy> verify_code_cms(const CodeSignature& signature) {
  const auto damaged = [](std::string_view why) {
    return fail(ErrorKind::refused, fmt::format("its signature {}", why));
  };
  const CmsHandle cms = parse_cms(signature.cms());
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) return damaged("is not a CMS");
  STACK_OF(CMS_SignerInfo)* const signers = CMS_get0_SignerInfos(cms.get());
  if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) return damaged("is not of one signer");
  const auto directories = directories_of(signature);
  const BioHandle content = bio_over(directories.front()->bytes);
  const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY;
  const bool valid = CMS_verify(cms.get(), nullptr, nullptr, content.get(), nullptr, flags) == 1;
  ERR_clear_error();
  if (!valid) return damaged("does not match its CodeDirectory");
  if (const auto done = check_attributes(sk_CMS_SignerInfo_value(signers, 0), directories); !done) {
    return tl::unexpected(done.error());
  }
  return signed_by(cms.get());
}

Result<std::string> sign_code_directories(const CodeSigningKey& key, const CodeSignature& signature) {
  const auto directories = directories_of(signature);
  constexpr unsigned flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY;
  const CmsHandle cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  if (!cms) return openssl_failed("begin a signature");
  for (X509* certificate : key.chain) {
    if (CMS_add1_cert(cms.get(), certificate) != 1) return openssl_failed("add a certificate to a signature");
  }
  CMS_SignerInfo* const signer = CMS_add1_signer(cms.get(), key.leaf, key.key, EVP_sha256(), flags | CMS_NOSMIMECAP);
  if (signer == nullptr) return openssl_failed("sign with this certificate and key");
  if (!add_attributes(signer, directories, key.now)) return openssl_failed("add Apple's attributes to a signature");
  const BioHandle content = bio_over(directories.front()->bytes);
  if (CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY | CMS_DETACHED) != 1) return openssl_failed("sign");
  unsigned char* bytes = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &bytes);
  if (size <= 0) return openssl_failed("write a signature");
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

Result<std::string> cms_content(std::string_view der) {
  const CmsHandle cms = parse_cms(der);
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return fail(ErrorKind::refused, "it is not a signed file");
  }
  const BioHandle out(BIO_new(BIO_s_mem()));
  const bool valid =
      CMS_verify(cms.get(), nullptr, nullptr, nullptr, out.get(), CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
  ERR_clear_error();
  if (!valid) return fail(ErrorKind::refused, "its own signature does not match it");
  const char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  if (bytes == nullptr || size <= 0) return fail(ErrorKind::refused, "it is empty");
  return std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace train::signing
