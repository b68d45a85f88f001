// A directory of its own for each test, and what every test of this folder asks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "unit/archives/zip_writer.hpp"

namespace train::signing {

std::filesystem::path new_directory();
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
