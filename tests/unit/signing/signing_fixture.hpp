// A directory of its own for each test, and what every test of this folder asks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "unit/archives/zip_writer.hpp"

namespace train::signing {

std::filesystem::path new_directory();
// A directory that `make` filled, kept beside the test program for every test that names the same `key`: what other
// people's tools make takes seconds, and each test is a process of its own. Only to be read. Empty when it failed.
std::filesystem::path made_once(const std::string& key,
                                const std::function<bool(const std::filesystem::path& directory)>& make);
std::string bytes_of(const std::filesystem::path& file);

class SigningTest : public testing::Test {
 protected:
  void SetUp() override { directory_ = new_directory(); }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  std::filesystem::path file(const std::string& name, const std::string& bytes) {
    archives::write_file(directory_ / name, bytes);
    return directory_ / name;
  }
  // Everything in the directory, by name.
  std::vector<std::string> files() const;

  std::filesystem::path directory_;
};

}  // namespace train::signing
