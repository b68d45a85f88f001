#include "bigquery_fake.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

namespace train::contract {

using testbed::answer;
using testbed::Reply;
using testbed::SeenRequest;

namespace {

const std::string k_base = std::string("/bigquery/v2/projects/") + BigQueryFake::k_project;

// What Firebase exports, as far as the recipes read it.
const std::set<std::string> k_tables{
    "firebase_crashlytics.com_example_charge_ANDROID_REALTIME", "firebase_sessions.com_example_charge_ANDROID_REALTIME",
    "firebase_crashlytics.com_example_charge_IOS_REALTIME", "firebase_sessions.com_example_charge_IOS_REALTIME"};
const std::set<std::string> k_columns{"event_timestamp", "received_timestamp",  "application",      "display_version",
                                      "build_version",   "error_type",          "instance_id",      "session_id",
                                      "event_type",      "firebase_session_id", "installation_uuid"};
const std::set<std::string> k_words{"select",
                                    "as",
                                    "with",
                                    "from",
                                    "where",
                                    "and",
                                    "or",
                                    "not",
                                    "left",
                                    "join",
                                    "on",
                                    "union",
                                    "all",
                                    "is",
                                    "null",
                                    "group",
                                    "by",
                                    "count",
                                    "distinct",
                                    "countif",
                                    "if",
                                    "coalesce",
                                    "concat",
                                    "date",
                                    "sum",
                                    "pow",
                                    "timestamp_diff",
                                    "timestamp_seconds",
                                    "second",
                                    "safe_divide",
                                    "approx_quantiles",
                                    "offset",
                                    "using",
                                    "max",
                                    "cast",
                                    "string",
                                    "exists",
                                    "in",
                                    "struct",
                                    "cross"};

nlohmann::json error_of(int status, const std::string& reason, const std::string& message) {
  nlohmann::json one{{"message", message}, {"domain", "global"}, {"reason", reason}};
  nlohmann::json errors = nlohmann::json::array();
  errors.push_back(one);
  return {{"error", {{"code", status}, {"message", message}, {"errors", errors}}}};
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The query without its comments, strings and quoted names.
std::string bare(const std::string& query) {
  static const std::regex quoted(R"(--[^\n]*|#[^\n]*|'(\\.|[^'\\])*'|"(\\.|[^"\\])*"|`[^`]*`)");
  return std::regex_replace(query, quoted, " ");
}

std::vector<std::string> found(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> all;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) all.push_back((*at)[1]);
  return all;
}

// The columns of the outermost SELECT, which in these queries is the last.
std::vector<std::string> columns_of(const std::string& query) {
  const std::string last =
      query.substr(lower(query).rfind("\nselect") == std::string::npos ? lower(query).rfind("select")
                                                                       : lower(query).rfind("\nselect"));
  return found(last.substr(0, lower(last).rfind("\nfrom")), std::regex(R"(\b[Aa][Ss]\s+([a-z_]+)\s*(?=,|\n|$))"));
}

std::string parameter_named(const nlohmann::json& body, const std::string& name) {
  for (const auto& each : body.value("queryParameters", nlohmann::json::array())) {
    if (each.value("name", "") == name) return each["parameterValue"].value("value", "");
  }
  return {};
}

// A token's claims, or null.
nlohmann::json claims_of(const std::string& assertion) {
  const auto first = assertion.find('.'), second = assertion.rfind('.');
  if (first == std::string::npos || first == second || second + 1 >= assertion.size()) return nullptr;
  std::string bytes;
  unsigned bits = 0, have = 0;
  for (const char c : assertion.substr(first + 1, second - first - 1)) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    have += 6;
    if (have >= 8) bytes += static_cast<char>(bits >> (have -= 8) & 0xff);
  }
  return nlohmann::json::parse(bytes, nullptr, false);
}

std::string form_value(const std::string& body, const std::string& name) {
  std::smatch found;
  const std::regex pattern("(^|&)" + name + "=([^&]*)");
  return std::regex_search(body, found, pattern) ? found[2].str() : std::string();
}

}  // namespace

BigQueryFake::BigQueryFake() : server_({}, [this](const SeenRequest& request) { return answer_to(request); }) {}

std::vector<std::string> BigQueryFake::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

void BigQueryFake::count(const std::string& version, std::map<std::string, double> columns) {
  const std::lock_guard lock(mutex_);
  counts_[version] = std::move(columns);
}
void BigQueryFake::take_bytes(double bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ = bytes;
}
void BigQueryFake::end_after(int polls) {
  const std::lock_guard lock(mutex_);
  polls_ = polls;
}
void BigQueryFake::refuse(int status, const nlohmann::json& error) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back(answer(status, error_of(status, error.value("reason", ""), error.value("message", "")).dump()));
}

void BigQueryFake::only(const nlohmann::json& object, const std::set<std::string>& names) {
  if (!object.is_object()) violations_.push_back(now_asked_ + ": no object");
  for (const auto& [name, value] : object.items()) {
    if (names.count(name) == 0) violations_.push_back(now_asked_ + ": no member " + name + " is known");
    if ((name == "maximumBytesBilled" || name == "jobTimeoutMs") && !value.is_string())
      violations_.push_back(now_asked_ + ": " + name + " is an int64, which is written as a text");
  }
}

Reply BigQueryFake::answer_to(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string asked = request.target.substr(std::min(path.size() + 1, request.target.size()));
  now_asked_ = request.method + " " + path;
  if (path == "/token") return token(request);
  if (request.header("authorization") != "Bearer token-of-the-account")
    return answer(401, error_of(401, "authError", "Invalid Credentials").dump());
  if (now_asked_ == "POST " + k_base + "/queries") return query(request);
  if (now_asked_ == "POST " + k_base + "/jobs") return insert(request);
  const std::string name = path.substr(path.rfind('/') + 1);
  if (now_asked_ == "GET " + k_base + "/queries/" + name) return results(name, asked);
  if (now_asked_ == "GET " + k_base + "/jobs/" + name) return job_of(name);
  violations_.push_back(now_asked_ + ": there is no such method");
  return answer(404, error_of(404, "notFound", "Not Found").dump());
}

// RFC 7523 with Google's claims, or RFC 8693.
Reply BigQueryFake::token(const SeenRequest& request) {
  const std::string grant = form_value(request.body, "grant_type");
  bool good = grant.find("token-exchange") != std::string::npos && !form_value(request.body, "subject_token").empty() &&
              form_value(request.body, "scope").find("bigquery.readonly") != std::string::npos;
  if (grant.find("jwt-bearer") != std::string::npos) {
    const auto claims = claims_of(form_value(request.body, "assertion"));
    good = claims.is_object() && claims.value("aud", "") == server_.url("/token") && !claims.value("iss", "").empty() &&
           claims.value("scope", "").find("https://www.googleapis.com/auth/bigquery") != std::string::npos &&
           claims.value("exp", 0) - claims.value("iat", 0) <= 3660;
  }
  if (!good) return answer(400, R"({"error":"invalid_grant","error_description":"Bad claims"})");
  return answer(200, R"({"access_token":"token-of-the-account","expires_in":3599,"token_type":"Bearer",)"
                     R"("issued_token_type":"urn:ietf:params:oauth:token-type:access_token"})");
}

nlohmann::json BigQueryFake::why_refused(const nlohmann::json& body) const {
  const std::string text = body.value("query", "");
  if (body.value("useLegacySql", true)) return error_of(400, "invalidQuery", "Encountered \" \"WITH\" at line 1");
  for (const auto& table : found(text, std::regex("`([^`]*)`"))) {
    if (k_tables.count(table) == 0)
      return error_of(404, "notFound", "Not found: Table charge-prod:" + table + " was not found in location EU");
  }
  const std::string code = bare(text);
  for (const auto& name : found(code, std::regex("@([A-Za-z_]+)"))) {
    if (parameter_named(body, name).empty())
      return error_of(400, "invalidQuery", "Query parameter '" + name + "' not found at [1:1]");
  }
  const auto named = [&](const char* pattern) {
    const auto all = found(code, std::regex(pattern));
    return std::set<std::string>(all.begin(), all.end());
  };
  const auto aliases = named(R"(\b[Aa][Ss]\s+([a-z_]+))"), tables = named(R"(\b([a-z_]+)\s+[Aa][Ss]\s*\()");
  for (const auto& word : found(code, std::regex(R"((?:^|[^@A-Za-z_0-9])([A-Za-z_]+))"))) {
    if (k_words.count(lower(word)) + k_columns.count(word) + aliases.count(word) + tables.count(word) == 0)
      return error_of(400, "invalidQuery", "Unrecognized name: " + word + " at [1:1]");
  }
  const double most = std::stod(body.value("maximumBytesBilled", "1e18"));
  const bool dry = body.value("dryRun", false);
  if (!dry && bytes_ > most) {
    return error_of(400, "bytesBilledLimitExceeded",
                    "Query exceeded limit for bytes billed: " + body.value("maximumBytesBilled", "") + ".");
  }
  return nullptr;
}

nlohmann::json BigQueryFake::run(const nlohmann::json& body) const {
  nlohmann::json fields = nlohmann::json::array(), values = nlohmann::json::array();
  const auto known = counts_.find(parameter_named(body, "version"));
  for (const auto& column : columns_of(body.value("query", ""))) {
    fields.push_back({{"name", column}, {"type", "FLOAT"}, {"mode", "NULLABLE"}});
    const double value = known == counts_.end() || known->second.count(column) == 0 ? 0 : known->second.at(column);
    values.push_back({{"v", nlohmann::json(value).dump()}});
  }
  nlohmann::json rows = nlohmann::json::array();
  rows.push_back({{"f", values}});
  return {{"schema", {{"fields", fields}}}, {"rows", rows}, {"totalRows", "1"}, {"cacheHit", false}};
}

Reply BigQueryFake::query(const SeenRequest& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  only(body, {"kind",      "query",         "maxResults",           "defaultDataset", "timeoutMs",
              "dryRun",    "useQueryCache", "useLegacySql",         "parameterMode",  "queryParameters",
              "location",  "formatOptions", "connectionProperties", "labels",         "maximumBytesBilled",
              "requestId", "createSession", "jobCreationMode",      "jobTimeoutMs",   "reservation"});
  if (!refusals_.empty()) {
    const Reply first = refusals_.front();
    refusals_.erase(refusals_.begin());
    return first;
  }
  if (const auto refused = why_refused(body); !refused.is_null())
    return answer(refused["error"]["code"].get<int>(), refused.dump());
  const std::string id = "job-" + std::to_string(jobs_.size() + 1);
  nlohmann::json out{{"kind", "bigquery#queryResponse"},
                     {"jobReference", {{"projectId", k_project}, {"location", k_location}}},
                     {"totalBytesProcessed", nlohmann::json(static_cast<std::int64_t>(bytes_)).dump()},
                     {"jobComplete", true}};
  if (body.value("dryRun", false)) return answer(200, out.dump());
  out["jobReference"]["jobId"] = id;
  jobs_[id] = body;
  waiting_ = body.contains("labels") ? 2 : polls_;
  out["jobComplete"] = waiting_ == 0;
  if (waiting_ == 0) out.update(run(body));
  return answer(200, out.dump());
}

// A job is found in its own location only; without one, in the United States.
Reply BigQueryFake::results(const std::string& job, const std::string& asked) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end() || form_value(asked, "location") != k_location)
    return answer(404, error_of(404, "notFound", "Not found: Job charge-prod:" + job).dump());
  nlohmann::json out{{"kind", "bigquery#getQueryResultsResponse"},
                     {"jobReference", {{"projectId", k_project}, {"jobId", job}, {"location", k_location}}},
                     {"jobComplete", true},
                     {"totalBytesProcessed", nlohmann::json(static_cast<std::int64_t>(bytes_)).dump()}};
  if (waiting_ > 0 && --waiting_ > 0) {
    out["jobComplete"] = false;
    return answer(200, out.dump());
  }
  out.update(run(found->second));
  return answer(200, out.dump());
}

// jobs.insert, as Google's client sends it.
Reply BigQueryFake::insert(const SeenRequest& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  only(body, {"kind", "configuration", "jobReference"});
  const auto configuration = body.value("configuration", nlohmann::json::object());
  only(configuration, {"query", "dryRun", "labels", "jobTimeoutMs", "jobType", "reservation"});
  nlohmann::json asked = configuration.value("query", nlohmann::json::object());
  asked["dryRun"] = configuration.value("dryRun", false);
  if (const auto refused = why_refused(asked); !refused.is_null())
    return answer(refused["error"]["code"].get<int>(), refused.dump());
  const std::string id = body.value("jobReference", nlohmann::json::object()).value("jobId", "job-of-a-client");
  jobs_[id] = asked;
  waiting_ = 0;
  return job_of(id);
}

Reply BigQueryFake::job_of(const std::string& job) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return answer(404, error_of(404, "notFound", "Not found: Job " + job).dump());
  const std::string bytes = nlohmann::json(static_cast<std::int64_t>(bytes_)).dump();
  const nlohmann::json out{
      {"kind", "bigquery#job"},
      {"id", std::string(k_project) + ":" + k_location + "." + job},
      {"jobReference", {{"projectId", k_project}, {"jobId", job}, {"location", k_location}}},
      {"configuration", {{"jobType", "QUERY"}, {"query", found->second}}},
      {"status", {{"state", "DONE"}}},
      {"statistics", {{"totalBytesProcessed", bytes}, {"query", {{"totalBytesProcessed", bytes}}}}}};
  return answer(200, out.dump());
}

}  // namespace train::contract
