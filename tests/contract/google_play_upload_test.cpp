// Uploads on a bad line: cut, given up, gone on with by another process; and what goes out beside a build.
#include <algorithm>
#include <cstdint>
#include <random>

#include "google_play_fixture.hpp"
#include "support/cutting_proxy.hpp"
#include "train/ports/archives.hpp"

namespace train::testing_play {
namespace {

using Changes = std::vector<std::string>;
constexpr std::size_t k_mib = 1 << 20;

// Follows the offsets of an upload as its client sees them: what it was told is stored, and whether it sent any of that
// again.
struct Ledger {
  std::uint64_t acknowledged = 0;
  std::uint64_t sent_again = 0;  // bytes
  int chunks = 0;

  void see_request(std::string_view head) {
    const std::string mark = "Content-Range: bytes ";
    const std::size_t at = head.find(mark);
    if (at == std::string_view::npos || head.size() <= at + mark.size() || head[at + mark.size()] == '*') return;
    ++chunks;
    const std::uint64_t first = std::stoull(std::string(head.substr(at + mark.size(), 20)));
    if (first < acknowledged) sent_again += acknowledged - first;
  }
  void see_answer(std::string_view head) {
    const std::string mark = "Range: bytes=0-";
    const std::size_t at = head.find(mark);
    if (at != std::string_view::npos) acknowledged = std::stoull(std::string(head.substr(at + mark.size(), 20))) + 1;
  }
};

struct GooglePlayUpload : GooglePlayStore {
  void SetUp() override {
    GooglePlayStore::SetUp();
    kept_upload = folder.path / "state" / "google-play-android.json";
    store = new_client();
    watch->before = [this](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
      dead = dead_from >= 0 && request.method == "PUT" && puts++ >= dead_from;
      if (dead) request.headers["content-range"] = "";
    };
    watch->after = [this](SeenCall& call) {
      if (dead) call.handled.response.status = 503;
      for (auto& [name, value] : call.handled.response.headers) {
        if (name == "Location" && proxy) redirect(value);
      }
    };
  }
  // From now on through a line that can be cut, and on which every head is seen in the order of its sending.
  void use_proxy() {
    proxy = std::make_unique<testbed::CuttingProxy>(std::stoi(world->url().substr(world->url().rfind(':') + 1)));
    proxy->watch([this](std::string_view bytes) { ledger.see_request(bytes); },
                 [this](std::string_view bytes) { ledger.see_answer(bytes); });
    endpoint = "http://127.0.0.1:" + std::to_string(proxy->port()) + "/play";
    store = new_client();
  }
  void redirect(std::string& url) const {
    const std::string from = world->url().substr(world->url().rfind(':'));
    const std::size_t at = url.find(from);
    if (at != std::string::npos) url.replace(at, from.size(), ":" + std::to_string(proxy->port()));
  }
  Ledger ledger;  // of what passes the proxy
  std::unique_ptr<testbed::CuttingProxy> proxy;
  int dead_from = -1;  // after so many chunks nothing gets through any more
  bool dead = false;
  int puts = 0;
};

TEST_F(GooglePlayUpload, CutAtTenRandomPlacesTwentyTimesLeavesOneBundleAndRepeatsNothingAcknowledged) {
  constexpr int rounds = 20;
  constexpr std::size_t cuts = 10;
  use_proxy();
  std::mt19937 random(20261130);
  std::size_t cuts_made = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const Upload upload = bundle({.code = 340 + round, .padding_bytes = 12 * k_mib});
    const auto size = static_cast<std::uint64_t>(std::filesystem::file_size(upload.file));
    std::vector<std::uint64_t> places;
    for (std::size_t i = 0; i < cuts; ++i) places.push_back(4096 + random() % (size - 8192));
    std::sort(places.begin(), places.end());
    watch->calls.clear();
    proxy->cut_at(places, [this] { ledger = {}; });
    EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
    EXPECT_EQ(changes(), Changes{"play/bundle " + std::to_string(340 + round)});
    EXPECT_EQ(ledger.sent_again, 0u);
    EXPECT_EQ(count("POST", "/bundles"), 1u) << "one session";
    EXPECT_GT(ledger.chunks, 2);
    cuts_made += proxy->cuts();
  }
  EXPECT_EQ(cuts_made, cuts * rounds);
}

TEST_F(GooglePlayUpload, AnotherProcessGoesOnWhereTheFirstStopped) {
  use_proxy();
  const Upload upload = bundle({.padding_bytes = 20 * k_mib});
  dead_from = 1;
  const auto stopped = store->offers().uploads->upload_build(upload);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::unreachable) << stopped.error().text();
  dead_from = -1;
  ASSERT_EQ(ledger.acknowledged, 8 * k_mib);
  const int chunks_before = ledger.chunks;
  watch->calls.clear();
  store = new_client();
  // What a run does first: it looks. Another edit would end the one the bytes lie in.
  const auto view = store->observe(candidate.version, Depth::full);
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_TRUE(view->builds.empty());
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(count("POST", "/bundles"), 0u) << "the session is the first one's";
  EXPECT_EQ(ledger.sent_again, 0u);
  EXPECT_EQ(ledger.chunks, chunks_before + 2) << "of three";
  EXPECT_EQ(changes(), Changes{"play/bundle 340"});
  EXPECT_FALSE(std::filesystem::exists(kept_upload)) << "nothing is left of it";
}

TEST_F(GooglePlayUpload, WholeButUncommittedIsNotTakenForKept) {
  const Upload upload = bundle();
  int commits = 0;
  const auto usual = watch->before;
  watch->before = [&](sandbox::ServerRequest& request, sandbox::Service& play, Instant now) {
    usual(request, play, now);
    if (request.path.find(":commit") != std::string::npos && ++commits <= 100) request.path += "x";
  };
  ASSERT_FALSE(store->offers().uploads->upload_build(upload)) << "every commit is lost";
  watch->before = usual;
  store = new_client();
  const auto view = store->observe(candidate.version, Depth::full);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->builds.empty()) << "it lies in our edit only";
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(changes(), Changes{"play/bundle 340"});
}

TEST_F(GooglePlayUpload, AnEditThatWasKeptAndIsGoneIsBegunAgain) {
  const Upload upload = bundle({.padding_bytes = 20 * k_mib});
  dead_from = 1;
  ASSERT_FALSE(store->offers().uploads->upload_build(upload));
  dead_from = -1;
  ASSERT_LT(world
                ->control("POST", "/_sandbox/person",
                          R"({"app":"android","action":"upload","version":"1.0.0","build":"100"})")
                .status,
            300);
  store = new_client();
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(changes().back(), "play/bundle 340");
}

TEST_F(GooglePlayUpload, AKeptFileOfNonsenseOrOfStrangersIsNotUsed) {
  const Upload upload = bundle();
  const std::string stranger =
      R"({"package":"com.example.charge","edit":"e","expires":"2026-12-30T09:00:00Z","sessions":[{"place":"bundles",)"
      R"("sha256":")" +
      upload.sha256 + R"(","url":"http://127.0.0.1:9/upload"}]})";
  for (const std::string& text_kept :
       {std::string("{"), std::string(R"({"package":"com.other","edit":"e"})"), stranger}) {
    std::filesystem::create_directories(kept_upload.parent_path());
    std::ofstream(kept_upload) << text_kept;
    std::filesystem::permissions(kept_upload, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    store = new_client();
    EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done") << text_kept;
  }
  EXPECT_EQ(changes(), Changes{"play/bundle 340"});
}

// ---- the same bytes, other bytes -----------------------------------------------------------------

TEST_F(GooglePlayUpload, SameBytesInTheStoreAreAdoptedWithoutSendingAny) {
  ASSERT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  watch->calls.clear();
  EXPECT_EQ(text(new_client()->offers().uploads->upload_build(bundle())), "done");
  EXPECT_EQ(count("POST", "/upload/"), 0u);
  EXPECT_EQ(count("PUT", "/upload/"), 0u);
  EXPECT_TRUE(changes().empty());
}

TEST_F(GooglePlayUpload, CodeUsedByTheSameBytesInBetweenIsAdopted) {
  const Upload upload = bundle();
  bool once = false;
  // Listed only from the second time on: the upload of another run of ours gets there first.
  int lists = 0;
  watch->after = [&](SeenCall& call) {
    if (call.request.method == "GET" && call.request.path.find("/bundles") != std::string::npos && ++lists == 2) {
      call.handled.response.body = Json{{"bundles", {{{"versionCode", 340}, {"sha256", upload.sha256}}}}}.dump();
    }
    if (call.request.method != "PUT" || once) return;
    once = true;
    call.handled.response.status = 403;
    call.handled.response.body =
        R"({"error":{"code":403,"message":"Version code 340 has already been used.","status":"PERMISSION_DENIED"}})";
  };
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_TRUE(once);
  EXPECT_EQ(changes(), Changes{"play/bundle 340"}) << "committed: they may lie in this very edit";
}

// What Google says to a file, in its own words: the way on is told, nothing is kept, nothing is sent again.
struct FileCase {
  const char* name;
  int status;
  const char* message;
  ErrorKind kind;
  const char* hint;
};
void PrintTo(const FileCase& row, std::ostream* out) { *out << row.name; }
struct RefusedFile : GooglePlayUpload, testing::WithParamInterface<FileCase> {};

TEST_P(RefusedFile, IsRefusedWithTheWayOn) {
  watch->before = [](sandbox::ServerRequest& request, sandbox::Service&, Instant) {
    if (request.method == "PUT") request.headers["content-range"] = "";  // nothing of it is kept
  };
  watch->after = [](SeenCall& call) {
    if (call.request.method != "PUT") return;
    call.handled.response.status = GetParam().status;
    call.handled.response.body = Json{{"error", {{"code", GetParam().status}, {"message", GetParam().message}}}}.dump();
  };
  const auto refused = store->offers().uploads->upload_build(bundle());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, GetParam().kind) << refused.error().text();
  EXPECT_NE(refused.error().message.find(GetParam().message), std::string::npos) << refused.error().text();
  EXPECT_NE(refused.error().hint.find(GetParam().hint), std::string::npos) << refused.error().text();
  EXPECT_EQ(count("PUT", "/upload/"), 1u);
  EXPECT_TRUE(changes().empty());
  EXPECT_FALSE(std::filesystem::exists(kept_upload)) << "there is nothing to go on with";
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedFile,
    testing::Values(FileCase{"no_bundle", 400, "The uploaded file is not a valid app bundle: no zip.",
                             ErrorKind::refused, "no Android App Bundle"},
                    FileCase{"another_key", 403,
                             "The Android App Bundle was signed with the wrong key. Found: SHA1: AA, expected: BB.",
                             ErrorKind::refused, "upload key"},
                    FileCase{"unsigned", 403, "The Android App Bundle was not signed.", ErrorKind::refused,
                             "upload key"},
                    FileCase{"another_package", 403, "APK has the wrong package name: expected a, found b.",
                             ErrorKind::refused, "`package`"},
                    FileCase{"code_used_elsewhere", 403, "Version code 340 has already been used.", ErrorKind::refused,
                             "higher versionCode"},
                    FileCase{"code_too_low", 403,
                             "Version code 340 does not allow any existing users to upgrade to the newly added APKs.",
                             ErrorKind::refused, "higher versionCode"}),
    [](const auto& each) { return each.param.name; });

// ---- beside the build ----------------------------------------------------------------------------

struct Companions : GooglePlayUpload {
  std::string file(const std::string& name, std::size_t bytes) const {
    std::ofstream(folder.path / name, std::ios::binary) << std::string(bytes, 'm');
    return (folder.path / name).string();
  }
};

TEST_F(Companions, GoOutInTheSameCommit) {
  settings_hook = [&](stores::GooglePlaySettings& settings) {
    std::get<GooglePlayApp>(settings.app.part).mapping = (folder.path / "mapping-{version}.txt").string();
    std::get<GooglePlayApp>(settings.app.part).native_symbols = (folder.path / "symbols-{version}.zip").string();
  };
  file("mapping-3.4.0.txt", 300000);
  file("symbols-3.4.0.zip", 9 * k_mib);
  store = new_client();
  EXPECT_EQ(text(store->offers().uploads->upload_build(bundle())), "done");
  EXPECT_EQ(changes(), Changes{"play/bundle 340; play/symbols 340 proguard; play/symbols 340 nativeCode"});
}

TEST_F(Companions, OneThatIsMissingStopsBeforeAnyCall) {
  settings_hook = [&](stores::GooglePlaySettings& settings) {
    std::get<GooglePlayApp>(settings.app.part).mapping = (folder.path / "mapping-{version}.txt").string();
  };
  store = new_client();
  watch->calls.clear();
  const auto refused = store->offers().uploads->upload_build(bundle());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("mapping-3.4.0.txt"), std::string::npos) << refused.error().text();
  EXPECT_TRUE(watch->calls.empty());
}

// Says of each file what its name says: "NAME-VERSION-CODE.apk".
struct NamedArchives final : Archives {
  Result<std::optional<ArchiveIdentity>> inspect(const std::filesystem::path& file) override {
    if (!std::filesystem::exists(file)) return std::optional<ArchiveIdentity>();
    const std::string stem = file.stem();
    return std::optional<ArchiveIdentity>(ArchiveIdentity{"com.example.charge", *VersionName::parse("3.4.0"),
                                                          *BuildNumber::parse(stem.substr(stem.rfind('-') + 1)),
                                                          *sha256_hex_of_file(file)});
  }
};

struct SeveralApks : GooglePlayUpload {
  void SetUp() override {
    GooglePlayUpload::SetUp();
    settings_hook = [&](stores::GooglePlaySettings& settings) {
      settings.app.artifact = path("arm64", 342);
      std::get<GooglePlayApp>(settings.app.part).apks = {path("arm", 340), path("x86", 341)};
      settings.archives = &archives;
    };
    for (const auto& [name, code] : {std::pair("arm", 340), std::pair("x86", 341), std::pair("arm64", 342)}) {
      std::ofstream(path(name, code), std::ios::binary) << make_apk("com.example.charge", "3.4.0", code);
    }
    store = new_client();
    upload = {{candidate.version, BuildNumber::from(342)}, path("arm64", 342), *sha256_hex_of_file(path("arm64", 342))};
  }
  std::string path(const std::string& name, int code) const {
    return (folder.path / (name + "-" + std::to_string(code) + ".apk")).string();
  }
  NamedArchives archives;
  Upload upload;
};

TEST_F(SeveralApks, GoOutTogetherAndStayTogether) {
  ASSERT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(changes(), Changes{"play/apk 340; play/apk 341; play/apk 342"});
  ASSERT_EQ(text(store->start_rollout(upload.candidate, Percent::whole(5), {})), "done");
  review();
  ASSERT_EQ(text(store->offers().percentages->set_percent(upload.candidate, Percent::whole(20))), "done");
  EXPECT_EQ(changes().back(), "play/production/340,341,342 inProgress 0.2");
  EXPECT_EQ(look().build, BuildNumber::from(342));
  EXPECT_EQ(text(store->offers().uploads->upload_build(upload)), "done");
  EXPECT_EQ(changes().size(), 3u);
}

TEST_F(SeveralApks, TheHighestCodeIsTheOneNamedAsArtifact) {
  const Upload lower{
      {candidate.version, BuildNumber::from(340)}, path("arm", 340), *sha256_hex_of_file(path("arm", 340))};
  watch->calls.clear();
  const auto refused = store->offers().uploads->upload_build(lower);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_TRUE(watch->calls.empty());
}

}  // namespace
}  // namespace train::testing_play
