#include "apple/code_seal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace train::signing {
namespace {

tl::unexpected<Error> unlike_seal(std::string why) {
  return fail(ErrorKind::refused, "is damaged: " + std::move(why), "Take the archive from where the build was kept.");
}

bool is_blank(std::string_view hash) { return hash.find_first_not_of('\0') == std::string_view::npos; }

// Whether hash -k is that of `content`; no content goes with zeros or no hash at all. What nobody signed may leave it
// out.
bool slot_holds(const ParsedDirectory& directory, std::string_view blob, std::uint32_t slot,
                std::optional<std::string_view> content, bool may_be_blank) {
  const auto said = special_hash(directory.fields, blob, slot);
  if (!said || is_blank(*said)) return !content || may_be_blank;
  return content && hash_of(directory.fields.hash, *content) == *said;
}

Result<Done> check_directory(const ParsedDirectory& directory, const CodeSignature& signature, std::string_view slice,
                             const MachoImage& image, const Beside& beside) {
  const std::string& blob = signature.find(directory.slot)->bytes;
  const bool by_nobody = signature.cms().empty();
  if (directory.fields.limit != image.signature->offset) return unlike_seal("its signature does not cover all of it");
  if (const auto page = first_bad_page(directory.fields, blob, slice)) {
    return unlike_seal(fmt::format("page {} of its code is not what was signed", *page));
  }
  for (const SignatureBlob& one : signature.blobs) {
    if (one.slot == 0 || one.slot > 0xff || is_directory_slot(one.slot)) continue;
    if (!slot_holds(directory, blob, one.slot, one.bytes, by_nobody)) {
      return unlike_seal(fmt::format("part {} of its signature is not what was signed", one.slot));
    }
  }
  if (!beside.bundle) return Done{};
  const auto info = static_cast<std::uint32_t>(SpecialSlot::info_plist);
  const auto resources = static_cast<std::uint32_t>(SpecialSlot::resources);
  if (!slot_holds(directory, blob, info, beside.info_plist, by_nobody)) {
    return unlike_seal("the Info.plist beside it is not what was signed");
  }
  if (!slot_holds(directory, blob, resources, beside.resources, by_nobody)) {
    return unlike_seal("the _CodeSignature/CodeResources beside it is not what was signed");
  }
  return Done{};
}

// Every byte of the room that the signature does not use is filling.
Result<Done> take_seal(std::string_view slice, const MachoImage& image, const Beside& beside, CodeReport& out,
                       bool first) {
  const auto signature = read_code_signature(slice.substr(image.signature->offset, image.signature->size));
  if (!signature) return unlike_seal(signature.error().message);
  const auto directories = read_directories(*signature);
  if (!directories) return unlike_seal(directories.error().message);
  for (const ParsedDirectory& directory : *directories) {
    if (const auto done = check_directory(directory, *signature, slice, image, beside); !done) return done;
  }
  if (out.identifier.empty()) out.identifier = directories->front().fields.identifier;
  if (out.team.empty()) out.team = directories->front().fields.team;
  if (out.entitlements.empty()) out.entitlements = std::string(signature->entitlements());
  if (signature->cms().empty()) {
    out.seal = SealKind::by_nobody;
    return Done{};
  }
  const auto by = verify_code_cms(*signature);
  if (!by) return unlike_seal(by.error().message);
  if (!first && out.seal == SealKind::by_certificate && out.by.leaf != by->leaf) {
    return unlike_seal("its slices are signed by different certificates");
  }
  if (first) out.seal = SealKind::by_certificate;
  out.by = *by;
  return Done{};
}

}  // namespace

bool wants_sha1(const MachoImage& image) {
  constexpr std::uint32_t version_11 = 11u << 16;
  const bool phone_or_tv = image.platform == k_platform_ios || image.platform == k_platform_tvos;
  return !phone_or_tv || image.minimum_os.value_or(0) < version_11;
}

Result<CodeReport> check_code(std::string_view file, const Beside& beside) {
  const auto layout = read_macho_file(file);
  if (!layout) return unlike_seal(layout.error().message);
  CodeReport out;
  bool first = true;
  for (const MachoSlice& place : layout->slices) {
    const std::string_view slice = file.substr(place.offset, place.size);
    const auto image = read_macho_image(slice);
    if (!image) return unlike_seal(image.error().message);
    if (image->encrypted) {
      return fail(ErrorKind::refused,
                  "is encrypted: it was downloaded from the App Store, which cannot be signed again",
                  "Keep the .ipa that your build made, and name that.");
    }
    out.executable = out.executable || image->kind == k_macho_executable;
    out.old_systems = out.old_systems || wants_sha1(*image);
    if (!out.platform) out.platform = image->platform;
    if (!out.sdk_version) out.sdk_version = image->sdk_version;
    if (!image->signature) {
      if (beside.resources) return unlike_seal("there is a _CodeSignature beside it, and its own signature is gone");
      out.seal = SealKind::by_nobody;
    } else if (const auto done = take_seal(slice, *image, beside, out, first); !done) {
      return tl::unexpected(done.error());
    }
    first = false;
  }
  return out;
}

}  // namespace train::signing
