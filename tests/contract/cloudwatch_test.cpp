// The small CloudWatch, asked by Amazon's own client and by train's adapters; and train's signatures, made again by
// Amazon's own library.
#include <gmock/gmock.h>

#include <iostream>
#include <sstream>

#include "cloudwatch_fake.hpp"
#include "npm_tools.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/signals/cloudwatch.hpp"

namespace train::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using CloudJson = nlohmann::json;

constexpr const char* k_python = "/usr/bin/python3";  // the distribution's, which has the distribution's library

const Instant k_asked = *parse_rfc3339("2026-11-30T10:00:00Z");

Subject asked_subject() {
  Subject subject;
  subject.app = "android";
  subject.version = *VersionName::parse("3.4.0");
  subject.platform = "android";
  subject.start = k_asked - Duration(3600);
  subject.now = k_asked;
  return subject;
}

signals::AwsAccess access_with(const std::string& token) {
  signals::AwsAccess access;
  access.region = "eu-west-1";
  access.credentials = {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Secret(token)};
  return access;
}

Signal asked_signal(const std::string& url) {
  Signal signal;
  signal.name = "s";
  signal.url = url;
  signal.events = R"(Crashes{App="$app",AppVersion="$version"} Sum)";
  signal.exposures = R"(Sessions{App="$app",AppVersion="$version"} Sum)";
  signal.options = {{"namespace", "App"}, {"log_group", "/app"}, {"alarms", "a\nall-ringing"}};
  return signal;
}

Signal asked_logs(const std::string& url) {
  Signal signal = asked_signal(url);
  signal.events = "filter appVersion = '$version' and crashed = 1 | stats count(*) as n";
  signal.exposures = "filter appVersion = '$version' | stats count_distinct(user) as n";
  return signal;
}

// Everything that train asks Amazon for.
void ask_everything(const std::string& url, const std::string& token) {
  const auto metrics = signals::make_cloudwatch(access_with(token))->measure(asked_signal(url), asked_subject());
  EXPECT_EQ(metrics.state, Measurement::State::measured) << metrics.detail;
  EXPECT_EQ(metrics.counts, (Counts{12, 1200})) << "two pages";
  Signal expression = asked_signal(url);
  expression.kind = SignalKind::level;
  expression.value = "SELECT MAX(Sessions) FROM \"App\" WHERE AppVersion = '$version'";
  expression.options.erase("namespace");
  const auto level = signals::make_cloudwatch(access_with(token))->measure(expression, asked_subject());
  EXPECT_EQ(level.value, 100) << level.detail;
  Signal alarm = asked_signal(url);
  alarm.kind = SignalKind::alarm;
  const auto raised = signals::make_cloudwatch_alarm(access_with(token))->measure(alarm, asked_subject());
  EXPECT_TRUE(raised.raised);
  EXPECT_EQ(raised.detail, "in alarm: all-ringing");
  const auto logs = signals::make_cloudwatch_logs(access_with(token))->measure(asked_logs(url), asked_subject());
  EXPECT_EQ(logs.counts, (Counts{12, 1000})) << logs.detail;
  Signal endless = asked_logs(url);
  endless.exposures = "sleep | stats count(*) as n";
  const auto stopped = signals::make_cloudwatch_logs(access_with(token))->measure(endless, asked_subject());
  EXPECT_EQ(stopped.state, Measurement::State::failed);
}

TEST(CloudWatchContract, TrainAsksAsTheInterfaceWantsIt) {
  CloudWatchFake fake;
  ask_everything(fake.url(), "token");
  EXPECT_EQ(fake.violations(), std::vector<std::string>{});
  EXPECT_EQ(fake.operations().size(), 5u);
}

std::vector<std::string> said_by_client(const ProcessOutput& output) {
  std::vector<std::string> all;
  std::istringstream lines(output.out);
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

TEST(CloudWatchContract, AmazonsOwnClientUnderstandsTheFake) {
  const auto why = why_not("@aws-sdk/client-cloudwatch");
  if (!why.empty()) GTEST_SKIP() << "Amazon's client did not run: " << why;
  CloudWatchFake fake;
  ProcessRequest request;
  request.argv = {"node", std::string(TRAIN_SOURCE_DIR) + "/tests/contract/node/cloudwatch_calls.js"};
  request.environment = {{"NODE_PATH", npm_modules().string()}, {"AWS_URL", fake.url()}};
  request.timeout_seconds = 120;
  const auto output = run_process(request);
  ASSERT_TRUE(output);
  ASSERT_EQ(output->exit_code, 0) << output->out << output->err;
  const auto said = said_by_client(*output);
  EXPECT_THAT(said, ElementsAre(HasSubstr(R"("status":"PartialData","first":"2026-11-30T09:00:00.000Z")"),
                                HasSubstr(R"("status":"Complete","first":"2026-11-30T09:30:00.000Z")"),
                                R"({"what":"sum","value":1200})", HasSubstr("StartTime must be less than EndTime"),
                                R"({"what":"alarms","value":[["a","OK",true],["all-ringing","ALARM",true]]})",
                                HasSubstr("Scheduled"), HasSubstr("Running"),
                                HasSubstr(R"("results":[[{"field":"n","value":"1000"}]],"scanned":"number")"),
                                R"({"what":"stopped","value":true})", HasSubstr("ResourceNotFoundException")));
  EXPECT_EQ(fake.violations(), std::vector<std::string>{});
  EXPECT_EQ(fake.operations().size(), 5u);
  std::cout << fake.requests().size() << " requests, " << fake.operations().size() << " operations\n";
}

CloudJson headers_of(const testbed::SeenRequest& request) {
  CloudJson headers = CloudJson::object();
  const auto lines = split(request.head, '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == std::string::npos) continue;
    headers[lines[i].substr(0, colon)] = std::string(trim(std::string_view(lines[i]).substr(colon + 1)));
  }
  return headers;
}

TEST(CloudWatchContract, AmazonsOwnLibrarySignsTheSame) {
  ProcessRequest probe;
  probe.argv = {k_python, "-c", "import botocore.auth"};
  const auto there = run_process(probe);
  if (!there || there->exit_code != 0) {
    GTEST_SKIP() << "Amazon's library for Python is not installed: scripts/setup --test";
  }
  CloudWatchFake fake;
  ask_everything(fake.url(), "");
  ask_everything(fake.url() + "/", "AQoDYXdzEPT//////////wEXAMPLE+tc764bNrC9SAPBSM22wDOk4x4HIZ8j4==");
  CloudJson requests = CloudJson::array();
  for (const auto& seen : fake.requests()) {
    requests.push_back({{"method", seen.method},
                        {"url", fake.url() + seen.target},
                        {"headers", headers_of(seen)},
                        {"body", seen.body},
                        {"service", seen.header("x-amz-target").find("Logs_") == 0 ? "logs" : "monitoring"}});
  }
  ProcessRequest compare;
  compare.argv = {k_python, std::string(TRAIN_SOURCE_DIR) + "/tests/contract/aws_signatures.py", "AKIDEXAMPLE",
                  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-west-1"};
  compare.input = requests.dump();
  const auto output = run_process(compare);
  ASSERT_TRUE(output) << (output ? "" : output.error().text());
  EXPECT_EQ(output->exit_code, 0) << output->out << output->err;
  std::cout << output->out;
}

}  // namespace
}  // namespace train::contract
