// The built binary in a directory of its own, with a home and a PATH that hold nothing else.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "train/base/process.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::e2e {

namespace fs = std::filesystem;

using Environment = std::map<std::string, std::string>;

class Workplace : public testing::Test {
 protected:
  Workplace() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(testing::TempDir()) / ("train-" + std::to_string(::getpid()) + "-" + test->name());
    fs::create_directories(directory_ / "keys");
    for (const auto* name : {"TRAIN_CLOCK", "TRAIN_STATE", "TRAIN_AS", "CI"}) set(name, "");
    set("HOME", directory_.string());
    set("TRAIN_FILE", "train.yaml");
  }
  ~Workplace() override { fs::remove_all(directory_); }

  void set(const std::string& name, const std::string& value) { environment_[name] = value; }

  ProcessOutput train(std::vector<std::string> arguments, const Environment& more = {}) {
    ProcessRequest request;
    request.argv = {TRAIN_BINARY};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.directory = directory_;
    auto environment = more;
    environment.insert(environment_.begin(), environment_.end());  // `more` stays where both have a name
    request.environment.assign(environment.begin(), environment.end());
    auto output = run_process(request);
    EXPECT_TRUE(output) << (output ? "" : output.error().message);
    return output ? *output : ProcessOutput{-1, "", ""};
  }

  fs::path write(const std::string& name, const std::string& text,
                 fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    const auto path = directory_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, mode);
    return path;
  }

  // Keys as the stores hand them out, good for nothing but a sandbox.
  void write_keys(const sandbox::Credentials& keys) {
    write("keys/AuthKey.p8", keys.app_store_private_key);
    write("keys/play.json", keys.service_account_json);
    set("ASC_KEY_ID", keys.app_store_key_id);
    set("ASC_ISSUER_ID", keys.app_store_issuer_id);
  }

  std::unique_ptr<sandbox::Sandbox> start_sandbox() {
    auto running = sandbox::Sandbox::start({});
    EXPECT_TRUE(running) << (running ? "" : running.error().message);
    return running ? std::move(*running) : nullptr;
  }

  fs::path directory_;
  Environment environment_;
};

}  // namespace train::e2e
