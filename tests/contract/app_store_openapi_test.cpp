// Everything our client sends and our App Store answers stands in Apple's own description of the API. It is not ours to
// ship: the test reads it from beside the checkout and says so when it is not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "app_store_bench.hpp"
#include "train/base/digest.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::contract {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::filesystem::path description_file() {
  return std::filesystem::path(TRAIN_SOURCE_DIR) / ".." / "shared" / "specs" / "app_store_connect_openapi.json";
}

class Description {
 public:
  explicit Description(json document) : document_(std::move(document)) {
    for (const auto& [name, schema] : document_["components"]["schemas"].items()) {
      const json::json_pointer type("/properties/type/enum/0");
      if (schema.contains(type) && schema["properties"].contains("links")) {
        resources_[schema.at(type).get<std::string>()] = &schema;
      }
    }
  }

  // The operation behind a request, or null. `{id}` stands for one part of the path.
  const json& operation(const std::string& method, const std::string& path) const {
    const auto given = split(path, '/');
    for (const auto& [pattern, operations] : document_["paths"].items()) {
      const auto wanted = split(pattern, '/');
      bool same = wanted.size() == given.size();
      for (std::size_t i = 0; same && i < wanted.size(); ++i) same = wanted[i] == given[i] || wanted[i] == "{id}";
      std::string verb = method;
      std::transform(verb.begin(), verb.end(), verb.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
      if (same && operations.contains(verb)) return operations[verb];
    }
    return none_;
  }

  const json& resolve(const json& schema) const {
    if (!schema.is_object() || !schema.contains("$ref")) return schema;
    return document_.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  }

  const json& attributes_of(const std::string& type) const { return part_of(type, "attributes"); }
  const json& relationships_of(const std::string& type) const { return part_of(type, "relationships"); }
  const json& none() const { return none_; }

 private:
  const json& part_of(const std::string& type, const std::string& part) const {
    const auto found = resources_.find(type);
    const json::json_pointer at("/properties/" + part + "/properties");
    return found == resources_.end() || !found->second->contains(at) ? none_ : found->second->at(at);
  }

  json document_;
  json none_;
  std::map<std::string, const json*> resources_;
};

void check_value(const Description& description, const std::string& where, const json& schema, const json& value) {
  const auto& rule = description.resolve(schema);
  if (rule.contains("enum")) {
    EXPECT_NE(std::find(rule["enum"].begin(), rule["enum"].end(), value), rule["enum"].end()) << where << " " << value;
  }
  if (!rule.contains("type") || value.is_null()) return;
  const auto type = rule["type"].get<std::string>();
  const bool fits = type == "string"    ? value.is_string()
                    : type == "boolean" ? value.is_boolean()
                    : type == "integer" ? value.is_number_integer()
                                        : true;
  EXPECT_TRUE(fits) << where << " " << value << " should be " << type;
}

void check_query(const Description& description, const Sent& sent, const json& operation) {
  for (const auto& [name, value] : sent.query) {
    const auto& rules = operation.contains("parameters") ? operation["parameters"] : description.none();
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&, &key = name](const json& one) { return one["name"] == key; });
    if (rule == rules.end()) {
      ADD_FAILURE() << sent.method << " " << sent.path << " knows no parameter " << name;
      continue;
    }
    const auto& schema = (*rule)["schema"];
    if (!schema.contains("items")) continue;
    for (const auto& word : split(value, ',')) {
      check_value(description, sent.path + " " + name, schema["items"], word);
    }
  }
}

void check_members(const Description& description, const std::string& where, const json& given, const json& rules) {
  for (const auto& [name, value] : given.items()) {
    EXPECT_TRUE(rules.contains(name)) << where << " has no " << name;
    if (rules.contains(name)) check_value(description, where + " " + name, rules[name], value);
  }
}

void check_body(const Description& description, const Sent& sent, const json& operation) {
  if (sent.body.empty()) {
    EXPECT_FALSE(operation.contains("requestBody")) << sent.method << " " << sent.path << " needs a body";
    return;
  }
  const auto& schema = description.resolve(operation["requestBody"]["content"]["application/json"]["schema"]);
  const auto& data = description.resolve(schema["properties"]["data"]);
  const auto body = json::parse(sent.body)["data"];
  const auto where = sent.method + " " + sent.path;
  for (const auto& must : data["required"]) EXPECT_TRUE(body.contains(must.get<std::string>())) << where << " " << must;
  check_value(description, where + " type", data["properties"]["type"], body["type"]);
  for (const auto* part : {"attributes", "relationships"}) {
    if (!body.contains(part)) continue;
    const json::json_pointer at("/properties/" + std::string(part));
    ASSERT_TRUE(data.contains(at)) << where << " takes no " << part;
    check_members(description, where, body[part], data.at(at)["properties"]);
    if (!data.at(at).contains("required")) continue;
    for (const auto& must : data.at(at)["required"]) {
      EXPECT_TRUE(body[part].contains(must.get<std::string>())) << where << " lacks " << must;
    }
  }
}

void check_resource(const Description& description, const json& resource) {
  const auto type = resource["type"].get<std::string>();
  if (resource.contains("attributes")) {
    check_members(description, type, resource["attributes"], description.attributes_of(type));
  }
  if (!resource.contains("relationships")) return;
  for (const auto& [name, value] : resource["relationships"].items()) {
    EXPECT_TRUE(description.relationships_of(type).contains(name)) << type << " has no relationship " << name;
    EXPECT_TRUE(value.contains("data")) << type << " " << name;
  }
}

void check_answer(const Description& description, const Sent& sent, const json& operation) {
  EXPECT_TRUE(operation["responses"].contains(std::to_string(sent.status)))
      << sent.method << " " << sent.path << " never answers " << sent.status;
  if (sent.status >= 300 || sent.answer.empty()) return;
  const auto answer = json::parse(sent.answer);
  for (const auto* part : {"data", "included"}) {
    if (!answer.contains(part) || answer[part].is_null()) continue;
    const auto rows = answer[part].is_array() ? answer[part] : json::array({answer[part]});
    for (const auto& row : rows) check_resource(description, row);
  }
}

void reject_and_withdraw(AppStoreBench& bench) {
  const auto store = bench.store();
  bench.person({{"action", "upload"}, {"version", "3.4.0"}, {"build", "341"}, {"encryption", "unanswered"}});
  bench.pass(15min);
  const auto newest = candidate("3.4.0", "341");
  EXPECT_TRUE(store->create_version(newest));
  EXPECT_TRUE(store->attach_build(newest));
  EXPECT_FALSE(store->submit(newest)) << "without notes";
  EXPECT_TRUE(store->cancel_submission(newest));
  EXPECT_TRUE(store->set_release_notes(newest, notes()));
  EXPECT_TRUE(store->observe(newest.version, Look::full));
  EXPECT_TRUE(store->submit(newest));
  EXPECT_TRUE(store->cancel_submission(newest));
  EXPECT_TRUE(store->submit(newest));
  EXPECT_TRUE(bench.review(false));
  EXPECT_TRUE(store->submit(newest));
}

void release_and_climb(AppStoreBench& bench) {
  const auto store = bench.store();
  const auto newest = candidate("3.4.0", "341");
  EXPECT_TRUE(bench.review(true));
  EXPECT_TRUE(store->start_rollout(newest, Percent::whole(1), {}));
  bench.pass(10min);
  EXPECT_TRUE(store->halt(newest));
  EXPECT_TRUE(store->resume(newest, Percent::whole(2)));
  EXPECT_TRUE(store->complete(newest));
  EXPECT_TRUE(store->observe(newest.version, Look::full));
  EXPECT_TRUE(store->probe());
}

// An upload that breaks off, is given up for a new one, is committed and followed.
void upload_a_build(AppStoreBench& bench) {
  const auto file = std::filesystem::temp_directory_path() / ("train-" + random_id() + ".ipa");
  ASSERT_TRUE(write_file_atomically(file, sandbox::example_archive("com.example.charge", "345", "3.4.0")));
  bench.app.artifact = file.string();
  const Upload upload{candidate("3.4.0", "345"), file, {}};
  bench.doom("PUT", "/upload/", Fate::server_error, 100);
  EXPECT_FALSE(bench.store()->upload_build(upload));
  bench.clear_dooms();
  bench.pass(25h);
  EXPECT_TRUE(bench.store()->upload_build(upload));
  EXPECT_TRUE(bench.store()->observe(upload.candidate.version, Look::full));
  bench.pass(15min);
  EXPECT_TRUE(bench.store()->upload_build(upload));
  std::filesystem::remove(file);
}

TEST(AppStoreDescription, KnowsAllThatIsSentAndAnswered) {
  std::ifstream file(description_file());
  if (!file) GTEST_SKIP() << "Apple's API description is not at " << description_file() << ": nothing was compared.";
  const Description description(json::parse(file));
  AppStoreBench bench;
  upload_a_build(bench);
  reject_and_withdraw(bench);
  release_and_climb(bench);
  bench.person({{"action", "create_version"}, {"version", "3.5.0"}});
  const auto adopted = bench.store();
  EXPECT_FALSE(adopted->submit(candidate("3.5.0", "350"))) << "it has no build";

  std::set<std::string> shapes;
  for (const auto& sent : bench.sent()) {
    if (starts_with(sent.path, "/upload/")) continue;  // the storage behind the API: its address comes from an answer
    const auto& operation = description.operation(sent.method, sent.path);
    ASSERT_TRUE(operation.is_object()) << sent.method << " " << sent.path << " is no call of Apple's";
    check_query(description, sent, operation);
    check_body(description, sent, operation);
    check_answer(description, sent, operation);
    shapes.insert(operation["operationId"].get<std::string>());
  }
  EXPECT_GE(shapes.size(), 28u) << testing::PrintToString(shapes);
}

}  // namespace
}  // namespace train::contract
