#include "android/jar_seal.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <map>

#include "ascii.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

// The signed manifest's own seal: by the whole, or, where something was added to it later, section by section.
Result<Done> check_signature_text(const JarManifest& manifest, std::string_view manifest_text,
                                  const JarManifest& signature) {
  const auto mismatch = [](const std::string& what) {
    return fail(ErrorKind::refused, fmt::format("META-INF/MANIFEST.MF does not match its signature file{}", what));
  };
  const auto whole = strongest_digest(signature.main, "-Digest-Manifest");
  if (whole && digest(whole->hash, manifest_text) == whole->raw) return Done{};
  std::map<std::string_view, std::string_view> sections;
  for (const JarSection& section : manifest.entries) sections.emplace(section.name, section.raw);
  if (signature.entries.empty() || signature.entries.size() != manifest.entries.size()) return mismatch("");
  for (const JarSection& section : signature.entries) {
    const auto wanted = strongest_digest(section, "-Digest");
    const auto found = sections.find(section.name);
    if (!wanted || found == sections.end() || digest(wanted->hash, found->second) != wanted->raw) {
      return mismatch(fmt::format(" at \"{}\"", printable(section.name, 200)));
    }
  }
  return Done{};
}

// The one certificate that signed `text`; nullptr when the signature is not that of `text`.
CertificateHandle verify_cms(std::string_view der, std::string_view text, int& signers) {
  const BioHandle message(BIO_new_mem_buf(der.data(), static_cast<int>(der.size())));
  const BioHandle content(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const CmsHandle cms(message ? d2i_CMS_bio(message.get(), nullptr) : nullptr);
  if (!cms || !content) return nullptr;
  signers = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get()));
  // The chain is nobody's business: upload certificates are self-signed. Its bytes were signed, that is what counts.
  constexpr unsigned flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY;
  if (signers != 1 || CMS_verify(cms.get(), nullptr, nullptr, content.get(), nullptr, flags) != 1) return nullptr;
  STACK_OF(X509)* found = CMS_get0_signers(cms.get());
  CertificateHandle signer(found != nullptr && sk_X509_num(found) == 1 ? X509_dup(sk_X509_value(found, 0)) : nullptr);
  sk_X509_free(found);
  return signer;
}

bool ends_in(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  return same_but_for_case(name.substr(name.size() - ending.size()), ending);
}

struct SealFiles {
  const zip::PackageEntry* manifest = nullptr;
  std::vector<const zip::PackageEntry*> texts;       // .SF
  std::vector<const zip::PackageEntry*> signatures;  // .RSA, .DSA, .EC
};

SealFiles seal_files(const zip::Package& package) {
  SealFiles out;
  for (const zip::PackageEntry& entry : package.entries()) {
    if (!is_jar_signature_file(entry.name)) continue;
    if (ends_in(entry.name, "/MANIFEST.MF")) {
      out.manifest = &entry;
    } else if (ends_in(entry.name, ".SF")) {
      out.texts.push_back(&entry);
    } else if (ends_in(entry.name, ".RSA") || ends_in(entry.name, ".DSA") || ends_in(entry.name, ".EC")) {
      out.signatures.push_back(&entry);
    }
  }
  return out;
}

// Reads what the .SF says and who signed it.
Result<Done> read_signature(const zip::Package& package, const SealFiles& files, JarSeal& seal) {
  const auto text = package.unpack(*files.texts.front());
  const auto der = package.unpack(*files.signatures.front());
  if (!text) return tl::unexpected(text.error());
  if (!der) return tl::unexpected(der.error());
  int signers = 0;
  seal.signer = verify_cms(*der, *text, signers);
  ERR_clear_error();
  if (signers > 1) return package.refuse("it has a second signer, whose key is not at hand");
  if (!seal.signer) {
    return package.refuse(*files.signatures.front(), "is not the signature of its .SF file: the file is damaged");
  }
  const auto signature = read_jar_manifest(*text);
  if (!signature) return package.refuse(*files.texts.front(), signature.error().message);
  seal.names_android_schemes = signature->main.find("X-Android-APK-Signed") != nullptr;
  if (auto same = check_signature_text(seal.manifest, *seal.text, *signature); !same) {
    return package.refuse(same.error().message + ": the file is damaged");
  }
  return Done{};
}

}  // namespace

Result<std::optional<JarSeal>> read_jar_seal(const zip::Package& package) {
  const SealFiles files = seal_files(package);
  if (files.texts.empty() && files.signatures.empty()) return std::optional<JarSeal>();
  if (files.texts.size() > 1 || files.signatures.size() > 1) {
    return package.refuse("it has a second signer, whose key is not at hand");
  }
  if (files.manifest == nullptr || files.texts.empty() || files.signatures.empty()) {
    return package.refuse("a part of its signature is missing: the file is damaged");
  }
  std::optional<JarSeal> out(std::in_place);
  auto text = package.unpack(*files.manifest);
  if (!text) return tl::unexpected(text.error());
  out->text = std::make_unique<const std::string>(std::move(*text));
  auto manifest = read_jar_manifest(*out->text);
  if (!manifest) return package.refuse(*files.manifest, manifest.error().message);
  out->manifest = std::move(*manifest);
  if (auto read = read_signature(package, files, *out); !read) return tl::unexpected(read.error());
  for (const JarSection& section : out->manifest.entries) {
    const auto one = strongest_digest(section, "-Digest");
    if (one && std::find(out->hashes.begin(), out->hashes.end(), one->hash) == out->hashes.end()) {
      out->hashes.push_back(one->hash);
    }
  }
  return out;
}

std::vector<const zip::PackageEntry*> sealed_entries(const zip::Package& package) {
  std::vector<const zip::PackageEntry*> out;
  for (const zip::PackageEntry& entry : package.entries()) {
    if (!entry.directory() && !is_jar_signature_file(entry.name)) out.push_back(&entry);
  }
  return out;
}

Result<Done> compare_with_seal(const zip::Package& package, const JarSeal& seal,
                               const std::vector<const zip::PackageEntry*>& entries,
                               const std::vector<EntryDigests>& digests, const std::vector<Hash>& hashes) {
  std::map<std::string_view, const JarSection*> sections;
  for (const JarSection& section : seal.manifest.entries) {
    // A section without a digest only carries attributes; it covers nothing.
    if (strongest_digest(section, "-Digest")) sections.emplace(section.name, &section);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const zip::PackageEntry& entry = *entries[i];
    const auto found = sections.find(entry.name);
    if (found == sections.end()) return package.refuse(entry, "is not covered by the signature: it was added later");
    const auto wanted = strongest_digest(*found->second, "-Digest");
    const auto place = std::find(hashes.begin(), hashes.end(), wanted->hash) - hashes.begin();
    if (digests[i][static_cast<std::size_t>(place)] != wanted->raw) {
      return package.refuse(entry, "is not what was signed: the file is damaged");
    }
    sections.erase(found);
  }
  for (const auto& left : sections) {
    if (is_jar_signature_file(left.first) || left.first.ends_with('/')) continue;
    return package.refuse(fmt::format("the entry \"{}\" was signed and is missing", printable(left.first, 200)));
  }
  return Done{};
}

}  // namespace train::signing
