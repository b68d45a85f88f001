#include "apple/code_signing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apple/code_bytes.hpp"
#include "apple/code_seal.hpp"
#include "apple/macho_edit.hpp"
#include "unit/signing/apple_fixture.hpp"
#include "unit/signing/macho_fixture.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;

constexpr std::string_view k_info = "<plist>info</plist>";
constexpr std::string_view k_resources = "<plist>resources</plist>";

const MadeCertificate& first_leaf() {
  static const MadeCertificate leaf = make_leaf({});
  return leaf;
}

const MadeCertificate& second_leaf() {
  static const MadeCertificate leaf = [] {
    LeafRecipe recipe;
    recipe.name = "Apple Distribution: Example Org, anew (TRAIN12345)";
    return make_leaf(recipe);
  }();
  return leaf;
}

CodeWish bundle_wish() {
  CodeWish wish;
  wish.beside.bundle = true;
  wish.beside.info_plist = k_info;
  wish.beside.resources = k_resources;
  wish.identifier = "com.example.train";
  wish.team = "TRAIN12345";
  wish.common_name = "Apple Distribution: Example Org (TRAIN12345)";
  return wish;
}

std::string sign_made(const std::string& file, const CodeWish& wish, const MadeCertificate& leaf = first_leaf()) {
  const AppleSigner signer = made_signer(leaf);
  const auto made = sign_code(file, wish, signer.key(signing_time()));
  EXPECT_TRUE(made) << made.error().text();
  return made.value_or("");
}

std::string damage_of(const std::string& file, const Beside& beside) {
  const auto report = check_code(file, beside);
  return report ? "" : report.error().message;
}

CodeSignature signature_of(const std::string& image_bytes) {
  const auto image = read_macho_image(image_bytes);
  return *read_code_signature(std::string_view(image_bytes).substr(image->signature->offset, image->signature->size));
}

TEST(SignCode, WhatItSignsHolds) {
  const CodeWish wish = bundle_wish();
  const std::string made = sign_made(macho_of(), wish);
  const auto report = check_code(made, wish.beside);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->seal, SealKind::by_certificate);
  EXPECT_EQ(report->by.leaf, der_of(first_leaf().certificate.get()));
  EXPECT_EQ(report->by.certificates.size(), 3u);
  EXPECT_EQ(report->team, "TRAIN12345");
  EXPECT_EQ(report->identifier, "com.example.train");
}

TEST(SignCode, OldSystemsGetBothHashes) {
  MachoRecipe watch;
  watch.wide = false;
  watch.platform = k_platform_watchos;
  MachoRecipe old_phone;
  old_phone.minimum = 10 << 16;
  for (const MachoRecipe& recipe : {watch, old_phone}) {
    const auto directories = read_directories(signature_of(sign_made(macho_of(recipe), bundle_wish())));
    ASSERT_TRUE(directories);
    ASSERT_EQ(directories->size(), 2u);
    EXPECT_EQ((*directories)[0].fields.hash, HashKind::sha1);
    EXPECT_EQ((*directories)[1].fields.hash, HashKind::sha256);
    EXPECT_EQ((*directories)[1].slot, k_slot_alternate);
  }
  const auto directories = read_directories(signature_of(sign_made(macho_of(), bundle_wish())));
  ASSERT_TRUE(directories);
  ASSERT_EQ(directories->size(), 1u);
  EXPECT_EQ((*directories)[0].fields.hash, HashKind::sha256);
}

TEST(SignCode, EveryFlippedByteIsSeen) {
  const CodeWish wish = bundle_wish();
  const std::string made = sign_made(macho_of(), wish);
  const auto image = read_macho_image(made);
  ASSERT_TRUE(image);
  // Up to the CMS, in which the issuers' certificates are only carried along.
  const std::size_t cms = made.find(std::string("\xfa\xde\x0b\x01", 4), image->signature->offset);
  ASSERT_NE(cms, std::string::npos);
  for (std::size_t at = 0; at < cms; at += at < 600 ? 1 : 61) {
    std::string flipped = made;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x41);
    EXPECT_NE(damage_of(flipped, wish.beside), "") << at;
  }
}

TEST(SignCode, WhatLiesBesideIsSealed) {
  const CodeWish wish = bundle_wish();
  const std::string made = sign_made(macho_of(), wish);
  Beside other = wish.beside;
  other.info_plist = "else";
  EXPECT_THAT(damage_of(made, other), HasSubstr("Info.plist"));
  other = wish.beside;
  other.resources = "else";
  EXPECT_THAT(damage_of(made, other), HasSubstr("CodeResources"));
  other.resources.reset();
  EXPECT_THAT(damage_of(made, other), HasSubstr("CodeResources"));
}

TEST(SignCode, TheSameCertificateChangesAsLittleAsCanBe) {
  CodeWish wish = bundle_wish();
  const std::string before = sign_made(macho_of(), wish);
  wish.beside.info_plist = "new info";
  const std::string after = sign_made(before, wish);
  ASSERT_TRUE(check_code(after, wish.beside));
  const auto image = read_macho_image(before);
  ASSERT_TRUE(image);
  EXPECT_EQ(after.size(), before.size());
  EXPECT_EQ(after.substr(0, image->signature->offset), before.substr(0, image->signature->offset));
  const std::string old_directory = signature_of(before).find(0)->bytes;
  const std::string new_directory = signature_of(after).find(0)->bytes;
  const auto fields = read_code_directory(old_directory);
  ASSERT_TRUE(fields);
  EXPECT_EQ(new_directory.substr(fields->hash_offset), old_directory.substr(fields->hash_offset));
  EXPECT_NE(*special_hash(*fields, new_directory, 1), *special_hash(*fields, old_directory, 1));
  EXPECT_EQ(*special_hash(*fields, new_directory, 2), *special_hash(*fields, old_directory, 2));
}

TEST(SignCode, ANewCertificateGetsARequirementOfItsOwn) {
  CodeWish wish = bundle_wish();
  const std::string before = sign_made(macho_of(), wish);
  wish.old_common_name = wish.common_name;
  wish.common_name = "Apple Distribution: Example Org, anew (TRAIN12345)";
  const std::string after = sign_made(before, wish, second_leaf());
  const auto report = check_code(after, wish.beside);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->by.leaf, der_of(second_leaf().certificate.get()));
  EXPECT_THAT(signature_of(after).find(2)->bytes, HasSubstr("anew"));
}

TEST(SignCode, GrowsWhereTheRoomIsTooSmall) {
  const CodeWish wish = bundle_wish();
  std::string tight = sign_made(macho_of(), wish);
  const auto roomy = read_macho_image(tight);
  ASSERT_TRUE(roomy);
  // The same signature without its padding, its page hashes made true again by signing it; then a longer chain.
  const auto image = reserve_signature(tight, *roomy, static_cast<std::uint32_t>(roomy->signature->size - 1008));
  ASSERT_TRUE(image) << image.error().text();
  CodeSignature signature = signature_of(sign_made(macho_of(), wish));
  const auto directories = read_directories(signature);
  ASSERT_TRUE(directories);
  rehash_pages((*directories)[0].fields, signature.find(0)->bytes, tight, 0x1000);
  AppleSigner signer = made_signer(first_leaf());
  signer.chain.clear();
  const auto cms = sign_code_directories(signer.key(signing_time()), signature);
  ASSERT_TRUE(cms);
  signature.set(k_slot_cms, make_blob(k_magic_cms, *cms));
  const std::string blob = write_code_signature(signature);
  const auto small = reserve_signature(tight, *image, static_cast<std::uint32_t>(round_up(blob.size(), 16)));
  ASSERT_TRUE(small);
  tight.replace(small->signature->offset, blob.size(), blob);
  const std::string grown = sign_made(tight, wish);
  EXPECT_GT(grown.size(), tight.size());
  EXPECT_TRUE(check_code(grown, wish.beside)) << damage_of(grown, wish.beside);
}

TEST(SignCode, AnAdHocSignatureIsReplaced) {
  std::string bytes = macho_of();
  const auto plain = read_macho_image(bytes);
  ASSERT_TRUE(plain);
  const auto image = reserve_signature(bytes, *plain, 4096);
  ASSERT_TRUE(image);
  NewDirectory wanted;
  wanted.identifier = "a.out";
  std::string directory = make_code_directory(wanted, *image);
  put_number(directory, 12, 4, 0x20002, ByteOrder::big);
  rehash_pages(*read_code_directory(directory), directory, bytes, image->signature->offset);
  CodeSignature signature;
  signature.set(0, directory);
  const std::string blob = write_code_signature(signature);
  bytes.replace(image->signature->offset, blob.size(), blob);
  const auto before = check_code(bytes, bundle_wish().beside);
  ASSERT_TRUE(before) << before.error().text();
  EXPECT_EQ(before->seal, SealKind::by_nobody);
  const std::string made = sign_made(bytes, bundle_wish());
  const auto fields = read_code_directory(signature_of(made).find(0)->bytes);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->flags, 0u);
  EXPECT_EQ(fields->identifier, "com.example.train");
  bytes[0x1800] = static_cast<char>(bytes[0x1800] ^ 1);
  EXPECT_THAT(damage_of(bytes, bundle_wish().beside), HasSubstr("page 1"));
}

TEST(CheckCode, RefusesWhatTheStoreEncrypted) {
  MachoRecipe recipe;
  recipe.encrypted = true;
  EXPECT_THAT(damage_of(macho_of(recipe), {}), HasSubstr("downloaded from the App Store"));
}

TEST(ReadCodeSignature, RefusesBlobsOutsideOrTwice) {
  const std::string made = sign_made(macho_of(), bundle_wish());
  const std::string room = write_code_signature(signature_of(made));
  for (std::size_t length = 0; length < room.size(); length += 13) {
    EXPECT_FALSE(read_code_signature(room.substr(0, length))) << length;
  }
  std::string outside = room;
  put_number(outside, 16, 4, 0xfffffff0, ByteOrder::big);
  EXPECT_FALSE(read_code_signature(outside));
  std::string twice = room;
  put_number(twice, 20, 4, 0, ByteOrder::big);
  EXPECT_FALSE(read_code_signature(twice));
}

}  // namespace
}  // namespace train::signing
