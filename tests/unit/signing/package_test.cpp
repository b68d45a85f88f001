// The layer under every rebuild: reading a package, and writing another.
#include "train/zip/package.hpp"

#include <sys/stat.h>

#include "package_digests.hpp"
#include "signing_fixture.hpp"
#include "train/base/digest.hpp"
#include "train/zip/package_writer.hpp"

namespace train::signing {
namespace {

using archives::Entry;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t k_page = 4096;

// Deflated with its sizes behind the data, stored with a mode, a directory, a name that is not ASCII.
std::vector<Entry> mixed() {
  Entry streamed = archives::deflated("z/streamed.txt", std::string(100000, 's'));
  streamed.flags = 8;
  streamed.local_crc = streamed.local_packed = streamed.local_unpacked = 0;
  Entry program{"bin/run", "#!/bin/sh\n"};
  program.attributes = 0100755u << 16;
  Entry folder{"bin/", ""};
  folder.attributes = 040755u << 16 | 0x10;
  Entry accent{"caf\xc3\xa9", "coffee"};
  accent.flags = 1 << 11;
  Entry padded{"lib/x.so", "ELF"};
  padded.local_extra = std::string(3, '\0');
  return {streamed, folder, program, accent, padded};
}

std::string unpacked(const zip::Package& package, const zip::PackageEntry* entry) {
  if (entry == nullptr) return "no such entry";
  const auto bytes = package.unpack(*entry);
  return bytes ? *bytes : bytes.error().text();
}

class PackageTest : public SigningTest {
 protected:
  zip::Package open(const std::string& name, const std::vector<Entry>& entries) {
    auto package = zip::Package::open(file(name, archives::zip_of(entries)));
    if (!package) throw std::runtime_error(package.error().text());
    return std::move(*package);
  }
};

TEST_F(PackageTest, EntriesAreInTheOrderOfTheDirectory) {
  const zip::Package package = open("a.zip", mixed());
  std::vector<std::string> names;
  for (const zip::PackageEntry& entry : package.entries()) names.emplace_back(entry.name);
  EXPECT_THAT(names, ElementsAre("z/streamed.txt", "bin/", "bin/run", "caf\xc3\xa9", "lib/x.so"));
  ASSERT_NE(package.find("bin/run"), nullptr);
  EXPECT_EQ(package.find("bin/run")->external_attributes, 0100755u << 16);
  EXPECT_EQ(package.raw(*package.find("lib/x.so")), "ELF");
  EXPECT_EQ(unpacked(package, package.find("z/streamed.txt")), std::string(100000, 's'));
  EXPECT_EQ(package.find("bin"), nullptr);
}

TEST_F(PackageTest, ACopyHasTheSameEntriesAndReadsBack) {
  const zip::Package source = open("a.zip", mixed());
  auto writer = zip::PackageWriter::create(source, directory_ / "b.zip", zip::Zip64::allowed);
  ASSERT_TRUE(writer) << writer.error().text();
  for (const zip::PackageEntry& entry : source.entries()) {
    ASSERT_TRUE(writer->copy(entry, entry.name.ends_with(".so") ? k_page : 1));
  }
  ASSERT_TRUE(writer->put("new.txt", "new text"));
  ASSERT_TRUE(writer->finish());
  const auto copy = zip::Package::open(directory_ / "b.zip");
  ASSERT_TRUE(copy) << copy.error().text();
  ASSERT_EQ(copy->entries().size(), source.entries().size() + 1);
  for (std::size_t i = 0; i < source.entries().size(); ++i) {
    const zip::PackageEntry& was = source.entries()[i];
    const zip::PackageEntry& is = copy->entries()[i];
    EXPECT_EQ(is.name, was.name);
    EXPECT_EQ(is.external_attributes, was.external_attributes);
    EXPECT_EQ(is.flags, was.flags & ~8);
    EXPECT_EQ(copy->raw(is), source.raw(was));
    EXPECT_EQ(unpacked(*copy, &is), unpacked(source, &was));
  }
  EXPECT_EQ(copy->find("lib/x.so")->data % k_page, 0u);
  EXPECT_EQ(unpacked(*copy, copy->find("new.txt")), "new text");
  EXPECT_THAT(files(), ElementsAre("a.zip", "b.zip"));
}

TEST_F(PackageTest, TheSameInputGivesTheSameBytes) {
  const zip::Package source = open("a.zip", mixed());
  for (const char* name : {"1.zip", "2.zip"}) {
    auto writer = zip::PackageWriter::create(source, directory_ / name, zip::Zip64::refused);
    ASSERT_TRUE(writer && writer->copy(source.entries()[0]) && writer->put("n", std::string(5000, 'n')));
    ASSERT_TRUE(writer->finish());
  }
  EXPECT_EQ(bytes_of(directory_ / "1.zip"), bytes_of(directory_ / "2.zip"));
}

TEST_F(PackageTest, WhatIsNotFinishedLeavesNothing) {
  const zip::Package source = open("a.zip", mixed());
  {
    auto writer = zip::PackageWriter::create(source, directory_ / "b.zip", zip::Zip64::allowed);
    ASSERT_TRUE(writer && writer->copy(source.entries()[0]));
    EXPECT_EQ(files().size(), 2u);
  }
  EXPECT_THAT(files(), ElementsAre("a.zip"));
}

TEST_F(PackageTest, TheSourceIsNeverWritten) {
  const zip::Package source = open("a.zip", mixed());
  std::filesystem::create_hard_link(directory_ / "a.zip", directory_ / "hard.zip");
  std::filesystem::create_symlink("a.zip", directory_ / "soft.zip");
  std::filesystem::create_directory(directory_ / "folder");
  for (const char* name : {"a.zip", "hard.zip", "soft.zip", "./a.zip", "folder/../a.zip"}) {
    const auto writer = zip::PackageWriter::create(source, directory_ / name, zip::Zip64::allowed);
    ASSERT_FALSE(writer) << name;
    EXPECT_EQ(writer.error().kind, ErrorKind::refused);
    EXPECT_THAT(writer.error().message, HasSubstr("is the archive that is to be rebuilt"));
  }
  EXPECT_FALSE(zip::PackageWriter::create(source, directory_ / "folder", zip::Zip64::allowed));
  EXPECT_FALSE(zip::PackageWriter::create(source, directory_ / "no/where.zip", zip::Zip64::allowed));
  EXPECT_EQ(bytes_of(directory_ / "a.zip"), archives::zip_of(mixed()));
}

TEST_F(PackageTest, DigestsAreThoseOfTheUnpackedBytes) {
  // One above what is unpacked at once: it is streamed.
  const std::string large(20u << 20, 'L');
  const zip::Package package = open("a.zip", {archives::deflated("large", large), {"small", "abc"}});
  std::vector<const zip::PackageEntry*> entries;
  for (const zip::PackageEntry& entry : package.entries()) entries.push_back(&entry);
  const std::vector<Hash> hashes{Hash::sha1, Hash::sha256};
  const auto digests = digest_entries(package, entries, hashes);
  ASSERT_TRUE(digests) << digests.error().text();
  EXPECT_EQ(hex((*digests)[0][1]), sha256_hex(large));
  EXPECT_EQ(hex((*digests)[1][0]), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex((*digests)[1][1]), sha256_hex("abc"));
}

TEST_F(PackageTest, DamageIsFoundWhereverItLies) {
  Entry large = archives::deflated("large", std::string(20u << 20, 'L'));
  large.data[large.data.size() / 2] ^= 0x10;
  Entry longer = archives::deflated("longer", std::string(20u << 20, 'L'));
  *longer.unpacked -= 1;
  Entry shorter = archives::deflated("shorter", std::string(20u << 20, 'L'));
  *shorter.unpacked += 1;
  Entry trailing = archives::deflated("trailing", std::string(20u << 20, 'L'));
  trailing.data += "more";
  Entry checksum{"checksum", "abc"};
  checksum.crc = 1;
  const zip::Package package = open("a.zip", {large, longer, shorter, trailing, checksum});
  for (const zip::PackageEntry& entry : package.entries()) {
    const auto seen = package.visit(entry, [](std::string_view) {});
    ASSERT_FALSE(seen) << entry.name;
    EXPECT_THAT(seen.error().message, HasSubstr("\"" + std::string(entry.name) + "\" does not"));
  }
}

TEST_F(PackageTest, SeventyThousandEntriesNeedZip64AndGetItWhereItIsAllowed) {
  const zip::Package source = open("a.zip", {{"one", "1"}});
  for (const zip::Zip64 zip64 : {zip::Zip64::allowed, zip::Zip64::refused}) {
    auto writer = zip::PackageWriter::create(source, directory_ / "b.zip", zip64);
    ASSERT_TRUE(writer);
    for (int i = 0; i < 70000; ++i) ASSERT_TRUE(writer->put("n" + std::to_string(i), ""));
    const auto finished = writer->finish();
    EXPECT_EQ(finished.has_value(), zip64 == zip::Zip64::allowed);
  }
  const auto wide = zip::Package::open(directory_ / "b.zip");
  ASSERT_TRUE(wide) << wide.error().text();
  EXPECT_TRUE(wide->zip64());
  EXPECT_EQ(wide->entries().size(), 70000u);
  EXPECT_EQ(unpacked(*wide, wide->find("n69999")), "");
}

TEST(ZipRecords, NumbersBeyondFourGibAreWrittenWide) {
  zip::ZipRecord record;
  record.name = "big";
  record.packed = record.unpacked = 5ull << 30;
  const auto header = zip::local_header(record, {}, 0, 1);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->size(), 30u + 3 + 20);
  EXPECT_EQ(header->substr(18, 8), std::string(8, '\xff'));
  std::string line;
  zip::put_directory_line(line, record, 6ull << 30);
  EXPECT_EQ(line.size(), 46u + 3 + 28);
  std::string wanted;
  zip::put_u64(wanted, 6ull << 30);
  EXPECT_EQ(line.substr(line.size() - 8), wanted);
}

TEST(ZipRecords, AlignmentKeepsOtherFieldsAndReplacesItsOwn) {
  const std::string other = archives::le16(0xcafe) + archives::le16(2) + "ab";
  const std::string old = archives::le16(0xd935) + archives::le16(4) + std::string("\4\0\0\0", 4);
  zip::ZipRecord record;
  record.name = "lib.so";
  for (std::uint64_t offset = 0; offset < 40; ++offset) {
    const auto header = zip::local_header(record, old + other + std::string(3, '\0'), offset, 16384);
    ASSERT_TRUE(header);
    EXPECT_EQ((offset + header->size()) % 16384, 0u);
    EXPECT_EQ(header->substr(36, other.size()), other);
  }
}

}  // namespace
}  // namespace train::signing
