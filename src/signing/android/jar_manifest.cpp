#include "android/jar_manifest.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_line_bytes_max = 72;
constexpr std::string_view k_meta = "META-INF/";

struct HashName {
  Hash hash;
  std::array<std::string_view, 2> names;  // the first is written
};
// Strongest first.
constexpr std::array<HashName, 4> k_hash_names{{{Hash::sha512, {"SHA-512", "SHA512"}},
                                                {Hash::sha384, {"SHA-384", "SHA384"}},
                                                {Hash::sha256, {"SHA-256", "SHA256"}},
                                                {Hash::sha1, {"SHA1", "SHA-1"}}}};

// The next line without its end (CRLF, LF or CR), which is dropped from `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  if (rest.starts_with("\r\n")) {
    rest.remove_prefix(2);
  } else if (!rest.empty()) {
    rest.remove_prefix(1);
  }
  return line;
}

// One section, whose attributes go to `out`; false when a line is neither an attribute nor goes on with one.
bool take_section(std::string_view& rest, JarSection& out) {
  const std::string_view before = rest;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) break;
    if (line.front() == ' ') {
      if (out.attributes.empty()) return false;
      out.attributes.back().second += line.substr(1);
      continue;
    }
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) return false;
    out.attributes.emplace_back(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  while (rest.starts_with('\r') || rest.starts_with('\n')) rest.remove_prefix(1);
  out.raw = before.substr(0, before.size() - rest.size());
  return true;
}

std::string line_of(std::string_view name, std::string_view value) {
  std::string text = std::string(name) + ": " + std::string(value);
  std::string out = text.substr(0, k_line_bytes_max);
  for (std::size_t at = k_line_bytes_max; at < text.size(); at += k_line_bytes_max - 1) {
    out += "\r\n ";
    out += text.substr(at, k_line_bytes_max - 1);
  }
  return out + "\r\n";
}

std::string_view name_of_hash(Hash hash) {
  for (const HashName& one : k_hash_names) {
    if (one.hash == hash) return one.names[0];
  }
  return {};
}

}  // namespace

const std::string* JarSection::find(std::string_view attribute) const {
  for (const auto& one : attributes) {
    if (same_but_for_case(one.first, attribute)) return &one.second;
  }
  return nullptr;
}

Result<JarManifest> read_jar_manifest(std::string_view text) {
  const auto damaged = [] { return fail(ErrorKind::refused, "is not a manifest of a signature, or it is damaged"); };
  JarManifest out;
  std::string_view rest = text;
  if (!take_section(rest, out.main)) return damaged();
  while (!rest.empty()) {
    JarSection section;
    if (!take_section(rest, section)) return damaged();
    if (section.attributes.empty() || !same_but_for_case(section.attributes.front().first, "Name")) return damaged();
    section.name = std::move(section.attributes.front().second);
    section.attributes.erase(section.attributes.begin());
    out.entries.push_back(std::move(section));
  }
  return out;
}

std::optional<JarDigest> strongest_digest(const JarSection& section, std::string_view suffix) {
  for (const HashName& one : k_hash_names) {
    for (const std::string_view name : one.names) {
      const std::string* value = section.find(std::string(name) + std::string(suffix));
      if (value == nullptr) continue;
      auto raw = decode_base64(*value);
      if (!raw) return std::nullopt;
      return JarDigest{one.hash, std::move(*raw)};
    }
  }
  return std::nullopt;
}

JarTexts write_jar_texts(const std::vector<JarEntryDigest>& entries, Hash hash, std::string_view android_schemes) {
  const std::string attribute = std::string(name_of_hash(hash)) + "-Digest";
  const std::string main = "Manifest-Version: 1.0\r\nCreated-By: train\r\n\r\n";
  JarTexts out;
  out.manifest = main;
  std::string sections;
  for (const JarEntryDigest& entry : entries) {
    const std::string head = line_of("Name", entry.name);
    const std::string section = head + line_of(attribute, base64(entry.digest)) + "\r\n";
    out.manifest += section;
    sections += head + line_of(attribute, base64(digest(hash, section))) + "\r\n";
  }
  out.signature = "Signature-Version: 1.0\r\nCreated-By: train\r\n";
  if (!android_schemes.empty()) out.signature += line_of("X-Android-APK-Signed", android_schemes);
  out.signature += line_of(attribute + "-Manifest", base64(digest(hash, out.manifest)));
  out.signature += line_of(attribute + "-Manifest-Main-Attributes", base64(digest(hash, main)));
  out.signature += "\r\n" + sections;
  return out;
}

bool is_jar_signature_file(std::string_view name) {
  if (!same_but_for_case(name.substr(0, k_meta.size()), k_meta)) return false;
  const std::string_view file = name.substr(k_meta.size());
  if (file.find('/') != std::string_view::npos) return false;
  if (same_but_for_case(file, "MANIFEST.MF") || same_but_for_case(file.substr(0, 4), "SIG-")) return true;
  const std::size_t dot = file.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? std::string_view() : file.substr(dot);
  for (const std::string_view one : {".SF", ".RSA", ".DSA", ".EC"}) {
    if (same_but_for_case(ending, one)) return true;
  }
  return false;
}

}  // namespace train::signing
