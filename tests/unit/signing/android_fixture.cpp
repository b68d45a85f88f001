#include "android_fixture.hpp"

#include <map>
#include <stdexcept>

namespace train::signing {
namespace {

using archives::deflated;
using archives::Entry;

}  // namespace

std::vector<Entry> bundle_entries() {
  const std::string manifest = archives::proto_manifest();
  Entry folder{"base/assets/", ""};
  folder.attributes = 040755u << 16 | 0x10;
  return {
      deflated("BundleConfig.pb", std::string("\x0a\x08\x12\x06"
                                              "1.15.6")),
      deflated("base/manifest/AndroidManifest.xml", manifest),
      folder,
      {"base/assets/photo.bin", std::string(5000, 'p')},
      deflated("base/dex/classes.dex", std::string(70000, 'd')),
      deflated("base/lib/arm64-v8a/libtrain.so", "ELF"),
      deflated("base/root/META-INF/services.txt", "a root resource\n"),
      deflated("extra/manifest/AndroidManifest.xml", manifest),
      deflated("extra/assets/a/very/long/name/that/does/not/fit/on/one/line/of/a/manifest/caf\xc3\xa9/here.txt", "x")};
}

std::vector<Entry> apk_entries() {
  Entry library{"lib/arm64-v8a/libtrain.so", std::string(3000, 'e')};
  return {deflated("AndroidManifest.xml", archives::binary_manifest()),
          deflated("classes.dex", std::string(70000, 'd')),
          {"resources.arsc", std::string(999, 'r')},
          library,
          deflated("res/layout/main.xml", "layout")};
}

SigningOrder AndroidTest::order(const std::string& source, const std::string& out, const std::string& keystore) const {
  SigningOrder order;
  order.source = directory_ / source;
  order.out = directory_ / out;
  order.version = *VersionName::parse("10.0.1");
  order.build = BuildNumber::from(100);
  order.identity = AndroidKey{directory_ / "keys" / keystore, "", Secret(k_test_password)};
  order.now = k_now;
  return order;
}

std::filesystem::path AndroidTest::sealed(const std::string& name, const std::vector<Entry>& entries,
                                          const std::string& keystore) {
  const std::string plain = "plain-" + name;
  file(plain, archives::zip_of(entries));
  SigningOrder first = order(plain, name, keystore);
  first.version = *VersionName::parse("9.0.1");
  first.build = BuildNumber::from(42);
  const auto built = rebuild(first);
  if (!built) throw std::runtime_error(built.error().text());
  std::filesystem::remove(directory_ / plain);
  return directory_ / name;
}

void AndroidTest::expect_refused(const SigningOrder& order, ErrorKind kind, const std::string& says) {
  const std::string before = bytes_of(order.source);
  const auto names = files();
  const auto built = rebuild(order);
  ASSERT_FALSE(built) << says;
  EXPECT_EQ(built.error().kind, kind) << built.error().message;
  EXPECT_THAT(built.error().message, testing::HasSubstr(says));
  EXPECT_THAT(built.error().text(), testing::Not(testing::HasSubstr(std::string("\"") + k_test_password)));
  EXPECT_EQ(bytes_of(order.source), before);
  EXPECT_EQ(files(), names);
}

std::map<std::string, std::string> contents_of(const std::filesystem::path& file) {
  std::map<std::string, std::string> out;
  const auto package = zip::Package::open(file);
  if (!package) throw std::runtime_error(package.error().text());
  for (const zip::PackageEntry& entry : package->entries()) {
    const auto bytes = package->unpack(entry);
    out[std::string(entry.name)] = bytes ? *bytes : bytes.error().text();
  }
  return out;
}

}  // namespace train::signing
