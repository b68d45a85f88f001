// Against real git, in repositories of its own.
#include "train/source/git.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "train/base/process.hpp"
#include "train/base/text.hpp"

namespace train::source {
namespace {

using testing::HasSubstr;
using testing::Not;

class GitRepository : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-git-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    work_ = directory_ / "work";
    git({"init", "--quiet", "--initial-branch=main", work_.string()}, directory_);
    commit("first");
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  static std::string git(std::vector<std::string> arguments, const std::filesystem::path& where) {
    ProcessRequest request;
    request.argv = {"git", "-c", "user.name=Test", "-c", "user.email=test@example.com"};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.directory = where;
    request.environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_NOSYSTEM", "1"}};
    const auto output = run_process(request);
    EXPECT_TRUE(output && output->exit_code == 0) << join(arguments, " ") << ": " << (output ? output->err : "");
    return output ? std::string(trim(output->out)) : std::string();
  }
  std::string in_work(std::vector<std::string> arguments) const { return git(std::move(arguments), work_); }
  std::string commit(const std::string& message) const {
    in_work({"commit", "--quiet", "--allow-empty", "-m", message});
    return in_work({"rev-parse", "HEAD"});
  }
  std::string ref_of(const std::filesystem::path& where, const std::string& name) const {
    return git({"for-each-ref", "--format=%(objectname)", name}, where);
  }
  void add_origin() {
    origin_ = directory_ / "origin.git";
    git({"init", "--quiet", "--bare", "--initial-branch=main", origin_.string()}, directory_);
    in_work({"remote", "add", "origin", origin_.string()});
    in_work({"push", "--quiet", "origin", "main"});
  }
  // Another's clone, for what happens behind our back.
  std::filesystem::path clone() const {
    const auto path = directory_ / "clone";
    git({"clone", "--quiet", origin_.string(), path.string()}, directory_);
    return path;
  }
  std::unique_ptr<SourceControl> source() const { return make_git(work_); }

  std::filesystem::path directory_;
  std::filesystem::path work_;
  std::filesystem::path origin_;
};

TEST_F(GitRepository, WhatIsNotThereIsAbsent) {
  const auto branch = source()->find_branch("release/3.4.0");
  ASSERT_TRUE(branch) << branch.error().text();
  EXPECT_FALSE(branch->has_value());
  const auto tag = source()->find_tag("v3.4.0");
  ASSERT_TRUE(tag);
  EXPECT_FALSE(tag->has_value());
}

TEST_F(GitRepository, CutsABranchAndSetsATag) {
  const std::string head = commit("second");
  ASSERT_TRUE(source()->cut_branch("release/3.4.0", "main"));
  EXPECT_EQ(source()->find_branch("release/3.4.0").value().value(), head);
  ASSERT_TRUE(source()->create_tag("v3.4.0", "release/3.4.0"));
  EXPECT_EQ(source()->find_tag("v3.4.0").value().value(), head);
  EXPECT_EQ(in_work({"rev-parse", "--abbrev-ref", "HEAD"}), "main") << "the checkout stays where it was";
}

TEST_F(GitRepository, AskingAgainIsDoneAndElsewhereIsAConflict) {
  const std::string first = in_work({"rev-parse", "HEAD"});
  ASSERT_TRUE(source()->cut_branch("release/1", "main"));
  ASSERT_TRUE(source()->create_tag("v1", "main"));
  EXPECT_TRUE(source()->cut_branch("release/1", "main"));
  EXPECT_TRUE(source()->create_tag("v1", "release/1"));
  commit("second");
  const auto branch = source()->cut_branch("release/1", "main");
  ASSERT_FALSE(branch);
  EXPECT_EQ(branch.error().kind, ErrorKind::conflict);
  EXPECT_THAT(branch.error().message, HasSubstr(first.substr(0, 12)));
  const auto tag = source()->create_tag("v1", "main");
  ASSERT_FALSE(tag);
  EXPECT_EQ(tag.error().kind, ErrorKind::conflict);
  EXPECT_EQ(source()->find_tag("v1").value().value(), first);
}

// ---- what is in the way, before anything is made

SourceNeed need(const std::string& branch, const std::string& tag, const std::string& start = "main",
                bool cut = false) {
  return {branch, tag, start, cut};
}

class Obstacles : public GitRepository {
 protected:
  std::string told(const SourceNeed& wanted) const {
    const auto seen = source()->obstacles(wanted);
    EXPECT_TRUE(seen) << (seen ? "" : seen.error().text());
    return seen ? join(*seen, " | ") : std::string();
  }
  // The same without and with an origin.
  void expect_told(const SourceNeed& wanted, const std::string& says) {
    EXPECT_THAT(told(wanted), HasSubstr(says));
    add_origin();
    in_work({"push", "--quiet", "origin", "--all"});
    in_work({"push", "--quiet", "origin", "--tags"});
    EXPECT_THAT(told(wanted), HasSubstr(says)) << "on origin";
  }
};

TEST_F(Obstacles, NoneWhereNothingIsInTheWay) {
  EXPECT_EQ(told(need("release/3.4.0", "v3.4.0")), "");
  add_origin();
  EXPECT_EQ(told(need("release/3.4.0", "v3.4.0")), "");
}

TEST_F(Obstacles, ATagAtAnotherCommitIsNamed) {
  in_work({"tag", "v3.4.0"});
  commit("second");
  expect_told(need("release/3.4.0", "v3.4.0"), "the tag v3.4.0 stands at ");
}

TEST_F(Obstacles, AnAnnotatedTagIsJudgedByItsCommit) {
  in_work({"tag", "-a", "-m", "annotated", "v3.4.0"});
  EXPECT_EQ(told(need("release/3.4.0", "v3.4.0")), "") << "it stands where it would be set";
  commit("second");
  expect_told(need("release/3.4.0", "v3.4.0"), "the tag v3.4.0 stands at ");
}

TEST_F(Obstacles, ABranchAtAnotherCommitIsNamedUnlessTheTrainCutIt) {
  in_work({"branch", "release/3.4.0"});
  commit("second");
  EXPECT_EQ(told(need("release/3.4.0", "v3.4.0", "main", true)), "");
  expect_told(need("release/3.4.0", "v3.4.0"), "the branch release/3.4.0 stands at ");
}

TEST_F(Obstacles, AFolderInTheWayIsNamed) {
  in_work({"branch", "release"});
  expect_told(need("release/3.4.0", "v3.4.0"), "the branch release/3.4.0 cannot be made beside the branch release");
}

TEST_F(Obstacles, AFolderOfThatNameIsNamed) {
  in_work({"branch", "release/3.4.0/ios"});
  in_work({"tag", "v/3.4.0"});
  EXPECT_THAT(told(need("release/3.4.0", "v")), HasSubstr("the tag v cannot be made beside the tag v/3.4.0"));
  expect_told(need("release/3.4.0", "v3.4.0"), "cannot be made beside the branch release/3.4.0/ios");
}

TEST_F(Obstacles, AMissingMainlineIsNamed) {
  expect_told(need("release/3.4.0", "v3.4.0", "trunk"), "there is no branch or tag trunk to cut release/3.4.0 from");
}

TEST_F(Obstacles, ANameThatGitRefusesIsNamed) {
  EXPECT_THAT(told(need("release/3.4.0 rc", "v3.4.0")), HasSubstr("cannot name a branch"));
}

TEST_F(GitRepository, ATagCanBeTheStart) {
  const std::string first = in_work({"rev-parse", "HEAD"});
  in_work({"tag", "-a", "-m", "annotated", "v1"});
  commit("second");
  EXPECT_EQ(source()->find_tag("v1").value().value(), first) << "the commit, not the tag object";
  ASSERT_TRUE(source()->cut_branch("hotfix/1.0.1", "v1"));
  EXPECT_EQ(source()->find_branch("hotfix/1.0.1").value().value(), first);
}

TEST_F(GitRepository, AStartThatIsNotThereIsNotFound) {
  const auto cut = source()->cut_branch("release/1", "trunk");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::not_found);
  EXPECT_THAT(cut.error().message, HasSubstr("trunk"));
}

TEST_F(GitRepository, NamesThatAreNotNamesAreRefused) {
  for (const std::string name : {"",       "-f",       "--upload-pack=touch x",
                                 "a b",    "a..b",     "a~1",
                                 "a^",     "a:b",      "HEAD",
                                 "@{-1}",  "a//b",     "/a",
                                 "a/",     ".a",       "a/.b",
                                 "a.lock", "a.lock/b", "a\nb",
                                 "a;b",    "$(id)",    "refs/heads/*",
                                 "a.",     "ä"}) {
    for (const auto& result :
         {source()->cut_branch(name, "main"), source()->create_tag(name, "main"), source()->cut_branch("fine", name)}) {
      ASSERT_FALSE(result) << name;
      EXPECT_EQ(result.error().kind, ErrorKind::definition) << name;
    }
    EXPECT_FALSE(source()->find_branch(name)) << name;
    EXPECT_FALSE(source()->find_tag(name)) << name;
  }
  EXPECT_EQ(ref_of(work_, "refs/heads/fine"), "");
}

TEST_F(GitRepository, ADirectoryThatIsNoRepositoryIsTheDefinitionsFault) {
  for (const auto& path : {directory_, directory_ / "absent"}) {
    const auto found = make_git(path)->find_branch("main");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::definition) << found.error().message;
    EXPECT_THAT(found.error().hint, HasSubstr("source.repository"));
  }
}

class OriginTest : public GitRepository {
 protected:
  void SetUp() override {
    GitRepository::SetUp();
    add_origin();
  }
};

TEST_F(OriginTest, BranchAndTagArePushedAndKeptHere) {
  const std::string head = in_work({"rev-parse", "HEAD"});
  const auto cut = source()->cut_branch("release/1", "main");
  ASSERT_TRUE(cut) << cut.error().text();
  ASSERT_TRUE(source()->create_tag("v1", "release/1"));
  for (const auto& where : {origin_, work_}) {
    EXPECT_EQ(ref_of(where, "refs/heads/release/1"), head);
    EXPECT_EQ(ref_of(where, "refs/tags/v1"), head);
  }
  EXPECT_TRUE(source()->cut_branch("release/1", "main"));
  EXPECT_TRUE(source()->create_tag("v1", "release/1"));
}

TEST_F(OriginTest, TheMainlineIsOriginsNotOurOwn) {
  const std::string pushed = in_work({"rev-parse", "HEAD"});
  commit("not pushed");
  ASSERT_TRUE(source()->cut_branch("release/1", "main"));
  EXPECT_EQ(source()->find_branch("release/1").value().value(), pushed);
}

TEST_F(OriginTest, ACommitThatIsOnlyOnOriginIsFetched) {
  const auto other = clone();
  git({"commit", "--quiet", "--allow-empty", "-m", "theirs"}, other);
  git({"push", "--quiet", "origin", "main"}, other);
  const std::string theirs = git({"rev-parse", "HEAD"}, other);
  const auto cut = source()->cut_branch("release/1", "main");
  ASSERT_TRUE(cut) << cut.error().text();
  EXPECT_EQ(ref_of(origin_, "refs/heads/release/1"), theirs);
  EXPECT_NE(in_work({"rev-parse", "main"}), theirs) << "our own branch is not moved";
}

TEST_F(OriginTest, WhatIsOnlyHereIsNotFound) {
  in_work({"branch", "release/1"});
  EXPECT_FALSE(source()->find_branch("release/1").value().has_value());
  EXPECT_TRUE(source()->cut_branch("release/1", "main"));
  EXPECT_TRUE(source()->find_branch("release/1").value().has_value());
}

TEST_F(OriginTest, AnOlderBranchOnOriginIsNeverMovedForward) {
  in_work({"push", "--quiet", "origin", "main:release/1"});
  const std::string older = in_work({"rev-parse", "HEAD"});
  commit("second");
  in_work({"push", "--quiet", "origin", "main"});
  const auto cut = source()->cut_branch("release/1", "main");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::conflict);
  EXPECT_EQ(ref_of(origin_, "refs/heads/release/1"), older);
}

TEST_F(OriginTest, APushThatIsRefusedSaysSo) {
  const auto hook = origin_ / "hooks" / "pre-receive";
  std::ofstream(hook) << "#!/bin/sh\necho frozen until monday >&2\nexit 1\n";
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  const auto cut = source()->cut_branch("release/1", "main");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::refused);
  EXPECT_THAT(cut.error().message, HasSubstr("frozen until monday"));
  EXPECT_EQ(ref_of(work_, "refs/heads/release/1"), "") << "nothing is left here that is not there";
}

TEST_F(OriginTest, AnOriginThatIsGoneIsUnreachable) {
  std::filesystem::remove_all(origin_);
  const auto found = source()->find_branch("main");
  ASSERT_FALSE(found) << "and never absent";
  EXPECT_EQ(found.error().kind, ErrorKind::unreachable);
  EXPECT_FALSE(source()->cut_branch("release/1", "main"));
}

TEST_F(OriginTest, APasswordInTheAddressIsNotShown) {
  in_work({"remote", "set-url", "origin", "http://bot:hunter2hunter2@127.0.0.1:1/x.git"});
  const auto found = source()->find_branch("main");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unreachable) << found.error().message;
  EXPECT_THAT(found.error().message, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace train::source
