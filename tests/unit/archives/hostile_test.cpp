// Zip files that lie. Each is an error that says what is wrong, and none is a crash.
#include <gmock/gmock.h>

#include <random>

#include "archive_fixture.hpp"

namespace train::archives {
namespace {

using testing::HasSubstr;

constexpr const char* k_name = "AndroidManifest.xml";

Entry honest() { return {k_name, binary_manifest()}; }
Entry other(const std::string& name = "other") { return {name, "some bytes"}; }

template <typename Change>
std::string changed(Change change) {
  Entry entry = honest();
  change(entry);
  return zip_of({entry, other()});
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* says;
};

std::string bomb() {
  Entry entry = deflated(k_name, std::string(33u << 20, '\0'));
  return zip_of({entry});
}

std::string without_end(const std::string& zip) { return zip.substr(0, zip.size() - 1); }

std::string shifted(const std::string& zip) { return "PK" + zip; }

std::string with_extra_directory_bytes() {
  End end;
  const std::string plain = zip_of({honest()});
  end.before = "????";
  end.size = static_cast<std::uint32_t>(46 + std::string(k_name).size() + 4);
  return zip_of({honest()}, end);
}

std::string with_longer_local_extra() {
  std::string zip = zip_of({honest(), other()});
  zip[28] = 1;
  return zip;
}

std::string zip64_extra(std::uint64_t a, std::uint64_t b) { return le16(1) + le16(16) + le64(a) + le64(b); }

std::vector<Hostile> broken_ends() {
  const std::string good = zip_of({honest(), other()});
  return {
      {"empty", "", "not a zip file"},
      {"text", "hello", "not a zip file"},
      {"cut_in_end", without_end(good), "not a zip file"},
      {"only_local_header", good.substr(0, 40), "not a zip file"},
      {"bytes_before", shifted(good), "not where its end record says"},
      {"bytes_behind", good + "x", "not a zip file"},
      {"comment_too_long", zip_of({honest()}, {.comment = "abc", .comment_size = 9}), "not a zip file"},
      {"several_parts", zip_of({honest()}, {.disk = 1}), "one part of several"},
      {"counts_differ", zip_of({honest()}, {.entries = 1, .entries_here = 2}), "one part of several"},
      {"too_few_entries", zip_of({honest(), other()}, {.entries = 1}), "more than its entries"},
      {"too_many_entries", zip_of({honest()}, {.entries = 9}), "damaged"},
      {"directory_elsewhere", zip_of({honest()}, {.offset = 3}), "not where its end record says"},
      {"directory_behind", zip_of({honest()}, {.offset = 0x7fffffff}), "not where its end record says"},
      {"directory_size", zip_of({honest()}, {.size = 7}), "not where its end record says"},
      {"bytes_in_directory", with_extra_directory_bytes(), "more than its entries"},
      {"zip64_without_record", zip_of({honest()}, {.entries = 0xffff}), "zip64"},
      {"zip64_record_elsewhere", zip_of({honest()}, {.entries = 0xffff, .before = end64(1, 65, 0, 1)}), "zip64"},
      {"zip64_entries", zip_of({}, {.entries = 0xffff, .before = end64(200001, 0, 0, 0)}),
       "200001 entries, more than 200000"},
      {"zip64_directory", zip_of({}, {.entries = 0xffff, .before = end64(1, 1ull << 40, 0, 0)}), "directory is"},
      {"zip64_overflow", zip_of({}, {.entries = 0xffff, .before = end64(1, 64, ~0ull - 10, 0)}), "not where"},
  };
}

std::vector<Hostile> broken_entries() {
  return {
      {"absolute", zip_of({honest(), other("/etc/passwd")}), "absolute path"},
      {"backslash_absolute", zip_of({honest(), other("\\windows")}), "absolute path"},
      {"dot_dot", zip_of({honest(), other("a/../../b")}), "leads out of the archive"},
      {"dot_dot_backslash", zip_of({honest(), other("a\\..\\b")}), "leads out of the archive"},
      {"only_dot_dot", zip_of({honest(), other("..")}), "leads out of the archive"},
      {"zero_byte", zip_of({honest(), other(std::string("a\0b", 3))}), "zero byte"},
      {"no_name", zip_of({honest(), other("")}), "no name"},
      {"long_name", zip_of({honest(), other(std::string(4097, 'n'))}), "longer than 4,096"},
      {"duplicate", zip_of({honest(), other(), honest()}), "twice"},
      {"encrypted", changed([](Entry& e) { e.flags = 1; }), "is encrypted"},
      {"strongly_encrypted", changed([](Entry& e) { e.flags = 1 << 6; }), "is encrypted"},
      {"encrypted_elsewhere", zip_of({honest(), {.name = "x", .data = "y", .flags = 1}}), "is encrypted"},
      {"encrypted_locally", changed([](Entry& e) { e.local_flags = 1; }), "two headers"},
      {"other_local_name", changed([](Entry& e) { e.local_name = "AndroidManifest.xmk"; }), "two headers"},
      {"other_local_method", changed([](Entry& e) { e.local_method = 8; }), "two headers"},
      {"other_local_crc", changed([](Entry& e) { e.local_crc = 1; }), "two headers"},
      {"other_local_packed", changed([](Entry& e) { e.local_packed = 1; }), "two headers"},
      {"other_local_unpacked", changed([](Entry& e) { e.local_unpacked = 1; }), "two headers"},
      {"wrong_checksum", changed([](Entry& e) { e.crc = 7; }), "checksum"},
      {"unknown_method", changed([](Entry& e) { e.method = 12; }), "method 12"},
      {"link", changed([](Entry& e) { e.attributes = 0120777u << 16; }), "is a link"},
      {"stored_sizes_differ", changed([](Entry& e) { e.unpacked = 1; }), "two different sizes"},
      {"offset_behind", changed([](Entry& e) { e.offset = 0x7ffffff0; }), "outside of the file"},
      {"offset_in_directory", changed([](Entry& e) { e.offset = 420; }), "outside of the file"},
      {"size_behind", changed([](Entry& e) { e.packed = e.unpacked = 0x7ffffff0; }), "outside of the file"},
      {"not_a_local_header", changed([](Entry& e) { e.offset = 10, e.packed = e.unpacked = 5; }), "two headers"},
      {"overlap", zip_of({honest(), {.name = "o", .data = "x", .offset = 20}}), "overlaps another"},
      {"same_place", zip_of({honest(), {.name = "o", .data = "x", .offset = 0}}), "overlaps another"},
      {"local_extra_into_next", with_longer_local_extra(), "overlaps another"},
      {"zip64_too_short", changed([](Entry& e) {
         e.packed = 0xffffffff;
         e.extra = le16(1) + le16(4) + le32(0);
       }),
       "zip64"},
      {"zip64_huge", changed([](Entry& e) {
         e.packed = e.unpacked = 0xffffffff;
         e.extra = zip64_extra(~0ull, ~0ull);
       }),
       "zip64"},
      {"zip64_outside", changed([](Entry& e) {
         e.packed = e.unpacked = 0xffffffff;
         e.extra = zip64_extra(1ull << 40, 1ull << 40);
       }),
       "outside of the file"},
      {"ratio", changed([](Entry& e) {
         e.method = 8;
         e.unpacked = 0x7fffffff;
       }),
       "more than 1100:1"},
      {"not_deflated", changed([](Entry& e) { e.method = 8; }), "does not unpack"},
      {"unpacks_to_more", changed([](Entry& e) {
         e = deflated(k_name, binary_manifest());
         *e.unpacked -= 1;
       }),
       "does not unpack"},
      {"unpacks_to_less", changed([](Entry& e) {
         e = deflated(k_name, binary_manifest());
         *e.unpacked += 1;
       }),
       "does not unpack"},
  };
}

class HostileZip : public testing::TestWithParam<Hostile> {};

void expect_refused(const Hostile& row) {
  const auto file = std::filesystem::temp_directory_path() / ("train-hostile-" + std::to_string(::getpid()) + ".apk");
  write_file(file, row.bytes);
  const auto seen = make_archives()->inspect(file);
  std::filesystem::remove(file);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::refused);
  EXPECT_THAT(seen.error().message, HasSubstr(row.says));
}

TEST_P(HostileZip, IsRefusedAndSaysWhy) { expect_refused(GetParam()); }

// Not a row above: rows are made in every process that runs any one test of this program.
TEST(Bomb, IsRefusedAndSaysWhy) { expect_refused({"larger_than_the_bound", bomb(), "larger than 32 MiB"}); }

std::string row_name(const testing::TestParamInfo<Hostile>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(End, HostileZip, testing::ValuesIn(broken_ends()), row_name);
INSTANTIATE_TEST_SUITE_P(Entry, HostileZip, testing::ValuesIn(broken_entries()), row_name);

class OddZip : public ArchiveTest {};

TEST_F(OddZip, OddButHonestOnesAreRead) {
  const Entry manifest = honest();
  const std::string plain = zip_of({manifest});
  const auto directory = static_cast<std::uint32_t>(plain.size() - 22 - 46 - manifest.name.size());
  const auto size = static_cast<std::uint32_t>(46 + manifest.name.size());
  Entry streamed = deflated(k_name, binary_manifest());
  streamed.flags = 8;
  streamed.local_crc = streamed.local_packed = streamed.local_unpacked = 0;
  Entry wide = honest();
  wide.extra = le16(1) + le16(16) + le64(wide.data.size()) + le64(wide.data.size());
  wide.packed = wide.unpacked = 0xffffffff;
  wide.local_extra = wide.extra;
  const std::vector<std::pair<const char*, std::string>> honest_ones{
      {"comment", zip_of({manifest}, {.comment = std::string(65535, 'c')})},
      {"zip64 end", zip_of({manifest}, {.entries = 0xffff,
                                        .size = 0xffffffff,
                                        .offset = 0xffffffff,
                                        .before = end64(1, size, directory, directory + size)})},
      {"sizes behind", zip_of({streamed})},
      {"zip64 sizes", zip_of({wide})},
      {"padding in the extra field", changed([](Entry& e) { e.local_extra = std::string(3, '\0'); })},
      {"large neighbour", zip_of({manifest, deflated("assets/zeros", std::string(40u << 20, '\0'))})},
  };
  for (const auto& [what, bytes] : honest_ones) {
    const auto seen = inspect("odd.apk", bytes);
    EXPECT_TRUE(seen) << what << ": " << seen.error().text();
  }
}

TEST_F(OddZip, EveryCutIsRefused) {
  const std::string whole = zip_of({other(), honest()});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(inspect("cut.apk", whole.substr(0, size))) << size;
}

// The same changes every time: a failure is found again.
TEST_F(OddZip, TwoThousandMutationsNeverCrash) {
  const std::vector<std::pair<std::string, std::string>> good{
      {"m.apk", zip_of({honest(), other()})},
      {"m.apk", zip_of({deflated(k_name, binary_manifest({}, true))})},
      {"m.aab", zip_of({{"base/manifest/AndroidManifest.xml", proto_manifest()}})},
      {"m.ipa", zip_of({{"Payload/T.app/Info.plist", xml_plist()}})},
      {"m.ipa", zip_of({{"Payload/T.app/Info.plist", binary_plist()}})},
  };
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto& [name, bytes] = good[i % good.size()];
    std::string mutated = bytes;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) mutated[random() % mutated.size()] = static_cast<char>(random());
    const auto seen = inspect(name, mutated);
    if (seen) continue;
    ++refused;
    EXPECT_EQ(seen.error().kind, ErrorKind::refused) << "mutation " << i << ": " << seen.error().message;
  }
  EXPECT_GT(refused, 1000);
}

// Past the checksum: the manifests themselves.
TEST_F(OddZip, TwoThousandManifestMutationsNeverCrash) {
  struct Good {
    const char* file;
    const char* entry;
    std::string bytes;
  };
  const std::vector<Good> good{{"n.apk", k_name, binary_manifest()},
                               {"n.apk", k_name, binary_manifest({}, true)},
                               {"n.aab", "base/manifest/AndroidManifest.xml", proto_manifest()},
                               {"n.ipa", "Payload/T.app/Info.plist", xml_plist()},
                               {"n.ipa", "Payload/T.app/Info.plist", binary_plist()}};
  std::mt19937 random(2);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const Good& from = good[i % good.size()];
    std::string mutated = from.bytes;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) mutated[random() % mutated.size()] = static_cast<char>(random());
    const auto seen = inspect(from.file, zip_of({{from.entry, mutated}}));
    if (seen) continue;
    ++refused;
    EXPECT_EQ(seen.error().kind, ErrorKind::refused) << "mutation " << i << ": " << seen.error().message;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace train::archives
