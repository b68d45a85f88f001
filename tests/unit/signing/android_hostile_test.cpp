// Bad inputs: each is refused, says why, leaves the source as it was and neither an output nor a temporary file.
#include "android/apk_block.hpp"
#include "android_fixture.hpp"

namespace train::signing {
namespace {

using archives::deflated;
using archives::Entry;
using archives::zip_of;
using testing::HasSubstr;

class AndroidHostileTest : public AndroidTest {
 protected:
  void expect_bad(const std::string& name, const std::string& bytes, const std::string& says) {
    SCOPED_TRACE(says);
    file(name, bytes);
    expect_refused(order(name, "out" + std::filesystem::path(name).extension().string()), ErrorKind::refused, says);
  }
  // The entries of a sealed file, to be zipped again after a change.
  std::vector<Entry> sealed_entries_of(const std::string& name, const std::vector<Entry>& entries) {
    std::vector<Entry> out;
    for (const auto& [entry, bytes] : contents_of(sealed(name, entries))) out.push_back({entry, bytes});
    return out;
  }
};

Entry& named(std::vector<Entry>& entries, const std::string& name) {
  for (Entry& entry : entries) {
    if (entry.name == name) return entry;
  }
  throw std::runtime_error("no entry " + name);
}

TEST_F(AndroidHostileTest, KeysThatDoNotServe) {
  file("a.aab", zip_of(bundle_entries()));
  SigningOrder wrong = order("a.aab", "b.aab");
  wrong.identity = AndroidKey{directory_ / "keys/rsa.p12", "", Secret("guess")};
  expect_refused(wrong, ErrorKind::auth, "does not open with the password given");
  wrong.identity = AndroidKey{directory_ / "keys/rsa.p12", "release", Secret(k_test_password)};
  expect_refused(wrong, ErrorKind::definition, "It has: \"upload\"");
  wrong.identity = AppleIdentity{};
  expect_refused(wrong, ErrorKind::usage, "not with an Apple identity");
  SigningOrder late = order("a.aab", "b.aab");
  late.now = k_now + 21 * k_year;
  expect_refused(late, ErrorKind::definition, "expired on");
}

TEST_F(AndroidHostileTest, OrdersThatMakeNoSense) {
  file("a.aab", zip_of(bundle_entries()));
  file("a.apks", "x");
  file("a.zip", "x");
  for (const std::int64_t code : {41ll, 40ll, 0ll, 2'100'000'001ll}) {
    SigningOrder low = order("a.aab", "b.aab");
    low.build = BuildNumber::from(code);
    expect_refused(low, ErrorKind::usage, "as version code " + std::to_string(code));
  }
  SigningOrder dotted = order("a.aab", "b.aab");
  dotted.build = *BuildNumber::parse("100.1");
  expect_refused(dotted, ErrorKind::usage, "as version code 100.1");
  expect_refused(order("a.aab", "b.apk"), ErrorKind::usage, "must end in .aab");
  expect_refused(order("a.aab", "a.aab"), ErrorKind::refused, "is the archive that is to be rebuilt");
  expect_refused(order("a.apks", "b.apks"), ErrorKind::refused, "a set of split packages");
  expect_refused(order("a.zip", "b.zip"), ErrorKind::refused, "neither in .aab nor in .apk");
  std::filesystem::create_hard_link(directory_ / "a.aab", directory_ / "hard.aab");
  expect_refused(order("a.aab", "hard.aab"), ErrorKind::refused, "is the archive that is to be rebuilt");
}

TEST_F(AndroidHostileTest, ZipFilesThatLie) {
  const auto with = [](const Entry& entry) {
    auto entries = bundle_entries();
    entries.push_back(entry);
    return zip_of(entries);
  };
  const std::string good = zip_of(bundle_entries());
  Entry bomb = deflated("bomb", std::string(8u << 20, '\0'));
  bomb.unpacked = 0x7fffffff;
  Entry quiet_bomb = deflated("bomb", std::string(8u << 20, '\0'));
  *quiet_bomb.unpacked -= 1;
  Entry damaged = deflated("damaged", std::string(1000, 'x'));
  damaged.crc = 1;
  expect_bad("a.aab", with(bundle_entries()[3]), "\"base/assets/photo.bin\" twice");
  expect_bad("a.aab", with({.name = "o", .data = "x", .offset = 20}), "overlaps another");
  expect_bad("a.aab", with({"../evil", "x"}), "a path that leads out of the archive");
  expect_bad("a.aab", with({"/evil", "x"}), "an absolute path");
  expect_bad("a.aab", with({"a\nName: b", "x"}), "has a line break in its name");
  expect_bad("a.aab", with(bomb), "more than 1100:1");
  expect_bad("a.aab", with(quiet_bomb), "\"bomb\" does not unpack to what it says");
  expect_bad("a.aab", with(damaged), "\"damaged\" does not have its checksum");
  expect_bad("a.aab", with({"folder/", "contents"}), "has contents");
  expect_bad("a.aab", good.substr(0, good.size() - 30), "not a zip file, or it was cut short");
  expect_bad("a.aab", good.substr(0, good.size() / 2), "not a zip file, or it was cut short");
  expect_bad("a.aab", "", "not a zip file");
  expect_bad("a.aab", zip_of(apk_entries()), "it has no base/manifest/AndroidManifest.xml");
  expect_bad("a.apk", good, "it has no AndroidManifest.xml");
}

TEST_F(AndroidHostileTest, AnApkWithZip64) {
  const auto entries = apk_entries();
  const std::string zip = zip_of(entries);
  const auto directory = static_cast<std::uint32_t>(zip.find("PK\1\2"));
  const auto size = static_cast<std::uint32_t>(zip.size() - 22 - directory);
  archives::End end;
  end.before = archives::end64(entries.size(), size, directory, directory + size);
  end.entries = 0xffff;
  end.size = end.offset = 0xffffffff;
  expect_bad("a.apk", zip_of(entries, end), "it uses zip64");
}

TEST_F(AndroidHostileTest, ManifestsThatCannotBeChanged) {
  const auto bundle_with = [](const std::string& base, const std::string& extra) {
    auto entries = bundle_entries();
    named(entries, "base/manifest/AndroidManifest.xml") = deflated("base/manifest/AndroidManifest.xml", base);
    named(entries, "extra/manifest/AndroidManifest.xml") = deflated("extra/manifest/AndroidManifest.xml", extra);
    return zip_of(entries);
  };
  std::string reference = archives::binary_manifest();
  reference[reference.find(archives::le32(4) + archives::le16(8) + std::string{'\0', 3}) + 7] = 1;
  expect_bad("a.apk", zip_of({{"AndroidManifest.xml", reference}}), "versionName is a reference to a resource");
  const std::string other = archives::proto_manifest({.build = "42"});
  expect_bad("a.aab", bundle_with(archives::proto_manifest(), other), "its modules do not agree");
  expect_bad("a.aab", bundle_with(archives::proto_manifest(), "junk"),
             "of \"extra/manifest/AndroidManifest.xml\", its");
  // XmlNode {element {name, attribute {resource_id, compiled_item {ref {id}}}}}
  const std::string name_by_reference("\x0a\x17\x1a\x08manifest\x22\x0b\x28\x9c\x84\x84\x08\x32\x04\x0a\x02\x10\x7f",
                                      25);
  expect_bad("a.aab", bundle_with(name_by_reference, archives::proto_manifest()),
             "its versionName is a reference to a resource");
}

// A fourth attribute, named by text `name`, of this kind and value.
std::string with_attribute(const std::string& manifest, std::uint32_t name, std::uint32_t raw, char type,
                           std::uint32_t data) {
  using archives::le16;
  using archives::le32;
  std::string out =
      manifest + le32(0xffffffff) + le32(name) + le32(raw) + le16(8) + std::string{'\0', type} + le32(data);
  const std::size_t element = out.find(le16(0x0102) + le16(16));
  out.replace(element + 4, 4, le32(36 + 4 * 20));
  out.replace(element + 28, 2, le16(4));
  return out.replace(4, 4, le32(static_cast<std::uint32_t>(out.size())));
}

TEST_F(AndroidHostileTest, APartOfASplit) {
  // The package's name is text 5, the version's text 4: split="9.0.0" in a package called split.
  const std::string part = with_attribute(archives::binary_manifest({.id = "split"}), 5, 4, 3, 4);
  expect_bad("a.apk", zip_of({{"AndroidManifest.xml", part}}), "it is a part of a split package, \"9.0.0\"");
  // Resource ids are by text: the second attribute becomes isSplitRequired, and the fourth the version's name.
  std::string base = with_attribute(archives::binary_manifest(), 0, 0xffffffff, 0x12, 0xffffffff);
  const std::size_t ids = base.find(archives::le32(0x0101021b));
  base.replace(ids, 4, archives::le32(k_split_required_id));
  const auto facts = read_binary_facts(base);
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_TRUE(facts->needs_splits);
}

TEST_F(AndroidHostileTest, ASealedBundleThatWasTouched) {
  const auto good = sealed_entries_of("good.aab", bundle_entries());
  file("again.aab", zip_of(good));
  ASSERT_TRUE(rebuild(order("again.aab", "fine.aab"))) << "the change is what is refused";
  const auto changed = [&good](const std::string& name, const std::string& bytes) {
    auto entries = good;
    named(entries, name).data = bytes;
    return zip_of(entries);
  };
  const auto flipped = [&](const std::string& name, std::size_t at) {
    auto entries = good;
    std::string bytes = named(entries, name).data;
    bytes[at] ^= 1;
    return changed(name, bytes);
  };
  expect_bad("a.aab", flipped("base/assets/photo.bin", 77), "\"base/assets/photo.bin\" is not what was signed");
  expect_bad("a.aab", flipped("base/dex/classes.dex", 0), "\"base/dex/classes.dex\" is not what was signed");
  expect_bad("a.aab", flipped("META-INF/MANIFEST.MF", 200), "META-INF/MANIFEST.MF does not match its signature file");
  expect_bad("a.aab", flipped("META-INF/UPLOAD.SF", 200), "\"META-INF/UPLOAD.RSA\" is not the signature of its .SF");
  expect_bad("a.aab", changed("META-INF/UPLOAD.RSA", "junk"), "\"META-INF/UPLOAD.RSA\" is not the signature");
  auto added = good;
  added.push_back({"base/dex/classes2.dex", "more"});
  expect_bad("a.aab", zip_of(added), "\"base/dex/classes2.dex\" is not covered by the signature");
  auto missing = good;
  std::erase_if(missing, [](const Entry& entry) { return entry.name == "base/dex/classes.dex"; });
  expect_bad("a.aab", zip_of(missing), "\"base/dex/classes.dex\" was signed and is missing");
  auto second = good;
  second.push_back({"META-INF/OTHER.SF", "x"});
  expect_bad("a.aab", zip_of(second), "it has a second signer");
  auto bare = good;
  std::erase_if(bare, [](const Entry& entry) { return entry.name == "META-INF/UPLOAD.RSA"; });
  expect_bad("a.aab", zip_of(bare), "a part of its signature is missing");
}

TEST_F(AndroidHostileTest, ASealedApkThatWasTouched) {
  const std::string good = bytes_of(sealed("good.apk", apk_entries()));
  const auto package = zip::Package::open(directory_ / "good.apk");
  ASSERT_TRUE(package);
  const auto block = read_apk_block(*package);
  ASSERT_TRUE(block && *block);
  const auto flipped = [&good](std::size_t at) {
    std::string bytes = good;
    bytes[at] ^= 1;
    return bytes;
  };
  expect_bad("a.apk", flipped(package->find("resources.arsc")->data + 5), "its contents are not what was signed");
  // Padding between entries is no entry's, but it is sealed.
  expect_bad("a.apk", flipped((*block)->begin - 1), "its contents are not what was signed");
  const auto at = [&](std::uint32_t id) {
    return static_cast<std::size_t>((*block)->find(id)->value.data() - package->bytes().data());
  };
  expect_bad("a.apk", flipped(at(k_block_v2) + 40), "the signature in its signing block is not valid");
  expect_bad("a.apk", flipped(at(k_block_v3) + 40), "the signature in its signing block is not valid");
  expect_bad("a.apk", flipped(at(k_block_v2) + 1), "its signing block is damaged");
  expect_bad("a.apk", flipped((*block)->begin), "its signing block is damaged");
  expect_bad("a.apk", flipped(at(k_block_v3) - 4), "its v3 signature was taken out");
  std::string rotated = good;
  rotated.replace(at(k_block_v3) - 4, 4, archives::le32(k_block_v31));
  expect_bad("a.apk", rotated, "its signing key was rotated");
  // Without the block the file is a whole JAR whose signature says that there was one.
  std::string stripped = good.substr(0, (*block)->begin) + good.substr(package->directory_offset());
  stripped.replace(stripped.size() - 6, 4, archives::le32(static_cast<std::uint32_t>((*block)->begin)));
  expect_bad("a.apk", stripped, "its v2 and v3 signatures were taken out");
}

TEST_F(AndroidHostileTest, AHundredThousandEntriesAreRebuilt) {
  std::vector<Entry> entries{deflated("base/manifest/AndroidManifest.xml", archives::proto_manifest())};
  for (int i = 0; i < 100'000; ++i) entries.push_back({"base/assets/" + std::to_string(i), "x"});
  const std::string zip = zip_of(entries);
  const auto directory = zip.find("PK\1\2");
  archives::End end;
  end.before = archives::end64(entries.size(), zip.size() - 22 - directory, directory, zip.size() - 22);
  end.entries = 0xffff;
  end.size = end.offset = 0xffffffff;
  file("a.aab", zip_of(entries, end));
  const auto built = rebuild(order("a.aab", "b.aab"));
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_EQ(contents_of(directory_ / "b.aab").size(), entries.size() + 3);
}

// Past the directory's checks: the seals themselves. Nothing crashes, and no change goes through unseen.
TEST_F(AndroidHostileTest, NoMutationOfASealedApkGoesThrough) {
  const std::string good = bytes_of(sealed("good.apk", apk_entries()));
  for (std::size_t at = 3; at < good.size(); at += 997) {
    std::string mutated = good;
    mutated[at] ^= 0x55;
    file("m.apk", mutated);
    const auto package = zip::Package::open(directory_ / "good.apk");
    const auto block = read_apk_block(*package);
    const bool in_block = at >= (*block)->begin && at < package->directory_offset();
    const auto seen = make_signer()->examine(directory_ / "m.apk");
    if (seen && in_block) continue;  // its padding is nobody's
    EXPECT_FALSE(seen) << at;
  }
}

}  // namespace
}  // namespace train::signing
