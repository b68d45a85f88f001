// Secrets behind references: what is returned, and what an error may say.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "snippets.hpp"
#include "train/definition/ask_once.hpp"

namespace train::definition {
namespace {

using From = SecretRef::From;

class Resolve : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-resolve-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& bytes, mode_t mode) {
    const auto path = directory_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path.string();
  }
  // The error of a reference that must fail; never with the secret in it.
  Error error_of(const SecretRef& ref) {
    const auto secret = resolve(ref, directory_);
    EXPECT_FALSE(secret);
    if (secret) return {};
    EXPECT_EQ(secret.error().kind, ErrorKind::definition);
    EXPECT_EQ(secret.error().text().find("hunter2"), std::string::npos) << secret.error().text();
    return secret.error();
  }

  std::filesystem::path directory_;
};

TEST_F(Resolve, ReadsTheEnvironment) {
  setenv("TRAIN_TEST_SECRET", "hunter2", 1);
  EXPECT_EQ(resolve({From::environment, "TRAIN_TEST_SECRET"}, directory_).value().expose(), "hunter2");
  setenv("TRAIN_TEST_SECRET", "", 1);
  EXPECT_NE(error_of({From::environment, "TRAIN_TEST_SECRET"}).message.find("env:TRAIN_TEST_SECRET"),
            std::string::npos);
  unsetenv("TRAIN_TEST_SECRET");
  EXPECT_NE(error_of({From::environment, "TRAIN_TEST_SECRET"}).message.find("not set"), std::string::npos);
}

TEST_F(Resolve, ReadsAPrivateFile) {
  EXPECT_EQ(resolve({From::file, write("token", "hunter2\n", 0600)}, directory_).value().expose(), "hunter2");
  EXPECT_EQ(resolve({From::file, "token"}, directory_).value().expose(), "hunter2");
  const std::string binary("\x30\x82\xff\n", 4);
  EXPECT_EQ(resolve({From::file, write("key.p12", binary, 0400)}, directory_).value().expose(), binary);
}

TEST_F(Resolve, RefusesLooseMissingOrOddFiles) {
  for (const mode_t mode : {0644, 0640, 0604, 0660}) {
    const auto path = write("loose", "hunter2", mode);
    const Error error = error_of({From::file, path});
    EXPECT_NE(error.message.find("file:" + path), std::string::npos) << error.text();
    EXPECT_NE(error.hint.find("chmod 600"), std::string::npos) << error.text();
  }
  EXPECT_NE(error_of({From::file, (directory_ / "absent").string()}).message.find("absent"), std::string::npos);
  EXPECT_NE(error_of({From::file, directory_.string()}).message.find("not a regular file"), std::string::npos);
  EXPECT_NE(error_of({From::file, write("empty", "\n", 0600)}).message.find("empty"), std::string::npos);
}

TEST_F(Resolve, TakesTheFirstLineOfACommand) {
  EXPECT_EQ(resolve({From::command, "printf 'hunter2\\nsecond\\n'"}, directory_).value().expose(), "hunter2");
  write("here", "hunter2", 0600);
  EXPECT_EQ(resolve({From::command, "cat here"}, directory_).value().expose(), "hunter2");
}

TEST_F(Resolve, SaysWhichCommandFailedButNotWhatItPrinted) {
  write("here", "hunter2", 0600);
  const Error failed = error_of({From::command, "cat here absent"});
  EXPECT_NE(failed.message.find("exec:cat here absent"), std::string::npos) << failed.text();
  EXPECT_NE(failed.message.find("exit code 1"), std::string::npos) << failed.text();
  EXPECT_NE(error_of({From::command, "true"}).message.find("empty"), std::string::npos);
  EXPECT_NE(error_of({From::command, "/nowhere/tool"}).message.find("exec:/nowhere/tool"), std::string::npos);
  error_of({From::command, "cat 'here"});
}

// A password manager that asks for a finger would ask for each store, for the signals and for the clock again.
TEST_F(Resolve, ACommandThatAsksAPersonIsRunOnceWhileThatIsWanted) {
  const auto script = write("ask.sh", "echo asked >> asked\necho hunter2\n", 0700);
  const SecretRef ref{From::command, "sh " + script};
  const auto asked = [&] {
    std::ifstream in(directory_ / "asked");
    return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
  };
  {
    const AskOnce once;
    const AskOnce inside;
    EXPECT_EQ(resolve(ref, directory_).value().expose(), "hunter2");
    EXPECT_EQ(resolve(ref, directory_).value().expose(), "hunter2");
    EXPECT_EQ(asked(), 1);
  }
  EXPECT_TRUE(resolve(ref, directory_));
  EXPECT_TRUE(resolve(ref, directory_));
  EXPECT_EQ(asked(), 3) << "afterwards the secret may be another";
}

TEST_F(Resolve, ACommandThatFailedIsRunAgain) {
  const AskOnce once;
  const auto script = write("ask.sh", "test -e there && echo hunter2\n", 0700);
  error_of({From::command, "sh " + script});
  write("there", "", 0600);
  EXPECT_TRUE(resolve({From::command, "sh " + script}, directory_));
}

TEST_F(Resolve, RunsNoShell) {
  EXPECT_EQ(resolve({From::command, "echo $HOME;id"}, directory_).value().expose(), "$HOME;id");
}

}  // namespace
}  // namespace train::definition
