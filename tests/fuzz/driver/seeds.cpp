// Writes the binary seeds of the fuzz targets into a directory, each into the folder of its target: small files of our
// own making, whole ones and a few that lie.
#include <cstdio>
#include <filesystem>

#include "unit/archives/zip_writer.hpp"
#include "unit/signing/macho_fixture.hpp"

namespace {

using namespace train;

std::string cut(const std::string& bytes) { return bytes.substr(0, bytes.size() * 2 / 3); }

void manifests(const std::filesystem::path& root) {
  const archives::Says odd{"com.example.train", "10.0.0-rc.1", "2100000000"};
  archives::write_file(root / "binary_manifest/utf16", archives::binary_manifest());
  archives::write_file(root / "binary_manifest/utf8", archives::binary_manifest(odd, true));
  archives::write_file(root / "binary_manifest/cut", cut(archives::binary_manifest()));
  archives::write_file(root / "proto_manifest/plain", archives::proto_manifest());
  archives::write_file(root / "proto_manifest/large_code", archives::proto_manifest(odd));
  archives::write_file(root / "proto_manifest/cut", cut(archives::proto_manifest()));
}

void packages(const std::filesystem::path& root) {
  const archives::Entry icon{"res/icon.png", "no picture"};
  const auto apk = archives::zip_of({archives::deflated("AndroidManifest.xml", archives::binary_manifest()), icon,
                                     archives::deflated("classes.dex", std::string(300, 'd'))});
  const auto bundle = archives::zip_of(
      {archives::deflated("base/manifest/AndroidManifest.xml", archives::proto_manifest()),
       archives::deflated("BundleConfig.pb", "\x0a\x02 1"), archives::deflated("base/dex/classes.dex", "dex")});
  archives::Entry liar = archives::deflated("AndroidManifest.xml", archives::binary_manifest());
  liar.unpacked = 10;
  archives::write_file(root / "package/small.apk", apk);
  archives::write_file(root / "package/small.aab", bundle);
  archives::write_file(root / "package/lying.apk", archives::zip_of({liar}));
  archives::write_file(root / "package/cut.apk", cut(apk));
}

void programs(const std::filesystem::path& root) {
  signing::MachoRecipe small;
  small.text_bytes = 600;
  signing::MachoRecipe library = small;
  library.kind = 6;
  signing::MachoRecipe narrow = small;
  narrow.wide = false;
  signing::MachoRecipe signed_one = library;
  signed_one.signature_bytes = 400;
  archives::write_file(root / "signing_macho/executable", signing::macho_of(small));
  archives::write_file(root / "signing_macho/dylib", signing::macho_of(library));
  archives::write_file(root / "signing_macho/narrow", signing::macho_of(narrow));
  archives::write_file(root / "signing_macho/room_for_a_signature", signing::macho_of(signed_one));
  archives::write_file(root / "signing_macho/cut", cut(signing::macho_of(library)));
}

void property_lists(const std::filesystem::path& root) {
  archives::write_file(root / "signing_plist/info.xml", archives::xml_plist());
  archives::write_file(root / "signing_plist/info.binary", archives::binary_plist());
  archives::write_file(root / "signing_plist/cut.binary", cut(archives::binary_plist()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY\n");
    return 2;
  }
  const std::filesystem::path root(argv[1]);
  for (const char* target : {"binary_manifest", "proto_manifest", "package", "signing_macho", "signing_plist"})
    std::filesystem::create_directories(root / target);
  manifests(root);
  packages(root);
  programs(root);
  property_lists(root);
  return 0;
}
