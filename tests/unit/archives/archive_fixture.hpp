// A directory of its own for archives made by a test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include "train/archives/reader.hpp"
#include "zip_writer.hpp"

namespace train::archives {

class ArchiveTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "train-archives-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Result<std::optional<ArchiveIdentity>> inspect(const std::string& name, const std::string& bytes) {
    write_file(directory_ / name, bytes);
    return make_archives()->inspect(directory_ / name);
  }

  std::filesystem::path directory_;
};

}  // namespace train::archives
