// A bad world: stores that answer nonsense, disks that refuse, logs that were touched. Each gets a message that says
// what to do and the right exit code, nothing is lost, and the next run goes on.
#include <sys/mount.h>

#include <fstream>

#include "sandbox_fixture.hpp"
#include "train/base/files.hpp"
#include "train/base/interruption.hpp"

namespace train::e2e {
namespace {

class BadWorld : public SandboxFixture {
 protected:
  std::filesystem::path log_file() const { return directory_ / ".train" / "charge" / "log.jsonl"; }

  std::string read(const std::filesystem::path& path) const {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write(const std::filesystem::path& path, const std::string& text) const { std::ofstream(path) << text; }

  std::string edited_definition(const std::string& from, const std::string& to) const {
    auto text = read(directory_ / "train.yaml");
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
};

// ---- stores that answer nonsense -------------------------------------------------------------

struct Nonsense {
  const char* name;
  const char* path;
  const char* fault;
  const char* says;  // somewhere in what is printed
};

class StoreAnswers : public BadWorld, public testing::WithParamInterface<Nonsense> {};

TEST_P(StoreAnswers, IsSaidAndTheNextRunGoesOn) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  sign_off();
  control("POST", "faults", {{"path", GetParam().path}, {"method", "GET"}, {"times", 50}, {"fault", GetParam().fault}});
  const auto broken = train({"advance"});
  EXPECT_EQ(broken.code, 1) << broken.out << broken.err;
  EXPECT_NE((broken.out + broken.err).find(GetParam().says), std::string::npos) << broken.out << broken.err;
  control("DELETE", "faults");
  const auto healed = train({"advance", "-q"});
  EXPECT_EQ(healed.code, 0) << healed.out << healed.err;
  EXPECT_EQ(train({"log", "--verify", "-q"}).code, 0);
  expect_each_change_once();
}

INSTANTIATE_TEST_SUITE_P(
    , StoreAnswers,
    testing::Values(Nonsense{"html_with_200", "/app-store/", "html", "ios could not be looked at"},
                    Nonsense{"half_a_json", "/app-store/", "half", "ios could not be looked at"},
                    Nonsense{"a_redirect", "/app-store/", "redirect:http://127.0.0.1:1/", "redirect"},
                    Nonsense{"nothing", "/app-store/", "drop_before_effect", "ios could not be looked at"},
                    Nonsense{"google_html", "/play/", "html", "android could not be looked at"},
                    Nonsense{"google_half", "/play/", "half", "android could not be looked at"},
                    Nonsense{"google_nothing", "/play/", "drop_before_effect", "android could not be looked at"},
                    Nonsense{"google_503", "/play/", "status:503", "android could not be looked at"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(BadWorld, AWrongKeyIsExitFive) {
  const auto made = train({"version"});
  ASSERT_EQ(made.code, 0);
  ProcessRequest request;
  request.argv = {"openssl",    "genpkey",
                  "-algorithm", "EC",
                  "-pkeyopt",   "ec_paramgen_curve:P-256",
                  "-out",       (directory_ / "keys/AuthKey.p8").string()};
  ASSERT_TRUE(run_process(request));
  std::filesystem::permissions(directory_ / "keys/AuthKey.p8",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  train({"start", "3.4.0", "-q"});
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 5) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("issuer_id"), std::string::npos) << ran.out;
}

TEST_F(BadWorld, AnUnreachableStoreIsExitOneAndSaysWhere) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  const auto changed = edited_definition("/app-store", "/app-store/nowhere");
  write(directory_ / "train.yaml", changed);
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
}

TEST_F(BadWorld, AMadeUpClockIsRefusedForARealStore) {
  write(directory_ / "train.yaml",
        edited_definition(sandbox_->url() + "/app-store", "https://api.appstoreconnect.apple.com"));
  const auto ran = train({"status"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("TRAIN_CLOCK"), std::string::npos) << ran.err;
}

TEST_F(BadWorld, AnArchiveOfAnotherVersionIsRefusedBeforeAnyUpload) {
  write(directory_ / "build/charge-3.4.0.aab", sandbox::example_bundle("com.example.charge", 341, "3.9.9"));
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 3) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("3.9.9"), std::string::npos) << ran.out;
  for (const auto& change : changes()) EXPECT_EQ(change.find("play/bundle"), std::string::npos) << change;
}

// ---- logs that were touched ------------------------------------------------------------------

TEST_F(BadWorld, AnEditedLogStopsEverythingAndNamesTheLine) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  auto text = read(log_file());
  const auto at = text.find("3.4.0");
  ASSERT_NE(at, std::string::npos);
  write(log_file(), text.replace(at, 5, "3.4.1"));
  for (const auto& command :
       std::vector<std::vector<std::string>>{{"status"}, {"advance"}, {"log", "--verify"}, {"hold", "--why", "x"}}) {
    const auto ran = train(command);
    EXPECT_EQ(ran.code, 1) << command[0] << ran.out << ran.err;
    EXPECT_NE(ran.err.find("line 1"), std::string::npos) << ran.err;
  }
}

TEST_F(BadWorld, ACutLogIsFound) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  ASSERT_EQ(train({"advance", "-q"}).code, 0);
  auto text = read(log_file());
  text.pop_back();
  write(log_file(), text.substr(0, text.rfind('\n') + 1));
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 1) << ran.out;
  EXPECT_NE(ran.err.find("cut"), std::string::npos) << ran.err;
}

TEST_F(BadWorld, ATornLastLineIsSetAsideWithAWarning) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  std::ofstream(log_file(), std::ios::app) << "{\"v\":1,\"seq\":99,\"at\":\"20";
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(train({"log", "--verify", "-q"}).code, 0);
}

TEST_F(BadWorld, ABrokenStateFileIsRebuilt) {
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  write(directory_ / ".train" / "charge" / "state.json", "{\"version\":1,");
  EXPECT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(train({"status", "-q"}).code, 0);
  EXPECT_TRUE(Json::parse(read(directory_ / ".train" / "charge" / "state.json"), nullptr, false).is_object());
}

// ---- disks that refuse -----------------------------------------------------------------------

TEST_F(BadWorld, AFullDiskLosesNothing) {
  const auto small = directory_ / "small";
  std::filesystem::create_directories(small);
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=16k") != 0) GTEST_SKIP() << "mounting a small tmpfs needs root";
  const auto state = "file:" + small.string();
  EXPECT_EQ(train({"--state", state, "start", "3.4.0", "-q"}).code, 0);
  std::ofstream(small / "ballast") << std::string(64 << 10, 'x');
  const auto full = train({"--state", state, "hold", "--why", std::string(5000, 'w')});
  EXPECT_EQ(full.code, 1) << full.out << full.err;
  EXPECT_NE(full.err.find("space"), std::string::npos) << full.err;
  EXPECT_EQ(train({"--state", state, "log", "--verify", "-q"}).code, 0);
  std::filesystem::remove(small / "ballast");
  EXPECT_EQ(train({"--state", state, "hold", "--why", "now it fits", "-q"}).code, 0);
  ::umount(small.c_str());
}

TEST_F(BadWorld, AReadOnlyDirectoryIsSaidToAnUnprivilegedUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "becoming somebody unprivileged needs root";
  std::filesystem::create_directories(directory_ / "locked");
  // Readable by everybody, writable by root only; the definition's key files stay root's, so only the log is asked for.
  ProcessRequest request;
  request.argv = {"setpriv",
                  "--reuid=65534",
                  "--regid=65534",
                  "--clear-groups",
                  TRAIN_BINARY,
                  "-f",
                  (directory_ / "train.yaml").string(),
                  "--state",
                  "file:" + (directory_ / "locked").string(),
                  "hold",
                  "--why",
                  "x"};
  const auto ran = run_process(request);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 1) << ran->out << ran->err;
}

TEST_F(BadWorld, OutputThatCannotBeWrittenIsAFailure) {
  ProcessRequest request;
  request.argv = {"sh", "-c", std::string(TRAIN_BINARY) + " schema > /dev/full"};
  const auto ran = run_process(request);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 1);
  EXPECT_NE(ran->err.find("could not be written to stdout"), std::string::npos) << ran->err;
}

// A file that is opened gets the lowest free number: what is printed would land in it.
TEST_F(BadWorld, ClosedStandardStreamsAreAFailureAndLeaveFilesAlone) {
  ProcessRequest request;
  const auto trace = (directory_ / "trace.txt").string();
  request.argv = {"sh", "-c", std::string(TRAIN_BINARY) + " --log-file " + trace + " schema >&- 0<&-"};
  const auto ran = run_process(request);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 1);
  EXPECT_NE(ran->err.find("it is closed"), std::string::npos) << ran->err;
  const auto written = read_file(trace, 1 << 20);
  EXPECT_TRUE(!written || written->find("$schema") == std::string::npos);
}

// For nine virtual months it once sent the same step at every look.
TEST_F(BadWorld, WatchEndsWhenAStepIsRefusedAgainAndAgain) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  sandbox_->control("POST", "/_sandbox/faults",
                    R"({"path":"/app-store/v1/appStoreVersions","method":"POST","times":0,"fault":"status:409"})");
  ASSERT_EQ(train_here({"approve", "submission:qa", "-q"}).code, 0);
  int looks = 0;  // a watch that does not end by itself is ended
  sandbox_->set_hook([&](sandbox::Moment, std::uint64_t, std::string_view, std::string_view path) {
    if (path.find("/appStoreVersions") != std::string_view::npos && ++looks > 200) interrupt();
  });
  const auto watched = train_here({"watch"});
  sandbox_->set_hook({});
  forget_interruption();
  EXPECT_EQ(watched.code, 3) << watched.out << watched.err;
  const auto status = train_here({"status", "--exit-code", "-o", "json"});
  EXPECT_EQ(status.code, 3);
  const auto app = Json::parse(status.out)["apps"][0];
  EXPECT_EQ(app["failure"]["times"], 3);
  EXPECT_EQ(app["failure"]["action"], "create_version");
  EXPECT_FALSE(app["waiting_for"].empty());
}

// What is in the log is read without any key.
TEST_F(BadWorld, ASecretThatCannotBeReadKeepsNobodyFromStatus) {
  ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
  for (const auto* name : {"keys/AuthKey.p8", "keys/play.json", "keys/inbox.url"})
    ASSERT_TRUE(std::filesystem::remove(directory_ / name)) << name;
  const auto status = train_here({"status"});
  EXPECT_EQ(status.code, 0) << status.err;
  EXPECT_NE(status.out.find("3.4.0"), std::string::npos) << status.out;
  EXPECT_EQ(train_here({"advance", "-q"}).code, 2);
}

TEST_F(BadWorld, EmptyArgumentsAreRefused) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"start", ""},
                                                    {"approve", ""},
                                                    {"hold", "--why", ""},
                                                    {"--state", "file:", "status"}}) {
    ProcessRequest request;
    request.argv = {TRAIN_BINARY, "-f", (directory_ / "train.yaml").string()};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    const auto ran = run_process(request);
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->exit_code, 2) << arguments.front() << ran->out << ran->err;
  }
}

}  // namespace
}  // namespace train::e2e
