#include "apple/macho.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apple/code_bytes.hpp"
#include "apple/macho_edit.hpp"
#include "unit/signing/macho_fixture.hpp"

namespace train::signing {
namespace {

using testing::HasSubstr;

std::string refusal_of(const std::string& image) {
  const auto read = read_macho_image(image);
  return read ? "" : read.error().message;
}

TEST(MachoImage, SaysWhatASignatureTouches) {
  const std::string bytes = macho_of();
  const auto image = read_macho_image(bytes);
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_TRUE(image->wide);
  EXPECT_EQ(image->kind, k_macho_executable);
  EXPECT_EQ(image->text->size, 0x3000u);
  EXPECT_EQ(image->linkedit->offset, 0x3000u);
  EXPECT_EQ(image->linkedit->size, 100u);
  EXPECT_EQ(image->commands_room - image->commands_end, 64u);
  EXPECT_EQ(image->platform, k_platform_ios);
  EXPECT_EQ(image->minimum_os, 13u << 16);
  EXPECT_EQ(image->sdk_version, 17u << 16);
  EXPECT_FALSE(image->encrypted);
  EXPECT_FALSE(image->signature);
}

TEST(MachoImage, ReadsTheNarrowLayout) {
  MachoRecipe recipe;
  recipe.wide = false;
  recipe.signature_bytes = 64;
  const auto image = read_macho_image(macho_of(recipe));
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_FALSE(image->wide);
  EXPECT_EQ(image->text->size, 0x3000u);
  ASSERT_TRUE(image->signature);
  EXPECT_EQ(image->signature->offset, 0x3070u);
  EXPECT_EQ(image->signature->size, 64u);
}

TEST(MachoImage, EveryPrefixIsRefused) {
  const std::string whole = macho_of();
  for (std::size_t length = 0; length < whole.size(); length += length < 600 ? 1 : 97) {
    EXPECT_NE(refusal_of(whole.substr(0, length)), "") << length;
  }
}

TEST(MachoImage, KnowsWhatTheStoreEncrypted) {
  MachoRecipe recipe;
  recipe.encrypted = true;
  const auto image = read_macho_image(macho_of(recipe));
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_TRUE(image->encrypted);
}

TEST(MachoImage, ASignatureMustBeTheEnd) {
  MachoRecipe recipe;
  recipe.signature_bytes = 64;
  std::string bytes = macho_of(recipe);
  EXPECT_THAT(refusal_of(bytes + std::string(16, '\0')), HasSubstr("not the end of it"));
  const auto image = read_macho_image(bytes);
  ASSERT_TRUE(image);
  put_number(bytes, image->signature->command + 12, 4, 0xffffffff, ByteOrder::little);
  EXPECT_THAT(refusal_of(bytes), HasSubstr("not the end of it"));
}

TEST(MachoImage, CommandsMustAddUp) {
  std::string bytes = macho_of();
  std::string zero = bytes;
  put_number(zero, 32 + 4, 4, 0, ByteOrder::little);
  EXPECT_THAT(refusal_of(zero), HasSubstr("load commands"));
  std::string many = bytes;
  put_number(many, 16, 4, 0xffffffff, ByteOrder::little);
  EXPECT_THAT(refusal_of(many), HasSubstr("load commands"));
  std::string long_one = bytes;
  put_number(long_one, 32 + 4, 4, 0xfffffff0, ByteOrder::little);
  EXPECT_THAT(refusal_of(long_one), HasSubstr("load commands"));
}

TEST(MachoFile, ListsTheSlicesOfAFatFile) {
  MachoRecipe narrow;
  narrow.wide = false;
  const std::string fat = fat_of({macho_of(narrow), macho_of()});
  EXPECT_TRUE(looks_like_macho(fat));
  const auto file = read_macho_file(fat);
  ASSERT_TRUE(file) << file.error().text();
  ASSERT_EQ(file->slices.size(), 2u);
  EXPECT_EQ(file->slices[0].offset, 0x4000u);
  EXPECT_EQ(file->slices[1].offset, 0x8000u);
  EXPECT_EQ(file->slices[1].align, 14u);
}

TEST(MachoFile, RefusesSlicesThatOverlapOrLieOutside) {
  const std::string fat = fat_of({macho_of(), macho_of()});
  std::string overlap = fat;
  put_number(overlap, 8 + 20 + 8, 4, 0x4010, ByteOrder::big);
  EXPECT_FALSE(read_macho_file(overlap));
  std::string outside = fat;
  put_number(outside, 8 + 20 + 12, 4, 0xfffffff0, ByteOrder::big);
  EXPECT_FALSE(read_macho_file(outside));
  EXPECT_FALSE(read_macho_file(fat.substr(0, 30)));
}

TEST(MachoFile, AJavaClassIsNone) {
  EXPECT_FALSE(looks_like_macho(std::string("\xca\xfe\xba\xbe\x00\x00\x00\x34", 8)));
  EXPECT_FALSE(looks_like_macho("APPL"));
  EXPECT_FALSE(looks_like_macho(""));
}

TEST(ReserveSignature, AddsACommandWhereThereIsNone) {
  for (const bool wide : {true, false}) {
    MachoRecipe recipe;
    recipe.wide = wide;
    std::string bytes = macho_of(recipe);
    const auto before = read_macho_image(bytes);
    ASSERT_TRUE(before);
    const auto after = reserve_signature(bytes, *before, 0x5000);
    ASSERT_TRUE(after) << after.error().text();
    EXPECT_EQ(after->command_count, before->command_count + 1);
    EXPECT_EQ(after->signature->offset, 0x3070u);
    EXPECT_EQ(after->signature->size, 0x5000u);
    EXPECT_EQ(bytes.size(), 0x3070u + 0x5000u);
    EXPECT_EQ(after->linkedit->memory, 0x8000u);
  }
}

TEST(ReserveSignature, RefusesWhereThereIsNoRoom) {
  MachoRecipe recipe;
  recipe.header_room = 8;
  std::string bytes = macho_of(recipe);
  const auto image = read_macho_image(bytes);
  ASSERT_TRUE(image);
  const auto after = reserve_signature(bytes, *image, 64);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().kind, ErrorKind::refused);
  EXPECT_THAT(after.error().message, HasSubstr("no room"));
  EXPECT_THAT(after.error().hint, HasSubstr("headerpad"));
}

TEST(ReserveSignature, RefusesBytesBehindLinkedit) {
  std::string bytes = macho_of() + "something";
  const auto image = read_macho_image(bytes);
  ASSERT_TRUE(image);
  EXPECT_FALSE(reserve_signature(bytes, *image, 64));
}

}  // namespace
}  // namespace train::signing
