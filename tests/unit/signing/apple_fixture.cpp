#include "unit/signing/apple_fixture.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <memory>

#include "train/base/text.hpp"
#include "unit/archives/zip_writer.hpp"
#include "unit/signing/macho_fixture.hpp"

namespace train::signing {
namespace {

struct NameAndTeam {
  std::string name;
  std::string team;
};

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

MadeCertificate make_certificate(const NameAndTeam& subject, const MadeCertificate* issuer, bool authority,
                                 Instant from, Instant until) {
  static long serial = 1000;
  MadeCertificate out;
  out.key.reset(EVP_EC_gen("P-256"));
  out.certificate.reset(X509_new());
  X509* const certificate = out.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate), from.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(certificate), until.time_since_epoch().count());
  X509_NAME* const name = X509_get_subject_name(certificate);
  add_name(name, "CN", subject.name);
  add_name(name, "OU", subject.team);
  X509_set_issuer_name(certificate, issuer == nullptr ? name : X509_get_subject_name(issuer->certificate.get()));
  X509_set_pubkey(certificate, out.key.get());
  add_extension(certificate, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, NID_key_usage, authority ? "critical,keyCertSign" : "critical,digitalSignature");
  X509_sign(certificate, issuer == nullptr ? out.key.get() : issuer->key.get(), EVP_sha256());
  return out;
}

Instant at(const char* text) { return *parse_rfc3339(text); }

}  // namespace

Instant signing_time() { return at("2026-11-26T12:00:00Z"); }

const MadeAuthority& made_authority() {
  static const MadeAuthority authority = [] {
    MadeAuthority out;
    const Instant from = at("2020-01-01T00:00:00Z");
    const Instant until = at("2045-01-01T00:00:00Z");
    out.root = make_certificate({"Made-up Root", ""}, nullptr, true, from, until);
    out.issuer = make_certificate({"Made-up Relations", "G9"}, &out.root, true, from, until);
    return out;
  }();
  return authority;
}

MadeCertificate make_leaf(const LeafRecipe& recipe) {
  const Instant from = recipe.from == Instant() ? at("2026-01-01T00:00:00Z") : recipe.from;
  const Instant until = recipe.until == Instant() ? at("2027-06-01T00:00:00Z") : recipe.until;
  return make_certificate({recipe.name, recipe.team}, &made_authority().issuer, false, from, until);
}

std::string p12_of(const MadeCertificate& leaf, const std::string& password, WithIssuers issuers) {
  STACK_OF(X509)* const chain = sk_X509_new_null();
  if (issuers == WithIssuers::yes) {
    sk_X509_push(chain, made_authority().issuer.certificate.get());
    sk_X509_push(chain, made_authority().root.certificate.get());
  }
  PKCS12* const file =
      PKCS12_create(password.c_str(), "dist", leaf.key.get(), leaf.certificate.get(), chain, 0, 0, 0, 0, 0);
  sk_X509_free(chain);
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS12(file, &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  PKCS12_free(file);
  return out;
}

std::string profile_of(const ProfileRecipe& recipe) {
  std::string plist =
      "<plist version=\"1.0\"><dict><key>Name</key><string>Made up</string><key>TeamIdentifier</key><array><string>" +
      recipe.team + "</string></array><key>ExpirationDate</key><date>" + recipe.expires +
      "</date><key>DeveloperCertificates</key><array>";
  for (const std::string& der : recipe.certificates) plist += "<data>" + base64(der) + "</data>";
  plist += "</array><key>Entitlements</key><dict><key>application-identifier</key><string>" + recipe.app +
           "</string><key>get-task-allow</key><false/><key>keychain-access-groups</key><array><string>TRAIN12345.*"
           "</string></array>" +
           recipe.more_entitlements + "</dict>" + recipe.more + "</dict></plist>";
  const BioHandle content(BIO_new_mem_buf(plist.data(), static_cast<int>(plist.size())));
  const MadeCertificate& signer = made_authority().issuer;
  const CmsHandle cms(CMS_sign(signer.certificate.get(), signer.key.get(), nullptr, content.get(), CMS_BINARY));
  unsigned char* bytes = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

AppleSigner made_signer(const MadeCertificate& leaf) {
  AppleSigner out;
  EVP_PKEY_up_ref(leaf.key.get());
  out.entry.key.reset(leaf.key.get());
  out.entry.certificate.reset(X509_dup(leaf.certificate.get()));
  out.chain.emplace_back(X509_dup(made_authority().issuer.certificate.get()));
  out.chain.emplace_back(X509_dup(made_authority().root.certificate.get()));
  out.leaf = der_of(leaf.certificate.get());
  out.team = "TRAIN12345";
  out.common_name = "Apple Distribution: Example Org (TRAIN12345)";
  return out;
}

std::string info_xml(const std::string& id, const std::string& executable, const std::string& more) {
  return "<plist version=\"1.0\">\n<dict>\n\t<key>CFBundleIdentifier</key>\n\t<string>" + id +
         "</string>\n\t<key>CFBundleExecutable</key>\n\t<string>" + executable +
         "</string>\n\t<key>CFBundleShortVersionString</key>\n\t<string>9.0.0</string>\n\t<key>CFBundleVersion</"
         "key>\n\t"
         "<string>41</string>\n" +
         more + "</dict>\n</plist>\n";
}

std::map<std::string, std::string> ipa_files() {
  MachoRecipe dylib;
  dylib.kind = 6;
  MachoRecipe old;
  old.wide = false;
  old.kind = 6;
  old.minimum = 9 << 16;
  const std::string app = "Payload/Train.app/";
  return {
      {app + "Info.plist",
       info_xml("com.example.train", "Train", "\t<key>DTSDKName</key>\n\t<string>iphoneos17.0</string>\n")},
      {app + "Train", macho_of()},
      {app + "PkgInfo", "APPL????"},
      {app + "data.txt", "data"},
      {app + "en.lproj/a.strings", "text"},
      {app + "Frameworks/Help.framework/Info.plist", info_xml("com.example.help", "Help")},
      {app + "Frameworks/Help.framework/Help", macho_of(dylib)},
      {app + "Frameworks/libfat.dylib", fat_of({macho_of(old), macho_of(dylib)})},
      {app + "PlugIns/Ext.appex/Info.plist", info_xml("com.example.train.ext", "Ext")},
      {app + "PlugIns/Ext.appex/Ext", macho_of()},
      {"SwiftSupport/iphoneos/libswift.dylib", macho_of(dylib)},
  };
}

std::string ipa_of(const IpaRecipe& recipe) {
  std::map<std::string, std::string> files = ipa_files();
  for (const auto& file : recipe.files) files[file.first] = file.second;
  if (recipe.second_app) files["Payload/Other.app/Info.plist"] = info_xml("com.example.other", "Other");
  std::vector<archives::Entry> entries;
  for (const auto& file : files) {
    if (file.second.empty()) continue;
    entries.push_back(archives::deflated(file.first, file.second));
    const std::string_view name = std::string_view(file.first).substr(file.first.rfind('/') + 1);
    const bool runs = name == "Train" || name == "Ext" || name == "Help";
    entries.back().attributes = (runs ? 0100755u : 0100644u) << 16;
  }
  return archives::zip_of(entries);
}

}  // namespace train::signing
