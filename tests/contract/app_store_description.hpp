// Apple's own description of its API, and what of a request and its answer does not stand in it. It is not ours to
// ship: it is read from beside the checkout.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app_store_bench.hpp"

namespace train::contract {

class AppStoreDescription {
 public:
  static std::filesystem::path file();
  static std::optional<AppStoreDescription> read();  // nullopt when it is not there

  // The operationId behind a request; empty when Apple has no such call.
  std::string operation_of(const Sent& sent) const;
  // Each unknown path, parameter, member or word, and each missing one, of the request and of its answer.
  std::vector<std::string> violations(const Sent& sent) const;

 private:
  using Json = nlohmann::json;
  struct Findings;

  explicit AppStoreDescription(Json document);

  const Json& operation(const Sent& sent) const;  // null: none
  const Json& resolve(const Json& schema) const;
  const Json& members_of(const std::string& type, const char* part) const;

  void check_value(Findings& found, const std::string& where, const Json& schema, const Json& value) const;
  void check_members(Findings& found, const std::string& where, const Json& rules, const Json& given) const;
  void check_query(Findings& found, const Sent& sent, const Json& operation) const;
  void check_body(Findings& found, const Sent& sent, const Json& operation) const;
  void check_given(Findings& found, const std::string& where, const Json& data, const Json& given) const;
  void check_answer(Findings& found, const Sent& sent, const Json& operation) const;
  void check_resource(Findings& found, const Json& resource) const;

  struct Pattern {
    std::vector<std::string> parts;
    const Json* operations;
  };

  std::shared_ptr<const Json> document_;
  std::vector<Pattern> patterns_;
  std::map<std::string, const Json*> resources_;  // type → schema
};

}  // namespace train::contract
