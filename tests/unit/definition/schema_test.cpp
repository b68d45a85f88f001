// The readers' table of sections, the JSON Schema and docs/definition.md say the same.
#include "../../../src/definition/sections.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "compose/catalog.hpp"
#include "schema_check.hpp"
#include "snippets.hpp"

namespace train::definition {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const std::filesystem::path k_root = TRAIN_SOURCE_DIR;

Json yaml_as_json(const std::string& yaml) {
  const yaml::Tree tree = yaml::parse_tree(yaml, "train.yaml", k_definition_rules);
  EXPECT_TRUE(tree.problems.empty());
  return tree.root ? as_json(*tree.root) : Json();
}

std::set<std::string> key_names(const Section& section) {
  std::set<std::string> names;
  for (const Key& key : section.keys) names.emplace(key.name);
  return names;
}

std::set<std::string> required_names(const Section& section) {
  std::set<std::string> names;
  for (const Key& key : section.keys) {
    if (key.need == Need::required) names.emplace(key.name);
  }
  return names;
}

TEST(Schema, HasEachSectionWithItsKeys) {
  const Json schema = Json::parse(json_schema(cli::catalog()));
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  for (const Section& section : sections(cli::catalog())) {
    SCOPED_TRACE(section.name);
    ASSERT_TRUE(schema["$defs"].contains(std::string(section.name)));
    const Json& object = schema["$defs"][std::string(section.name)];
    std::set<std::string> properties;
    for (const auto& property : object["properties"].items()) properties.insert(property.key());
    EXPECT_EQ(properties, key_names(section));
    const auto required = object.value("required", std::vector<std::string>{});
    EXPECT_EQ(std::set<std::string>(required.begin(), required.end()), required_names(section));
  }
}

void expect_closed(const Json& schema, const std::string& at) {
  if (schema.is_object() && schema.contains("type") && schema["type"] == "object" && schema.contains("properties")) {
    EXPECT_EQ(schema.value("additionalProperties", Json()), Json(false)) << at;
  }
  if (!schema.is_structured()) return;
  for (const auto& entry : schema.items()) expect_closed(entry.value(), at + "/" + entry.key());
}

TEST(Schema, AllowsNoOtherKeysAnywhere) { expect_closed(Json::parse(json_schema(cli::catalog())), ""); }

TEST(Schema, KnowsTheSameProviders) {
  const Json defs = Json::parse(json_schema(cli::catalog()))["$defs"];
  Json sources = Json::array();
  for (const SignalKeys& each : cli::catalog().signals) sources.push_back(each.source);
  EXPECT_EQ(defs["signal"]["properties"]["source"]["enum"], sources);
  Json providers = Json::array();
  for (const FlagKeys& each : cli::catalog().flags) providers.push_back(each.provider);
  EXPECT_EQ(defs["flag"]["properties"]["provider"]["enum"], providers);
  EXPECT_EQ(defs["channel"]["oneOf"].size(), all_words<ChannelKind>().size());
  for (const auto kind : all_words<ChannelKind>()) EXPECT_TRUE(section("channel").has(kind)) << kind;
}

TEST(Schema, AcceptsTheExamples) {
  const SchemaCheck check(Json::parse(json_schema(cli::catalog())));
  for (const auto& entry : std::filesystem::directory_iterator(k_root / "config")) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_EQ(check.faults(yaml_as_json(text_of(entry.path()))), std::vector<std::string>{}) << entry.path();
  }
}

// A key that nothing knows, put into each map of the complete example in turn.
void expect_refused(const SchemaCheck& check, Json& document, Json& here, int& maps) {
  if (here.is_object()) {
    ++maps;
    here["zzz"] = "x";
    EXPECT_FALSE(check.faults(document).empty()) << here.dump();
    here.erase("zzz");
  }
  if (!here.is_structured()) return;
  for (auto& child : here) expect_refused(check, document, child, maps);
}

TEST(Schema, RefusesAnUnknownKeyAnywhere) {
  const SchemaCheck check(Json::parse(json_schema(cli::catalog())));
  Json document = yaml_as_json(text_of(k_root / "config" / "train.yaml"));
  int maps = 0;
  expect_refused(check, document, document, maps);
  EXPECT_GT(maps, 40);
}

struct BothRefuse {
  const char* name;
  const char* appended;
};
void PrintTo(const BothRefuse& row, std::ostream* out) { *out << row.name; }

class SchemaAndReaders : public testing::TestWithParam<BothRefuse> {};
TEST_P(SchemaAndReaders, RefuseTheSame) {
  const std::string yaml = std::string(k_base) + GetParam().appended;
  EXPECT_FALSE(problems_of(yaml).empty());
  EXPECT_FALSE(SchemaCheck(Json::parse(json_schema(cli::catalog()))).faults(yaml_as_json(yaml)).empty());
}
INSTANTIATE_TEST_SUITE_P(
    , SchemaAndReaders,
    testing::Values(BothRefuse{"other_stores_key", "    bundle_id: a.b\n"},
                    BothRefuse{"store_word", "  b: { store: apple }\n"},
                    BothRefuse{"literal_secret", "notify: [{ slack: abc }]\n"},
                    BothRefuse{"two_channels", "notify: [{ slack: env:A, email: env:B }]\n"},
                    BothRefuse{"number_as_text", "    in_app_update_priority: \"3\"\n"},
                    BothRefuse{"duration", "calendar: { stabilization: 2 days }\n"},
                    BothRefuse{"cutoff_alone", "calendar: { every: 2w }\n"},
                    BothRefuse{"half_a_proportion", "signals: { s: { source: ga4, events: e } }\n"},
                    BothRefuse{"plain_http", "    endpoint: http://example.com\n"},
                    BothRefuse{"empty_ladder", "    rollout: []\n"},
                    BothRefuse{"app_name", "  .x: { store: app_store }\n"},
                    BothRefuse{"build_of_two_kinds", "source: { build: { exec: [a], http: { url: https://x } } }\n"}),
    [](const auto& row) { return row.param.name; });

// "### name …" headings, each followed by a table with the heading "| key |" whose rows start with "| `key`".
std::map<std::string, std::set<std::string>> documented_keys(const std::string& page) {
  std::map<std::string, std::set<std::string>> tables;
  std::istringstream lines(page);
  std::string section;
  bool of_keys = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("### ", 0) == 0) section = line.substr(4, line.find(' ', 4) - 4);
    if (line.rfind("## ", 0) == 0) section.clear();
    if (line.rfind("| ", 0) != 0) of_keys = false;
    if (line.rfind("| key |", 0) == 0) of_keys = true;
    if (section.empty() || !of_keys || line.rfind("| `", 0) != 0) continue;
    tables[section].insert(line.substr(3, line.find('`', 3) - 3));
  }
  return tables;
}

// The providers' own keys stand in tables of their own: see page_test.cpp.
TEST(Page, ExplainsEveryKeyOfEverySection) {
  const auto tables = documented_keys(text_of(k_root / "docs" / "definition.md"));
  const auto all = sections(Catalog());
  for (const Section& section : all) {
    const auto table = tables.find(std::string(section.name));
    ASSERT_NE(table, tables.end()) << section.name;
    EXPECT_EQ(table->second, key_names(section)) << section.name;
  }
  EXPECT_EQ(tables.size(), all.size());
}

}  // namespace
}  // namespace train::definition
