// An .ipa, the bench's App Store, and the count of what arrived there.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "app_store_bench.hpp"
#include "train/base/digest.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::contract {

class AppStoreUpload : public testing::Test {
 protected:
  static constexpr std::size_t k_padding = 1u << 20;  // with the zip around it: eight slices of about 128 KiB

  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("train-upload-" + random_id());
    std::filesystem::create_directories(directory_);
    bench.app.artifact = (directory_ / "Charge-{version}.ipa").string();
    write_archive(sandbox::example_archive("com.example.charge", "341", "3.4.0", k_padding));
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write_archive(std::string bytes) {
    bytes_ = std::move(bytes);
    ASSERT_TRUE(write_file_atomically(file(), bytes_));
  }
  std::filesystem::path file() const { return directory_ / "Charge-3.4.0.ipa"; }
  Upload parcel(const std::string& build = "341") const {
    return {candidate("3.4.0", build), file(), sha256_hex(bytes_)};
  }
  Result<Done> upload() { return bench.store()->offers().uploads->upload_build(parcel()); }

  // What the store shows of build 341, or nullopt.
  std::optional<SeenBuild> seen(const std::string& build = "341") {
    const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::full);
    EXPECT_TRUE(view) << (view ? "" : view.error().text());
    if (!view) return std::nullopt;
    for (const auto& one : view->builds) {
      if (one.number == *BuildNumber::parse(build)) return one;
    }
    return std::nullopt;
  }

  // The slices' places by address, as the store told them.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> places() const {
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> out;
    for (const auto& sent : bench.sent()) {
      if (sent.method != "POST" || sent.path != "/v1/buildUploadFiles" || sent.status != 201) continue;
      const auto answer = nlohmann::json::parse(sent.answer);
      for (const auto& order : answer["data"]["attributes"]["uploadOperations"]) {
        const auto url = order["url"].get<std::string>();
        const auto begin = url.find("/upload/");
        out[url.substr(begin, url.find('?') - begin)] = {order["offset"].get<std::uint64_t>(),
                                                         order["length"].get<std::uint64_t>()};
      }
    }
    return out;
  }

  // Every slice that was acknowledged carried the file's own bytes; none was sent again afterwards.
  void expect_nothing_sent_twice() const {
    const auto where = places();
    std::set<std::string> acknowledged;
    for (const auto& sent : bench.sent()) {
      if (!starts_with(sent.path, "/upload/")) continue;
      EXPECT_EQ(acknowledged.count(sent.path), 0u) << sent.path << " had been acknowledged";
      if (sent.status != 200) continue;
      acknowledged.insert(sent.path);
      const auto [offset, length] = where.at(sent.path);
      EXPECT_EQ(sent.body, bytes_.substr(offset, length)) << "at byte " << offset;
    }
  }

  // More cuts than a run tries again.
  static std::deque<std::optional<std::uint64_t>> one_slice_then_cuts() {
    std::deque<std::optional<std::uint64_t>> cuts(60, std::uint64_t{1000});
    cuts.front() = std::nullopt;
    return cuts;
  }

  std::size_t slices_that_came() const {
    const auto all = bench.sent();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Sent& one) {
      return starts_with(one.path, "/upload/") && one.status == 200;
    }));
  }

  void expect_one_build() {
    bench.pass(std::chrono::minutes{15});
    std::size_t found = 0;
    const auto view = bench.store()->observe(*VersionName::parse("3.4.0"), Depth::full);
    ASSERT_TRUE(view) << view.error().text();
    for (const auto& one : view->builds) {
      if (one.number != *BuildNumber::parse("341")) continue;
      ++found;
      EXPECT_EQ(one.state, BuildState::ready) << one.detail;
    }
    EXPECT_EQ(found, 1u);
    const auto changes = bench.changes();
    const auto committed = std::count(changes.begin(), changes.end(), "app-store/3.4.0 build 341 uploaded");
    EXPECT_EQ(committed, 1) << testing::PrintToString(changes);
  }

  AppStoreBench bench;
  std::filesystem::path directory_;
  std::string bytes_;
};

}  // namespace train::contract
