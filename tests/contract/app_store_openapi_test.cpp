// Everything our client sends and our App Store answers stands in Apple's own description of the API: by a comparison
// of our own, and by a validator that we did not write (Stoplight Prism, as a proxy between the two).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "app_store_description.hpp"
#include "app_store_journeys.hpp"
#include "npm_tools.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::contract {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t k_least_operations = 55;

std::string no_description() {
  return "Apple's API description is not at " + AppStoreDescription::file().string() + ": nothing was compared.";
}

// What goes to the API: slices of uploads go to a storage whose address comes from an answer.
std::vector<Sent> api_calls(const AppStoreBench& bench) {
  auto sent = bench.sent();
  sent.erase(
      std::remove_if(sent.begin(), sent.end(), [](const Sent& one) { return starts_with(one.path, "/upload/"); }),
      sent.end());
  return sent;
}

Words all_violations(const AppStoreDescription& description, const std::vector<Sent>& sent) {
  std::set<std::string> all;
  for (const auto& one : sent) {
    for (auto& wrong : description.violations(one)) all.insert(std::move(wrong));
  }
  return {all.begin(), all.end()};
}

std::set<std::string> operations_of(const AppStoreDescription& description, const std::vector<Sent>& sent) {
  std::set<std::string> all;
  for (const auto& one : sent) all.insert(description.operation_of(one));
  return all;
}

void travel_all(AppStoreBench& bench) {
  for (const auto& journey : app_store_journeys()) {
    SCOPED_TRACE(journey.name);
    bench.begin_anew();
    journey.travel(bench);
  }
}

TEST(AppStoreDescription, KnowsAllThatIsSentAndAnswered) {
  const auto description = AppStoreDescription::read();
  if (!description) GTEST_SKIP() << no_description();
  AppStoreBench bench;
  travel_all(bench);
  EXPECT_EQ(all_violations(*description, api_calls(bench)), Words{});
  EXPECT_GE(operations_of(*description, api_calls(bench)).size(), k_least_operations);
}

TEST(AppStoreDescription, FindsWhatIsWrong) {
  const auto description = AppStoreDescription::read();
  if (!description) GTEST_SKIP() << no_description();
  struct Row {
    Sent sent;
    std::string words;
  };
  const auto sent = [](std::string method, std::string path, sandbox::FormFields query, std::string body, int status,
                       std::string answer) {
    return Sent{
        std::move(method), std::move(path), std::move(query), std::move(body), status, std::move(answer), false, {}};
  };
  const std::vector<Row> rows{
      {sent("GET", "/v1/appz", {}, "", 200, ""), "no such call"},
      {sent("GET", "/v1/apps", {{"filter[bundle]", "x"}}, "", 200, ""), "unknown parameter filter[bundle]"},
      {sent("GET", "/v1/apps", {{"include", "ci"}}, "", 200, ""), "query include: no such word"},
      {sent("GET", "/v1/apps", {}, "", 503, ""), "never answers 503"},
      {sent("GET", "/v1/apps", {}, "", 200, R"({"data":[{"type":"apps","id":"1","attributes":{"bundle":"x"}}]})"),
       "apps: unknown member bundle"},
      {sent("POST", "/v1/appStoreVersions", {}, "", 201, ""), "body: is missing"},
      {sent("POST", "/v1/appStoreVersions", {}, R"({"data":{"type":"appStoreVersions","attributes":{"platform":"X"}}})",
            201, ""),
       "no such word \"X\""},
      {sent("POST", "/v1/appStoreVersions", {},
            R"({"data":{"type":"appStoreVersions","attributes":{"platform":"IOS"}}})", 201, ""),
       "lacks \"versionString\""},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(description->violations(row.sent), testing::Contains(testing::HasSubstr(row.words))) << row.words;
  }
}

class AppStorePrism : public testing::Test {
 protected:
  void SetUp() override {
    description_ = AppStoreDescription::read();
    if (!description_) GTEST_SKIP() << no_description();
    if (const auto why = why_not("@stoplight/prism-cli"); !why.empty())
      GTEST_SKIP() << "Nothing was validated: " << why;
    auto started = Prism::start(AppStoreDescription::file(), bench_.app.endpoint);
    ASSERT_TRUE(started) << started.error().text();
    prism_ = std::move(*started);
    bench_.stand_behind(prism_->url());
  }

  // What Prism is there for: it finds a question and an answer that are wrong.
  void prove_that_it_looks() {
    bench_.doom("GET", "/v1/apps", Fate::server_error, 3);
    EXPECT_FALSE(bench_.store()->observe(*VersionName::parse("3.4.0"), Depth::summary));
    http_get("/v1/apps?limit=201");
    http_get("/v1/reviewSubmissions?filter%5Bstate%5D=LOST");
    const auto report = prism_->report();
    ASSERT_TRUE(report) << report.error().text();
    for (const auto* words : {"returned status code", "request.query.limit", "'filter[app]'", "filter[state]"}) {
      EXPECT_THAT(report->violations, testing::Contains(testing::HasSubstr(words)));
    }
    bench_.forget();
  }
  void http_get(const std::string& path) const { EXPECT_TRUE(prism_->ask(path)); }

  AppStoreBench bench_;
  std::optional<AppStoreDescription> description_;
  std::unique_ptr<Prism> prism_;
};

TEST_F(AppStorePrism, FindsNothingWrongOnEitherSide) {
  prove_that_it_looks();
  travel_all(bench_);
  const auto sent = api_calls(bench_);
  const auto report = prism_->report();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->requests.size(), sent.size()) << "something went past the validator";
  EXPECT_EQ(report->violations, Words{});
  EXPECT_EQ(all_violations(*description_, sent), Words{});

  const auto operations = operations_of(*description_, sent);
  std::cout << sent.size() << " requests, " << operations.size() << " operations, " << report->violations.size()
            << " violations\n"
            << join(Words(operations.begin(), operations.end()), "\n") << "\n";
  EXPECT_GE(operations.size(), k_least_operations);
  const auto page = read_file(std::filesystem::path(TRAIN_SOURCE_DIR) / "docs/stores/app-store.md", 1 << 20);
  ASSERT_TRUE(page);
  for (const auto& operation : operations) {
    EXPECT_NE(page->find("`" + operation + "`"), std::string::npos)
        << operation << " is not in docs/stores/app-store.md";
  }
}

}  // namespace
}  // namespace train::contract
