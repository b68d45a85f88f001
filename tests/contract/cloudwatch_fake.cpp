#include "cloudwatch_fake.hpp"

#include <algorithm>
#include <regex>

namespace train::contract {

using testbed::Reply;
using testbed::SeenRequest;

namespace {

constexpr std::int64_t k_values_a_page = 6;

bool is_kind(const nlohmann::json& value, nlohmann::json::value_t kind) {
  if (kind == nlohmann::json::value_t::number_integer) return value.is_number();  // times may have fractions
  return value.type() == kind;
}

std::string type_of(const SeenRequest& request) { return request.header("content-type"); }

}  // namespace

CloudWatchFake::CloudWatchFake() : server_({}, [this](const SeenRequest& request) { return answer_to(request); }) {}

std::map<std::string, int> CloudWatchFake::operations() const {
  std::map<std::string, int> all;
  for (const auto& request : server_.requests()) ++all[request.header("x-amz-target")];
  return all;
}

void CloudWatchFake::violation(const std::string& what) { violations_.push_back(now_asked_ + ": " + what); }

nlohmann::json CloudWatchFake::wanted(const Body& object, const char* name, Body::value_t kind) {
  if (object.is_object() && object.contains(name) && is_kind(object[name], kind)) return object[name];
  violation(std::string(name) + " is missing or of another kind");
  return nullptr;
}

void CloudWatchFake::only(const Body& object, const std::vector<std::string>& names) {
  if (!object.is_object()) return violation("no object");
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) violation("no member " + name + " is known");
  }
}

Reply CloudWatchFake::answer_to(const SeenRequest& request) {
  now_asked_ = request.header("x-amz-target");
  const bool logs = now_asked_.rfind("Logs_20140328.", 0) == 0;
  const std::string type = logs ? "application/x-amz-json-1.1" : "application/x-amz-json-1.0";
  if (request.method != "POST" || request.target != "/") violation("POST / is wanted");
  if (type_of(request) != type) violation("the content type is " + type_of(request));
  static const std::regex signature(
      "AWS4-HMAC-SHA256 Credential=[A-Z0-9]+/[0-9]{8}/[a-z0-9-]+/(monitoring|logs)/aws4_request, "
      "SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}");
  if (!std::regex_match(request.header("authorization"), signature)) violation("the signature's form is another");
  const auto body = Body::parse(request.body, nullptr, false);
  const std::string operation = now_asked_.substr(now_asked_.find('.') + 1);
  Body out;
  if (operation == "GetMetricData") out = metric_data(body);
  if (operation == "DescribeAlarms") out = describe_alarms(body);
  if (operation == "StartQuery") out = start_query(body);
  if (operation == "GetQueryResults") out = query_results(body);
  if (operation == "StopQuery") out = stop_query(body);
  if (out.is_null()) out = Body{{"__type", "com.amazon.coral.service#UnknownOperationException"}, {"message", "none"}};
  if (!out.contains("__type")) return testbed::answer(200, out.dump(), type);
  // The interface of metrics was another once; its clients read an error's code from here.
  const std::string code = out["__type"].get<std::string>();
  const std::string old = "x-amzn-query-error: " + code.substr(code.find('#') + 1) + ";Sender\r\n";
  return testbed::answer(400, out.dump(), type, logs ? "" : old);
}

nlohmann::json CloudWatchFake::metric_data(const Body& body) {
  only(body, {"MetricDataQueries", "StartTime", "EndTime", "NextToken", "ScanBy", "MaxDatapoints", "LabelOptions"});
  const auto start = wanted(body, "StartTime", Body::value_t::number_integer);
  const auto end = wanted(body, "EndTime", Body::value_t::number_integer);
  const auto queries = wanted(body, "MetricDataQueries", Body::value_t::array);
  if (start.is_null() || end.is_null() || queries.is_null())
    return {{"__type", "x#ValidationError"}, {"message", "members"}};
  if (start >= end) return {{"__type", "x#ValidationError"}, {"message", "StartTime must be less than EndTime"}};
  const std::string order = body.value("ScanBy", "TimestampDescending");
  if (order != "TimestampAscending" && order != "TimestampDescending") violation("ScanBy is " + order);
  const bool second_page = body.value("NextToken", "") == "page-2";
  Body results = Body::array();
  bool more = false;
  for (const auto& query : queries) {
    results.push_back(metric_result(query, start.get<std::int64_t>(), end.get<std::int64_t>(), second_page));
    more = more || results.back()["StatusCode"] == "PartialData";
  }
  Body out{{"MetricDataResults", results}, {"Messages", Body::array()}};
  if (more) out["NextToken"] = "page-2";
  return out;
}

// Sessions: 100 a period; Crashes: 1; everything else has no values. Six to a page, two pages at most.
nlohmann::json CloudWatchFake::metric_result(const Body& query, std::int64_t start, std::int64_t end,
                                             bool second_page) {
  only(query, {"Id", "MetricStat", "Expression", "Label", "ReturnData", "Period", "AccountId"});
  const auto id = wanted(query, "Id", Body::value_t::string);
  static const std::regex id_form("[a-z][a-zA-Z0-9_]*");
  if (!std::regex_match(id.is_string() ? id.get<std::string>() : "", id_form)) violation("the Id is no name");
  if (query.contains("MetricStat") == query.contains("Expression")) violation("either MetricStat or Expression");
  std::int64_t period = query.value("Period", 300);
  std::string name = query.value("Expression", "");
  if (query.contains("MetricStat")) {
    const auto& stat = query["MetricStat"];
    only(stat, {"Metric", "Period", "Stat", "Unit"});
    period = stat.value("Period", 0);
    (void)wanted(stat, "Stat", Body::value_t::string);
    const auto metric = wanted(stat, "Metric", Body::value_t::object);
    (void)wanted(metric, "Namespace", Body::value_t::string);
    for (const auto& dimension : metric.value("Dimensions", Body::array())) {
      only(dimension, {"Name", "Value"});
      (void)wanted(dimension, "Value", Body::value_t::string);
    }
    name = metric.value("MetricName", "");
  }
  if (period < 60 || period % 60 != 0) violation("the period is " + std::to_string(period));
  const double each = name.find("Sessions") != std::string::npos  ? 100
                      : name.find("Crashes") != std::string::npos ? 1
                                                                  : 0;
  Body times = Body::array(), values = Body::array();
  const std::int64_t first = start - start % period + (second_page ? k_values_a_page * period : 0);
  for (auto at = first; each > 0 && at < end && (second_page || at < first + k_values_a_page * period); at += period) {
    times.push_back(at);
    values.push_back(each);
  }
  const bool rest = !second_page && each > 0 && first + k_values_a_page * period < end;
  return {{"Id", id},
          {"Label", name},
          {"Timestamps", times},
          {"Values", values},
          {"StatusCode", rest ? "PartialData" : "Complete"}};
}

nlohmann::json CloudWatchFake::describe_alarms(const Body& body) {
  only(body, {"AlarmNames", "AlarmTypes", "NextToken", "MaxRecords", "StateValue", "AlarmNamePrefix"});
  const auto names = wanted(body, "AlarmNames", Body::value_t::array);
  const auto types = body.value("AlarmTypes", Body::array({"MetricAlarm"}));
  Body out{{"MetricAlarms", Body::array()}, {"CompositeAlarms", Body::array()}};
  for (const auto& name : names) {
    if (!name.is_string()) violation("an alarm's name is no text");
    const std::string text = name.is_string() ? name.get<std::string>() : "";
    const bool composite = text.rfind("all-", 0) == 0;
    const bool known = text.rfind("absent", 0) != 0;
    if (!known || std::find(types.begin(), types.end(), composite ? "CompositeAlarm" : "MetricAlarm") == types.end())
      continue;
    const std::string state = text.find("ringing") != std::string::npos ? "ALARM" : "OK";
    out[composite ? "CompositeAlarms" : "MetricAlarms"].push_back(
        {{"AlarmName", text}, {"StateValue", state}, {"StateUpdatedTimestamp", 1796029200.5}});
  }
  return out;
}

nlohmann::json CloudWatchFake::start_query(const Body& body) {
  only(body, {"logGroupName", "logGroupNames", "startTime", "endTime", "queryString", "limit", "queryLanguage"});
  const auto start = wanted(body, "startTime", Body::value_t::number_integer);
  const auto end = wanted(body, "endTime", Body::value_t::number_integer);
  const auto text = wanted(body, "queryString", Body::value_t::string);
  const std::string group = body.value("logGroupName", "");
  if (group.empty()) violation("no log group");
  if (start.is_null() || end.is_null() || text.is_null())
    return {{"__type", "InvalidParameterException"}, {"message", "members"}};
  if (!start.is_number_integer() || start > end || end > 100000000000) violation("times are whole seconds");
  if (group != "/app") return {{"__type", "ResourceNotFoundException"}, {"message", "Log group does not exist"}};
  const std::string id = "query-" + std::to_string(queries_.size() + 1);
  queries_[id] = text;
  return {{"queryId", id}};
}

// Scheduled, Running, Complete; a query with `sleep` in it runs for ever.
nlohmann::json CloudWatchFake::query_results(const Body& body) {
  only(body, {"queryId"});
  const auto id = wanted(body, "queryId", Body::value_t::string);
  const auto found = queries_.find(id.is_string() ? id.get<std::string>() : "");
  if (found == queries_.end()) return {{"__type", "ResourceNotFoundException"}, {"message", "no such query"}};
  const int look = ++looks_[found->first];
  const Body statistics{{"recordsMatched", 1.0}, {"recordsScanned", 2.0}, {"bytesScanned", 3.0}};
  const bool endless = found->second.find("sleep") != std::string::npos;
  if (look < 3 || endless)
    return {{"status", look == 1 ? "Scheduled" : "Running"}, {"results", Body::array()}, {"statistics", statistics}};
  const std::string value = found->second.find("crashed") != std::string::npos ? "12" : "1000";
  Body row = Body::array();
  row.push_back({{"field", "n"}, {"value", value}});
  Body rows = Body::array();
  rows.push_back(row);
  return {{"status", "Complete"}, {"results", rows}, {"statistics", statistics}};
}

nlohmann::json CloudWatchFake::stop_query(const Body& body) {
  only(body, {"queryId"});
  const auto id = wanted(body, "queryId", Body::value_t::string);
  if (queries_.count(id.is_string() ? id.get<std::string>() : "") == 0)
    violation("a query that was never started is stopped");
  return {{"success", true}};
}

}  // namespace train::contract
