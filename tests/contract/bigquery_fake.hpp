// A small BigQuery: a program with Google's rules, after the reference of its REST interface. It signs in service
// accounts and external ones, refuses what BigQuery refuses (unknown tables, columns, parameters and members, too many
// bytes, a job asked for in another location), and counts from a small model of Crashlytics' exported tables instead of
// running SQL. Google's own client and train's adapter are both held against it.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"

namespace train::contract {

class BigQueryFake {
 public:
  BigQueryFake();

  std::string url() const { return server_.url(""); }
  std::vector<testbed::SeenRequest> requests() const { return server_.requests(); }
  std::vector<std::string> violations() const;  // what Google's reference does not know

  // What a version's rows come to, by the name of a column: {"events", 3}. Unknown columns are 0.
  void count(const std::string& version, std::map<std::string, double> columns);
  void take_bytes(double bytes);                         // what each query reads
  void end_after(int polls);                             // so often a query is not complete yet
  void refuse(int status, const nlohmann::json& error);  // the next query: {"reason", …} as in Google's answer

  static constexpr const char* k_project = "charge-prod";
  static constexpr const char* k_location = "EU";

 private:
  testbed::Reply answer_to(const testbed::SeenRequest& request);
  testbed::Reply token(const testbed::SeenRequest& request);
  testbed::Reply query(const testbed::SeenRequest& request);
  testbed::Reply insert(const testbed::SeenRequest& request);
  testbed::Reply results(const std::string& job, const std::string& asked);
  testbed::Reply job_of(const std::string& job);

  // Why BigQuery would not run it; null when it would.
  nlohmann::json why_refused(const nlohmann::json& body) const;
  nlohmann::json run(const nlohmann::json& body) const;  // the members that a complete answer has
  void only(const nlohmann::json& object, const std::set<std::string>& names);

  mutable std::mutex mutex_;
  std::string now_asked_;
  std::vector<std::string> violations_;
  std::map<std::string, std::map<std::string, double>> counts_;
  std::map<std::string, nlohmann::json> jobs_;
  std::vector<testbed::Reply> refusals_;
  double bytes_ = 2'500'000'000;
  int polls_ = 0;
  int waiting_ = 0;
  testbed::ScriptedServer server_;  // the last: it asks for all of these
};

}  // namespace train::contract
