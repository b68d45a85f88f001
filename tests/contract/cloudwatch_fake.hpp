// A small CloudWatch: a program with rules, which reads requests as strictly as Amazon's model of the interface is
// written, and counts what it is asked for. Amazon's own client and train's adapters are both held against it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"

namespace train::contract {

class CloudWatchFake {
 public:
  CloudWatchFake();

  std::string url() const { return server_.url(""); }
  std::vector<testbed::SeenRequest> requests() const { return server_.requests(); }
  // "GraniteServiceVersion20100801.GetMetricData", and how often.
  std::map<std::string, int> operations() const;
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  using Body = nlohmann::json;
  testbed::Reply answer_to(const testbed::SeenRequest& request);
  Body metric_data(const Body& body);
  Body metric_result(const Body& query, std::int64_t start, std::int64_t end, bool second_page);
  Body describe_alarms(const Body& body);
  Body start_query(const Body& body);
  Body query_results(const Body& body);
  Body stop_query(const Body& body);

  // A member that is wanted, of this kind; else a violation is noted and null is given.
  Body wanted(const Body& object, const char* name, Body::value_t kind);
  void only(const Body& object, const std::vector<std::string>& names);
  void violation(const std::string& what);

  std::string now_asked_;
  std::vector<std::string> violations_;
  std::map<std::string, int> looks_;  // by query id
  std::map<std::string, std::string> queries_;
  testbed::ScriptedServer server_;  // the last: it asks for all of these
};

}  // namespace train::contract
