// Notes on this machine and the loop: what a store would refuse is held before the first write, and named.
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "bench.hpp"

namespace train::runner::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class NotesLoop : public LoopTest {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-notes-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    definition.apps[0].release_notes = (directory_ / "{locale}.txt").string();
    open_release();
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(directory_ / name) << text; }

  std::string held() {
    const auto report = advance();
    EXPECT_TRUE(report) << (report ? "" : report.error().text());
    if (!report) return {};
    for (const auto& wait : report->plan.waits) {
      if (wait.needs_person) return wait.detail;
    }
    return {};
  }

  std::filesystem::path directory_;
};

TEST_F(NotesLoop, ALanguageThatTheStoreHasNotIsHeldBeforeAnythingIsSent) {
  write("en-US.txt", "Fixes");
  write("zh-Hans.txt", "Fixes");
  EXPECT_THAT(held(), HasSubstr("zh-Hans: Google Play has no such language; its code may be zh-CN"));
  EXPECT_THAT(android.writes(), IsEmpty());
  std::filesystem::rename(directory_ / "zh-Hans.txt", directory_ / "zh-CN.txt");
  EXPECT_EQ(held(), "");
  EXPECT_THAT(android.writes(), Not(IsEmpty()));
}

TEST_F(NotesLoop, AFileNamedByNoLanguageIsNamedAndOneThatIsHiddenIsLeftAlone) {
  write("en-US.txt", "Fixes");
  write(".hidden.txt", "of an editor");
  const auto hidden = read_notes(*definition.apps[0].release_notes, k_version);
  ASSERT_TRUE(hidden);
  EXPECT_EQ(*hidden, (Notes{{"en-US", "Fixes"}}));
  write("read me.txt", "how to write notes");
  EXPECT_THAT(held(), HasSubstr("read me: Google Play has no such language"));
  EXPECT_THAT(android.writes(), IsEmpty());
}

TEST_F(NotesLoop, NotesThatAreNotWrittenYetHoldTheSubmission) {
  EXPECT_THAT(held(), HasSubstr("There are no notes"));
  EXPECT_THAT(android.writes(), IsEmpty());
  write("en-US.txt", "Fixes");
  EXPECT_EQ(held(), "");
  EXPECT_THAT(android.writes(), Not(IsEmpty()));
}

}  // namespace
}  // namespace train::runner::test
