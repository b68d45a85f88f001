#include "keys/keystore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "ascii.hpp"
#include "keys/keystore_forms.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::string_view k_jceks = "\xce\xce\xce\xce";

std::string names_of(const std::vector<KeyEntry>& keys) {
  std::vector<std::string> names;
  for (const KeyEntry& key : keys) names.push_back(fmt::format("\"{}\"", printable(key.alias, 100)));
  return join(names, ", ");
}

Result<KeyEntry> choose(std::vector<KeyEntry> keys, const std::string& alias, const std::string& shown) {
  if (keys.empty()) return fail(ErrorKind::definition, shown + " holds no private key.", "Name the file that does.");
  if (alias.empty() && keys.size() > 1) {
    return fail(ErrorKind::definition, fmt::format("{} holds {} keys: {}.", shown, keys.size(), names_of(keys)),
                "Name one of them as the alias.");
  }
  const auto wanted = [&alias](const KeyEntry& key) { return alias.empty() || same_but_for_case(key.alias, alias); };
  const auto found = std::find_if(keys.begin(), keys.end(), wanted);
  if (found == keys.end()) {
    return fail(ErrorKind::definition,
                fmt::format("{} has no key called \"{}\". It has: {}.", shown, printable(alias, 100), names_of(keys)),
                "Name one of these as the alias.");
  }
  if (!found->certificate) {
    return fail(ErrorKind::definition, fmt::format("{} has no certificate for its key.", shown),
                "Export the key together with its certificate.");
  }
  return std::move(*found);
}

// What people put in the place of a keystore, told from a damaged one: CI keeps files as base64, and other tools keep
// keys as PEM. nullopt: it may be PKCS#12.
std::optional<Error> no_keystore(std::string_view bytes) {
  const auto text = trim(bytes);
  if (text.empty()) return Error{ErrorKind::definition, "is empty", "Take it from a backup."};
  if (text.starts_with("-----BEGIN "))
    return Error{ErrorKind::definition, "is a PEM file, and a keystore is wanted",
                 "Make one: openssl pkcs12 -export -inkey KEY.pem -in CERTIFICATE.pem -out NEW.p12"};
  std::string one_line(text);
  std::erase_if(one_line, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  constexpr std::size_t shortest = 64;  // of a keystore; "hello" is base64 of something too
  if (one_line.size() < shortest || !decode_base64(one_line)) return std::nullopt;
  return Error{ErrorKind::definition, "is base64 text, not the keystore itself",
               "Decode it first: base64 -d < THIS > NEW"};
}

Result<std::vector<KeyEntry>> open_keys(std::string_view bytes, const std::string& alias, const Secret& password) {
  if (is_jks(bytes)) return open_jks(bytes, alias, password);
  if (bytes.starts_with(k_jceks)) {
    return fail(ErrorKind::definition, "is a JCEKS keystore, which only Java reads",
                "Convert it: keytool -importkeystore -srckeystore OLD -srcstoretype JCEKS -destkeystore NEW.p12 "
                "-deststoretype PKCS12");
  }
  if (auto why = no_keystore(bytes)) return tl::unexpected(std::move(*why));
  return open_pkcs12(bytes, password);
}

}  // namespace

Result<KeyEntry> load_key(const std::filesystem::path& file, const std::string& alias, const Secret& password) {
  const auto bytes = read_private_file(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string shown = "The keystore " + printable(file.string(), 400);
  auto keys = open_keys(*bytes, alias, password);
  if (keys) return choose(std::move(*keys), alias, shown);
  return fail(keys.error().kind, shown + " " + keys.error().message + ".", keys.error().hint);
}

namespace {

tl::unexpected<Error> invalid_certificate(const X509* certificate, const std::filesystem::path& file,
                                          std::string_view what) {
  return fail(
      ErrorKind::definition,
      fmt::format("The certificate \"{}\" in {} {}.", subject_of(certificate), printable(file.string(), 400), what),
      "A store refuses what is signed with it. Name a keystore whose certificate is valid.");
}

}  // namespace

Result<Done> check_not_expired(const X509* certificate, Instant now, const std::filesystem::path& file) {
  std::time_t at = now.time_since_epoch().count();
  std::tm until{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until);
  // 0 is an error of OpenSSL: a date it cannot read.
  if (X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0) return Done{};
  return invalid_certificate(
      certificate, file,
      fmt::format("expired on {:04}-{:02}-{:02}", until.tm_year + 1900, until.tm_mon + 1, until.tm_mday));
}

Result<Done> check_validity(const X509* certificate, Instant now, const std::filesystem::path& file) {
  if (auto valid = check_not_expired(certificate, now, file); !valid) return valid;
  std::time_t at = now.time_since_epoch().count();
  if (X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0) return Done{};
  return invalid_certificate(certificate, file, "is not valid yet");
}

}  // namespace train::signing
