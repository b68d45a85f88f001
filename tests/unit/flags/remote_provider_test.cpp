// Flags behind a URL and behind a command: set, read back, and only then done.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/scripted_server.hpp"
#include "train/flags/providers.hpp"

namespace train::flags {
namespace {

using testbed::answer;
using testbed::Reply;
using testbed::ScriptedServer;

Flag flag_at(const std::string& url) {
  Flag flag;
  flag.name = "new_checkout";
  flag.url = url;
  return flag;
}

std::unique_ptr<FlagProvider> provider() { return make_http_provider(nullptr, {{"X-Api-Key", Secret("canary-key")}}); }

struct ReadCase {
  const char* name;
  Reply reply;
  const char* value;  // nullptr: an error
  ErrorKind kind = ErrorKind::internal;
};
class HttpGet : public ::testing::TestWithParam<ReadCase> {};

TEST_P(HttpGet, ReadsOneValue) {
  ScriptedServer server({GetParam().reply, GetParam().reply, GetParam().reply});
  const auto value = provider()->get(flag_at(server.url("/flag")));
  EXPECT_EQ(server.requests().at(0).header("x-api-key"), "canary-key");
  if (GetParam().value != nullptr) {
    ASSERT_TRUE(value) << value.error().text();
    EXPECT_EQ(*value, GetParam().value);
    return;
  }
  ASSERT_FALSE(value) << *value;
  EXPECT_EQ(to_string(value.error().kind), to_string(GetParam().kind)) << value.error().text();
  EXPECT_EQ(value.error().text().find("canary"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    , HttpGet,
    ::testing::Values(ReadCase{"json_text", answer(200, "\"on\"\n"), "on"},
                      ReadCase{"json_true", answer(200, "true"), "true"},
                      ReadCase{"json_number", answer(200, "12"), "12"},
                      ReadCase{"plain_text", answer(200, "on\n"), "on"},
                      ReadCase{"object", answer(200, R"({"value":1})"), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"null_value", answer(200, "null"), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"page", answer(200, "<html>"), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"half_a_text", answer(200, "\"on"), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"nothing", answer(200, ""), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"lines", answer(200, "a\nb"), nullptr, ErrorKind::invalid_answer},
                      ReadCase{"absent", answer(404, ""), nullptr, ErrorKind::not_found},
                      ReadCase{"unauthorized", answer(401, "you sent canary-key"), nullptr, ErrorKind::auth},
                      ReadCase{"busy", answer(503, ""), nullptr, ErrorKind::unreachable}),
    [](const auto& row) { return std::string(row.param.name); });

struct RemoteSetCase {
  const char* name;
  std::vector<Reply> script;
  bool done;
  ErrorKind kind;
  const char* says;
};
class HttpSet : public ::testing::TestWithParam<RemoteSetCase> {};

TEST_P(HttpSet, IsDoneOnlyWhenItReadsSo) {
  ScriptedServer server(GetParam().script);
  const auto set = provider()->set(flag_at(server.url("/flag")), "false");
  EXPECT_EQ(server.request_count(), GetParam().script.size());
  EXPECT_EQ(server.requests().at(0).method, "PUT");
  EXPECT_EQ(server.requests().at(0).body, "false");
  EXPECT_EQ(server.requests().at(0).header("content-type"), "application/json");
  EXPECT_EQ(set.has_value(), GetParam().done);
  if (!set && !GetParam().done) {
    EXPECT_EQ(to_string(set.error().kind), to_string(GetParam().kind)) << set.error().text();
    EXPECT_NE(set.error().message.find(GetParam().says), std::string::npos) << set.error().text();
  }
}

const Reply k_closed{"", Reply::Then::close};
INSTANTIATE_TEST_SUITE_P(
    , HttpSet,
    ::testing::Values(RemoteSetCase{"set_and_read", {answer(204, ""), answer(200, "false")}, true, {}, ""},
                      RemoteSetCase{"set_but_reads_otherwise",
                                    {answer(200, ""), answer(200, "true")},
                                    false,
                                    ErrorKind::refused,
                                    "to \"false\" was accepted, but it reads \"true\""},
                      RemoteSetCase{"set_but_unreadable",
                                    {answer(200, ""), answer(404, "")},
                                    false,
                                    ErrorKind::unknown_outcome,
                                    "was accepted, and reading it back failed"},
                      RemoteSetCase{"lost_but_applied", {k_closed, answer(200, "false")}, true, {}, ""},
                      RemoteSetCase{"lost_and_not_applied",
                                    {k_closed, answer(200, "true")},
                                    false,
                                    ErrorKind::unreachable,
                                    "it reads \"true\""},
                      RemoteSetCase{"lost_and_unreadable",
                                    {k_closed, answer(404, "")},
                                    false,
                                    ErrorKind::unknown_outcome,
                                    "did not go through"},
                      RemoteSetCase{"busy_but_applied", {answer(503, ""), answer(200, "false")}, true, {}, ""},
                      RemoteSetCase{"refused", {answer(403, "")}, false, ErrorKind::refused, "403"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HttpFlags, TextIsSentAsAJsonTextAndTheMethodIsChecked) {
  ScriptedServer server({answer(200, ""), answer(200, "\"half \\\"on\\\"\"")});
  Flag flag = flag_at(server.url("/flag"));
  flag.method = "POST";
  ASSERT_TRUE(provider()->set(flag, "half \"on\""));
  EXPECT_EQ(server.requests().at(0).method, "POST");
  EXPECT_EQ(server.requests().at(0).body, R"("half \"on\"")");
  flag.method = "BREW";
  EXPECT_EQ(to_string(provider()->set(flag, "on").error().kind), to_string(ErrorKind::definition));
}

// ---- a command ---------------------------------------------------------------------------------------------------

class ExecFlags : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/train-exec-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
    flag_.name = "new_checkout";
    flag_.parameter = "checkout enabled";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void use_script(const std::string& body) {
    const auto path = directory_ / "flags.sh";
    std::ofstream(path) << "store='" << (directory_ / "value").string() << "'\n" << body;
    flag_.exec = {"/bin/sh", path.string()};
  }

  std::filesystem::path directory_;
  Flag flag_;
  std::unique_ptr<FlagProvider> provider_ = make_exec_provider();
};

TEST_F(ExecFlags, SetsThenReadsBack) {
  use_script(R"(test "$2" = "checkout enabled" || exit 9
if [ "$1" = set ]; then printf '%s' "$3" > "$store"; else cat "$store"; echo; fi)");
  const auto set = provider_->set(flag_, "it's $(off)");
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(provider_->get(flag_).value(), "it's $(off)");
}

TEST_F(ExecFlags, ACommandThatDoesNothingIsNotBelieved) {
  use_script("if [ \"$1\" = get ]; then echo on; fi");
  const auto set = provider_->set(flag_, "off");
  ASSERT_FALSE(set);
  EXPECT_EQ(to_string(set.error().kind), to_string(ErrorKind::refused));
  EXPECT_NE(set.error().message.find("but it reads \"on\""), std::string::npos) << set.error().text();
}

TEST_F(ExecFlags, AFailureThatAppliedIsDoneAndOneThatDidNotSaysWhy) {
  use_script(R"(if [ "$1" = set ]; then echo off > "$store"; exit 3; else cat "$store"; fi)");
  EXPECT_TRUE(provider_->set(flag_, "off"));
  use_script(R"(if [ "$1" = set ]; then echo "no permission" >&2; exit 3; else echo on; fi)");
  const auto set = provider_->set(flag_, "off");
  ASSERT_FALSE(set);
  EXPECT_EQ(to_string(set.error().kind), to_string(ErrorKind::refused));
  EXPECT_NE(set.error().message.find("ended with 3: no permission"), std::string::npos) << set.error().text();
  use_script("exit 3");
  EXPECT_EQ(to_string(provider_->set(flag_, "off").error().kind), to_string(ErrorKind::unknown_outcome));
}

TEST_F(ExecFlags, ARelativeCommandIsFoundBesideTheDefinition) {
  use_script("echo beside");
  flag_.exec = {"/bin/sh", "./flags.sh"};
  EXPECT_FALSE(provider_->get(flag_)) << "where the tests were started there is no such file";
  EXPECT_EQ(make_exec_provider(directory_)->get(flag_).value(), "beside");
}

TEST_F(ExecFlags, ACommandThatIsNotThereIsRefused) {
  flag_.exec = {(directory_ / "absent").string()};
  const auto value = provider_->get(flag_);
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("new_checkout"), std::string::npos) << value.error().text();
  flag_.exec.clear();
  EXPECT_EQ(to_string(provider_->get(flag_).error().kind), to_string(ErrorKind::definition));
  EXPECT_EQ(to_string(provider_->set(flag_, "off").error().kind), to_string(ErrorKind::definition));
}

}  // namespace
}  // namespace train::flags
