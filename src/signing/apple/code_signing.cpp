#include "apple/code_signing.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "apple/code_bytes.hpp"
#include "apple/entitlements.hpp"
#include "apple/macho_edit.hpp"

namespace train::signing {
namespace {

constexpr std::uint32_t k_exec_version = 0x20400;
constexpr std::uint64_t k_exec_main = 0x1;
constexpr std::uint64_t k_exec_allow_unsigned = 0x10;
constexpr std::uint32_t k_room_to_spare = 1024;  // a later certificate or chain may be longer
constexpr std::uint32_t k_room_step = 16;

constexpr std::uint32_t slot_of(SpecialSlot slot) { return static_cast<std::uint32_t>(slot); }

// An image and what signs it, while both change.
struct Work {
  std::string bytes;
  MachoImage image;
  CodeSignature signature;
};

Result<Done> sign_work(Work& work, const CodeSigningKey& key) {
  const auto cms = sign_code_directories(key, work.signature);
  if (!cms) return tl::unexpected(cms.error());
  work.signature.set(k_slot_cms, make_blob(k_magic_cms, *cms));
  return Done{};
}

bool write_into_room(Work& work) {
  const std::string written = write_code_signature(work.signature);
  if (written.size() > work.image.signature->size) return false;
  std::string room = written;
  room.resize(work.image.signature->size);
  work.bytes.replace(work.image.signature->offset, room.size(), room);
  return true;
}

// Room that holds what there is, the CMS once more, and some to spare; then pages up to `rehash_end` are hashed anew.
Result<Done> grow_and_sign(Work& work, const CodeSigningKey& key, bool all_pages) {
  const std::uint64_t wanted = round_up(write_code_signature(work.signature).size() + k_room_to_spare, k_room_step);
  const auto image = reserve_signature(work.bytes, work.image, static_cast<std::uint32_t>(wanted));
  if (!image) return tl::unexpected(image.error());
  work.image = *image;
  const auto directories = read_directories(work.signature);
  if (!directories) return tl::unexpected(directories.error());
  const std::uint64_t end = all_pages ? work.image.signature->offset : work.image.commands_end;
  for (const ParsedDirectory& directory : *directories) {
    rehash_pages(directory.fields, work.signature.find(directory.slot)->bytes, work.bytes, end);
  }
  if (auto done = sign_work(work, key); !done) return done;
  if (!write_into_room(work)) return fail(ErrorKind::internal, "a signature became larger than the one before it");
  return Done{};
}

void set_special(CodeSignature& signature, const std::vector<ParsedDirectory>& directories, SpecialSlot slot,
                 std::optional<std::string_view> content) {
  for (const ParsedDirectory& directory : directories) {
    set_special_hash(directory.fields, signature.find(directory.slot)->bytes, slot_of(slot), content);
  }
}

// The part of a signature whose directories can stay, but for hashes of what lies beside them.
bool can_be_patched(const CodeSignature& signature, const std::vector<ParsedDirectory>& directories,
                    const MachoImage& image, const CodeWish& wish) {
  if (signature.cms().empty()) return false;
  const bool executable = image.kind == k_macho_executable;
  const bool has_old_entitlements = signature.find(slot_of(SpecialSlot::entitlements)) != nullptr &&
                                    signature.find(slot_of(SpecialSlot::entitlements_der)) == nullptr;
  if (executable && has_old_entitlements) return false;
  for (const ParsedDirectory& directory : directories) {
    const CodeDirectory& fields = directory.fields;
    if ((fields.flags & k_flag_adhoc) != 0 || fields.team != wish.team) return false;
    if (executable && fields.version < k_exec_version) return false;
    if (fields.special_count < slot_of(wish.beside.bundle ? SpecialSlot::resources : SpecialSlot::requirements)) {
      return false;
    }
  }
  return true;
}

Result<Done> patch(Work& work, const std::vector<ParsedDirectory>& directories, const CodeWish& wish,
                   const CodeSigningKey& key) {
  const SignatureBlob* const requirements = work.signature.find(slot_of(SpecialSlot::requirements));
  const bool names_old_certificate = requirements != nullptr && !wish.old_common_name.empty() &&
                                     wish.old_common_name != wish.common_name &&
                                     requirements->bytes.find(wish.old_common_name) != std::string::npos;
  if (names_old_certificate) {
    const std::string made = make_requirements(directories.front().fields.identifier, wish.common_name);
    work.signature.set(slot_of(SpecialSlot::requirements), made);
    set_special(work.signature, directories, SpecialSlot::requirements, made);
  }
  if (wish.beside.bundle) {
    set_special(work.signature, directories, SpecialSlot::info_plist, wish.beside.info_plist);
    set_special(work.signature, directories, SpecialSlot::resources, wish.beside.resources);
  }
  if (auto done = sign_work(work, key); !done) return done;
  if (write_into_room(work)) return Done{};
  return grow_and_sign(work, key, false);
}

// ---- a signature of its own
struct Entitled {
  std::string list;
  std::string der;
};

// The old binary's own where it has any; the DER is copied, and made where only the list is there.
Result<Entitled> entitlements_of(const CodeSignature& old, const MachoImage& image, const CodeWish& wish) {
  if (image.kind != k_macho_executable) return Entitled{};
  const std::string list(old.entitlements());
  if (list.empty()) return Entitled{wish.entitlements, wish.entitlements_der};
  const SignatureBlob* const der = old.find(slot_of(SpecialSlot::entitlements_der));
  if (der != nullptr) return Entitled{list, der->bytes.substr(8)};
  const auto parsed = PropertyList::parse(list);
  if (!parsed) return tl::unexpected(parsed.error());
  auto made = entitlements_der(*parsed);
  if (!made) return tl::unexpected(made.error());
  return Entitled{list, std::move(*made)};
}

std::uint64_t exec_flags_of(const MachoImage& image, const Entitled& entitled) {
  if (image.kind != k_macho_executable) return 0;
  const auto list = PropertyList::parse(entitled.list);
  const bool debuggable = list && list->flag("get-task-allow").value_or(false);
  return k_exec_main | (debuggable ? k_exec_allow_unsigned : 0);
}

std::vector<HashKind> hashes_for(const std::vector<ParsedDirectory>& old, bool signed_before, const MachoImage& image) {
  std::vector<HashKind> out;
  for (const ParsedDirectory& directory : old) {
    if (signed_before) out.push_back(directory.fields.hash);
  }
  if (!out.empty()) return out;
  if (wants_sha1(image)) return {HashKind::sha1, HashKind::sha256};
  return {HashKind::sha256};
}

Result<Done> add_directories(Work& work, const std::vector<HashKind>& hashes, NewDirectory wanted,
                             const CodeWish& wish) {
  std::uint32_t slot = k_slot_directory;
  for (const HashKind hash : hashes) {
    wanted.hash = hash;
    std::string blob = make_code_directory(wanted, work.image);
    const auto fields = read_code_directory(blob);
    if (!fields) return tl::unexpected(fields.error());
    const auto set = [&](SpecialSlot special, std::optional<std::string_view> content) {
      if (slot_of(special) <= wanted.special_count) set_special_hash(*fields, blob, slot_of(special), content);
    };
    for (const SignatureBlob& one : work.signature.blobs) {
      if (!is_directory_slot(one.slot)) set(static_cast<SpecialSlot>(one.slot), one.bytes);
    }
    if (wish.beside.bundle) {
      set(SpecialSlot::info_plist, wish.beside.info_plist);
      set(SpecialSlot::resources, wish.beside.resources);
    }
    work.signature.set(slot, std::move(blob));
    slot = slot == k_slot_directory ? k_slot_alternate : slot + 1;
  }
  return Done{};
}

std::string identifier_for(const std::vector<ParsedDirectory>& old, bool signed_before, const CodeWish& wish) {
  return signed_before ? old.front().fields.identifier : wish.identifier;
}

Result<Done> make_signature(Work& work, const CodeSignature& old, const std::vector<ParsedDirectory>& directories,
                            const CodeWish& wish, const CodeSigningKey& key) {
  const bool signed_before = !old.cms().empty();
  const auto entitled = entitlements_of(old, work.image, wish);
  if (!entitled) return tl::unexpected(entitled.error());
  // Where the signature will begin is what the directories need to know of the room.
  const auto image = reserve_signature(work.bytes, work.image, k_room_step);
  if (!image) return tl::unexpected(image.error());
  work.image = *image;
  NewDirectory wanted;
  wanted.identifier = identifier_for(directories, signed_before, wish);
  wanted.team = wish.team;
  wanted.exec_flags = exec_flags_of(work.image, *entitled);
  wanted.special_count = slot_of(entitled->list.empty() ? SpecialSlot::resources : SpecialSlot::entitlements_der);
  if (!wish.beside.bundle && entitled->list.empty()) wanted.special_count = slot_of(SpecialSlot::requirements);
  work.signature.set(slot_of(SpecialSlot::requirements), make_requirements(wanted.identifier, wish.common_name));
  if (!entitled->list.empty()) {
    work.signature.set(slot_of(SpecialSlot::entitlements), make_blob(k_magic_entitlements, entitled->list));
    work.signature.set(slot_of(SpecialSlot::entitlements_der), make_blob(k_magic_entitlements_der, entitled->der));
  }
  const auto hashes = hashes_for(directories, signed_before, work.image);
  if (auto done = add_directories(work, hashes, wanted, wish); !done) return done;
  if (auto done = sign_work(work, key); !done) return done;
  return grow_and_sign(work, key, true);
}

}  // namespace

Result<std::string> sign_slice(std::string_view slice, const CodeWish& wish, const CodeSigningKey& key) {
  const auto image = read_macho_image(slice);
  if (!image) return tl::unexpected(image.error());
  Work work{std::string(slice), *image, {}};
  CodeSignature old;
  std::vector<ParsedDirectory> directories;
  if (image->signature) {
    auto read = read_code_signature(slice.substr(image->signature->offset, image->signature->size));
    if (!read) return tl::unexpected(read.error());
    old = std::move(*read);
    auto parsed = read_directories(old);
    if (!parsed) return tl::unexpected(parsed.error());
    directories = std::move(*parsed);
  }
  Result<Done> done = Done{};
  if (can_be_patched(old, directories, work.image, wish)) {
    work.signature = std::move(old);
    done = patch(work, directories, wish, key);
  } else {
    done = make_signature(work, old, directories, wish, key);
  }
  if (!done) return tl::unexpected(done.error());
  return std::move(work.bytes);
}

Result<std::string> sign_code(std::string_view file, const CodeWish& wish, const CodeSigningKey& key) {
  const auto layout = read_macho_file(file);
  if (!layout) return tl::unexpected(layout.error());
  std::vector<std::string> slices;
  for (const MachoSlice& place : layout->slices) {
    auto made = sign_slice(file.substr(place.offset, place.size), wish, key);
    if (!made) return tl::unexpected(made.error());
    slices.push_back(std::move(*made));
  }
  return join_slices(file, *layout, slices);
}

}  // namespace train::signing
