// A log in a directory of its own, and its file as bytes.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "samples.hpp"
#include "train/event_log/codec.hpp"
#include "train/event_log/file_log.hpp"

namespace train::event_log {

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    // In memory where there is such a place: thousands of fsyncs are not what is tested here.
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path base = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = (base / "train-log-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    ::setenv("XDG_CACHE_HOME", (directory_ / "cache").c_str(), 1);
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::unique_ptr<EventLog> open() {
    return make_file_log({directory_, "charge", {}, [this](const std::string& text) { warnings_.push_back(text); }});
  }
  std::filesystem::path home() const { return directory_ / "charge"; }
  std::filesystem::path log_file() const { return home() / "log.jsonl"; }
  std::filesystem::path state_file() const { return home() / "state.json"; }

  static std::vector<NewEvent> some(std::size_t count, const std::string& why = "x") {
    std::vector<NewEvent> events;
    for (std::size_t i = 0; i < count; ++i) {
      events.push_back({at(static_cast<int>(i)), "ana", event::Held{version("3.4.0"), "ios", why + std::to_string(i)}});
    }
    return events;
  }
  // `count` appends of one event each.
  void fill(std::size_t count) {
    const auto log = open();
    const auto had = log->read(0);
    ASSERT_TRUE(had) << had.error().text();
    for (std::size_t i = 0; i < count; ++i) {
      const auto added = log->append(had->size() + i, some(1));
      ASSERT_TRUE(added) << added.error().text();
    }
  }

  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      lines.push_back(text.substr(begin, end - begin + 1));
      begin += lines.back().size();
    }
    return lines;
  }

  std::filesystem::path directory_;
  std::vector<std::string> warnings_;
};

}  // namespace train::event_log
