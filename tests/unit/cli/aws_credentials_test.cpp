// Where Amazon's keys are looked for, and in which order.
#include "compose/aws_credentials.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace train::cli {
namespace {

class AwsEnvironment : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/train-aws-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"}) {
      ::unsetenv(name);
    }
    set("AWS_SHARED_CREDENTIALS_FILE", (folder_ / "credentials").string());
  }
  void TearDown() override {
    ::unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"}) {
      ::unsetenv(name);
    }
    std::filesystem::remove_all(folder_);
  }
  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  void write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    std::ofstream(folder_ / name) << text;
    ::chmod((folder_ / name).c_str(), mode);
  }
  void write_shared(mode_t mode = 0600) {
    write("credentials",
          "[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n[ops]\naws_access_key_id=OPS\n"
          "aws_secret_access_key=s\n",
          mode);
  }
  std::string found(const Signal& signal) {
    const auto keys = aws_credentials(signal, folder_);
    return keys ? keys->access_key_id : std::string(to_string(keys.error().kind)) + ": " + keys.error().text();
  }

  std::filesystem::path folder_;
};

TEST_F(AwsEnvironment, IsAskedInAmazonsOrder) {
  Signal signal;
  signal.name = "crashes";
  EXPECT_NE(found(signal).find("signals.crashes has no AWS credentials"), std::string::npos) << found(signal);
  write_shared();
  EXPECT_EQ(found(signal), "FILE");
  set("AWS_PROFILE", "ops");
  EXPECT_EQ(found(signal), "OPS");
  set("AWS_ACCESS_KEY_ID", "ENV");
  EXPECT_NE(found(signal).find("secret access key is missing"), std::string::npos) << found(signal);
  set("AWS_SECRET_ACCESS_KEY", "s");
  EXPECT_EQ(found(signal), "ENV");
  signal.options["profile"] = "default";
  EXPECT_EQ(found(signal), "FILE") << "the definition's own profile is meant";
}

TEST_F(AwsEnvironment, IsNotAskedBesideCredentials) {
  set("AWS_ACCESS_KEY_ID", "ENV");
  set("AWS_SECRET_ACCESS_KEY", "s");
  write("keys.json", R"({"access_key_id":"OWN","secret_access_key":"s"})");
  Signal signal;
  signal.token = SecretRef{SecretRef::From::file, (folder_ / "keys.json").string()};
  EXPECT_EQ(found(signal), "OWN");
}

TEST_F(AwsEnvironment, AFileThatOthersMayReadIsRefused) {
  write_shared(0644);
  Signal signal;
  EXPECT_NE(found(signal).find("definition: "), std::string::npos) << found(signal);
}

}  // namespace
}  // namespace train::cli
