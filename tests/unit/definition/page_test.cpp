// The tables of providers in docs/definition.md are what the providers' descriptors say. TRAIN_ACCEPT=1 rewrites them;
// the diff is what is reviewed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "compose/catalog.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

std::string in_code(std::string_view word) { return "`" + std::string(word) + "`"; }

std::string joined_code(const std::vector<std::string_view>& words) {
  std::vector<std::string> coded;
  for (const auto word : words) coded.push_back(in_code(word));
  return join(coded, ", ");
}

std::string default_of(const ProviderKey& key) {
  if (!key.otherwise.empty()) return std::string(key.otherwise);
  if (key.need == Need::required)
    return key.unless.empty() ? "required" : "required, except beside " + in_code(key.unless);
  if (!key.beside.empty()) return "required beside " + in_code(key.beside);
  return key.fallback.empty() ? "none" : in_code(key.fallback);
}

std::string meaning_of(const ProviderKey& key) {
  const std::string meaning(key.meaning);
  return key.words.empty() ? meaning : meaning + ": " + joined_code(key.words);
}

std::string rows_of(std::string_view provider, const std::vector<ProviderKey>& keys) {
  std::string rows;
  for (const ProviderKey& key : keys) {
    rows += "| " + in_code(provider) + " | " + in_code(key.name) + " | " + meaning_of(key) + " | " + default_of(key) +
            " |\n";
  }
  return rows;
}

std::string sources_table() {
  std::string table = "| source | its own key | meaning | default |\n| --- | --- | --- | --- |\n";
  std::vector<std::string_view> without_queries;
  for (const SignalKeys& source : cli::catalog().signals) {
    table += rows_of(source.source, source.keys);
    if (source.queries == Queries::refused) without_queries.push_back(source.source);
  }
  return table + "\nThese take no queries: " + joined_code(without_queries) + ".\n";
}

std::string providers_table() {
  std::string table = "| provider | its own key | meaning | default |\n| --- | --- | --- | --- |\n";
  for (const FlagKeys& provider : cli::catalog().flags) table += rows_of(provider.provider, provider.keys);
  return table;
}

std::string channels_table() {
  std::string table = "| key | meaning | default |\n| --- | --- | --- |\n";
  for (const auto& kind : EnumWords<ChannelKind>::all) {
    const ChannelKeys* known = cli::catalog().find_channel(kind.value);
    table += "| " + in_code(kind.text) + " | a secret" +
             (known == nullptr ? "; *not acted on yet*" : ": " + std::string(known->target)) + " | |\n";
  }
  table +=
      "| `id` | what the log calls the channel, unlike every other channel's: [who gets what](notify.md#who-gets-what) "
      "| "
      "its kind and the reference of its address: `slack:env:SLACK_WEBHOOK` |\n";
  return table + "| `events` | of `stage breach halt rollback waiting_for_people` | all of them |\n";
}

std::string logs_table() {
  std::string table = "| address | where the log lives |\n| --- | --- |\n";
  for (const auto& each : cli::catalog().logs) {
    table += "| " + in_code(each.form) + " | " + std::string(each.meaning) +
             (each.active ? " |\n" : "; *not acted on yet* |\n");
  }
  return table;
}

struct Table {
  const char* name;
  std::string (*write)();
};
void PrintTo(const Table& row, std::ostream* out) { *out << row.name; }

class ProviderTable : public testing::TestWithParam<Table> {};
TEST_P(ProviderTable, IsWhatTheDescriptorsSay) {
  const std::string path = std::string(TRAIN_SOURCE_DIR) + "/docs/definition.md";
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  const std::string page = stored.str();
  const std::string begin =
      std::string("<!-- ") + GetParam().name + ": written by tests/unit/definition/page_test.cpp -->\n";
  const auto start = page.find(begin);
  ASSERT_NE(start, std::string::npos) << begin;
  const auto from = start + begin.size();
  const auto end = page.find("<!-- end -->", from);
  ASSERT_NE(end, std::string::npos);
  const std::string now = GetParam().write();
  if (std::getenv("TRAIN_ACCEPT") != nullptr) {
    std::ofstream(path) << page.substr(0, from) + now + page.substr(end);
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), now) << "run with TRAIN_ACCEPT=1 and review the difference";
}
INSTANTIATE_TEST_SUITE_P(, ProviderTable,
                         testing::Values(Table{"sources", sources_table}, Table{"providers", providers_table},
                                         Table{"channels", channels_table}, Table{"logs", logs_table}),
                         [](const auto& row) { return std::string(row.param.name); });

// What the tables show and the loader counts on, of every provider that will ever be added.
void expect_whole(std::string_view provider, const std::vector<ProviderKey>& keys) {
  std::set<std::string_view> names;
  for (const ProviderKey& key : keys) {
    SCOPED_TRACE(std::string(provider) + "." + std::string(key.name));
    EXPECT_TRUE(names.insert(key.name).second) << "twice";
    EXPECT_FALSE(key.meaning.empty());
    EXPECT_TRUE(key.kind != KeyKind::choice || !key.words.empty()) << "a choice of nothing";
    EXPECT_TRUE(key.need == Need::optional || key.fallback.empty()) << "required, and has a fallback";
  }
}

TEST(Catalog, EveryProviderIsNamedOnceAndItsKeysAreWhole) {
  std::set<std::string_view> sources;
  for (const SignalKeys& each : cli::catalog().signals) {
    EXPECT_TRUE(sources.insert(each.source).second) << each.source;
    expect_whole(each.source, each.keys);
  }
  std::set<std::string_view> providers;
  for (const FlagKeys& each : cli::catalog().flags) {
    EXPECT_TRUE(providers.insert(each.provider).second) << each.provider;
    expect_whole(each.provider, each.keys);
  }
  for (const auto& scheme : EnumWords<LogScheme>::all) {
    const LogKeys* log = cli::catalog().find_log(scheme.value);
    ASSERT_NE(log, nullptr) << scheme.text;
    EXPECT_EQ(log->form.substr(0, scheme.text.size()), scheme.text);
    EXPECT_FALSE(log->meaning.empty()) << scheme.text;
  }
}

}  // namespace
}  // namespace train::definition
