// The upload of an .ipa by the whole program; and by a process that is killed: kill -9 at ten random slices, twenty
// times over. It always ends with one build, and no slice that a run had noted as acknowledged is sent by a later one.
// 1 MiB, eight slices.
#include <algorithm>
#include <fstream>
#include <random>

#include "sandbox_fixture.hpp"
#include "train/base/files.hpp"

namespace train::e2e {
namespace {

constexpr int k_kills = 10;
constexpr std::string_view k_slices = "/app-store/upload/";

class Uploading : public SandboxFixture {
 protected:
  // The example, with an .ipa for train to upload.
  void begin(std::uint64_t seed, const std::string& archive) {
    sandbox::Options options;
    options.seed = seed;
    start_sandbox(options);
    ASSERT_TRUE(write_file_atomically(directory_ / "build/charge-3.4.0.ipa", archive));
    auto definition = *read_file(directory_ / "train.yaml", 1 << 20);
    const std::string line = "    bundle_id: com.example.charge\n";
    definition.insert(definition.find(line) + line.size(), "    artifact: \"build/charge-{version}.ipa\"\n");
    ASSERT_TRUE(write_file_atomically(directory_ / "train.yaml", definition));
    ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  }

  std::size_t count_of(const std::string& change) const {
    const auto all = changes();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), change));
  }
};

TEST_F(Uploading, ABuildIsUploadedFollowedAndAttached) {
  begin(1, sandbox::example_archive("com.example.charge", "341", "3.4.0"));
  ASSERT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(count_of("app-store/3.4.0 build 341 uploaded"), 1u);
  EXPECT_NE(train({"status"}).out.find("the store is processing build 341"), std::string::npos);
  pass("15m");
  sign_off();
  ASSERT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(store_state()["ios"]["candidate"]["build"], "341");
  expect_each_change_once();
}

TEST_F(Uploading, ABuildThatFailsProcessingNeedsAPersonAndANewerOneGoesOn) {
  begin(1, sandbox::example_archive("com.example.charge", "341", "3.4.0"));
  ASSERT_EQ(train({"advance", "-q"}).code, 0);
  control("POST", "person", {{"app", "ios"}, {"action", "fail_processing"}, {"version", "3.4.0"}, {"build", "341"}});
  EXPECT_EQ(train({"advance", "-q"}).code, 3);
  EXPECT_NE(train({"status"}).out.find("90338: Non-public API usage"), std::string::npos);
  const auto next = sandbox::example_archive("com.example.charge", "342", "3.4.0");
  ASSERT_TRUE(write_file_atomically(directory_ / "build/charge-3.4.0.ipa", next));
  EXPECT_EQ(train({"advance", "-q"}).code, 0);
  EXPECT_EQ(count_of("app-store/3.4.0 build 342 uploaded"), 1u);
}

TEST_F(Uploading, WhatIsNotThisReleaseIsRefusedBeforeAnythingIsSent) {
  struct Row {
    std::string name;
    std::string bytes;
    std::string says;
  };
  const std::vector<Row> rows{
      {"a_text", "This is no archive.\n", "is not a zip"},
      {"another_app", sandbox::example_archive("com.example.other", "341", "3.4.0"),
       "says it is com.example.other 3.4.0, but this release is com.example.charge 3.4.0"},
      {"another_version", sandbox::example_archive("com.example.charge", "341", "3.4.1"),
       "says it is com.example.charge 3.4.1, but this release is com.example.charge 3.4.0"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    begin(1, row.bytes);
    const auto ran = train({"advance"});
    EXPECT_NE(ran.code, 0);
    EXPECT_NE((ran.out + ran.err).find(row.says), std::string::npos) << ran.out << ran.err;
    for (const auto& change : changes()) EXPECT_NE(change.compare(0, 10, "app-store/"), 0) << change;
  }
}

class UploadKilled : public Uploading {
 protected:
  // One `advance`, killed when the sandbox sees its `at`th slice. False when it ended by itself.
  bool advance_and_kill(sandbox::Moment moment, int at) {
    left_ = at;
    sandbox_->set_hook([this, moment](sandbox::Moment seen, std::uint64_t, std::string_view, std::string_view path) {
      if (seen != moment || path.substr(0, k_slices.size()) != k_slices || --left_ != 0) return;
      const pid_t pid = victim_.exchange(0);
      if (pid > 0) ::kill(pid, SIGKILL);
    });
    const pid_t pid = spawn_train({"advance", "-q"});
    victim_ = pid;
    const int code = wait_for(pid);
    victim_ = 0;
    sandbox_->set_hook({});
    return code == 128 + SIGKILL;
  }

  // The parts that the record beside the artifact calls acknowledged.
  std::set<int> recorded() const {
    std::ifstream file(directory_ / "build/.charge-3.4.0.ipa.train-upload");
    std::set<int> parts;
    std::string head;
    std::getline(file, head);
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    while (file >> offset >> length) parts.insert(static_cast<int>((offset + length + k_slice - 1) / k_slice));
    return parts;
  }

  // The parts that were put since the `from`th call.
  std::vector<int> parts_put(std::size_t from) const {
    std::vector<int> parts;
    const auto calls = control("GET", "calls");
    for (std::size_t i = from; i < calls.size(); ++i) {
      const auto path = calls[i].value("path", "");
      if (path.compare(0, k_slices.size(), k_slices) == 0) parts.push_back(std::stoi(path.substr(path.find('=') + 1)));
    }
    return parts;
  }

  // 1 MiB and the zip around it, in eight: rounded up.
  static inline const std::uint64_t k_slice =
      (sandbox::example_archive("com.example.charge", "341", "3.4.0", 1u << 20).size() + 7) / 8;

  std::atomic<pid_t> victim_{0};
  std::atomic<int> left_{0};
};

TEST_F(UploadKilled, AtTenRandomSlicesTwentyTimesEndsWithOneBuild) {
  int kills = 0;
  std::size_t put = 0;
  for (std::uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    begin(seed, sandbox::example_archive("com.example.charge", "341", "3.4.0", 1u << 20));
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int i = 0; i < k_kills; ++i) {
      const auto moment = random() % 2 == 0 ? sandbox::Moment::before_effect : sandbox::Moment::after_effect;
      kills += advance_and_kill(moment, 1 + static_cast<int>(random() % 3)) ? 1 : 0;
      const auto acknowledged = recorded();
      const auto from = control("GET", "calls").size();
      if (i + 1 == k_kills) {
        EXPECT_EQ(train({"advance", "-q"}).code, 0);
      }
      if (i + 1 < k_kills) kills += advance_and_kill(moment, 1) ? 1 : 0;
      for (const int part : parts_put(from)) EXPECT_EQ(acknowledged.count(part), 0u) << part << " was acknowledged";
    }
    put += parts_put(0).size();
    EXPECT_EQ(count_of("app-store/3.4.0 build 341 uploaded"), 1u);
    pass("15m");
    EXPECT_EQ(train({"advance", "-q"}).code, 0);
    expect_each_change_once();
    EXPECT_FALSE(std::filesystem::exists(directory_ / "build/.charge-3.4.0.ipa.train-upload"));
  }
  RecordProperty("kills", kills);
  RecordProperty("slices_put", static_cast<int>(put));
  EXPECT_GE(kills, 20) << "at least one of each seed";
}

}  // namespace
}  // namespace train::e2e
