// Before the first release: usage, bad definitions, secrets, the examples, `init`.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "setup_fixture.hpp"
#include "train/base/files.hpp"
#include "unit/signing/test_keys.hpp"

namespace train::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Beginning = Workplace;

struct UsageCase {
  std::string name;
  std::vector<std::string> arguments;
  std::string says;
};

class BadUsage : public Workplace, public testing::WithParamInterface<UsageCase> {};

TEST_P(BadUsage, IsExitTwoWithNothingOnStdout) {
  const auto ran = train(GetParam().arguments);
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(, BadUsage,
                         testing::Values(UsageCase{"no_command", {}, "train --help"},
                                         UsageCase{"unknown_command", {"stat"}, "There is no command `stat`"},
                                         UsageCase{"empty_command", {""}, "train --help"},
                                         UsageCase{"unknown_flag", {"check", "--offlin"}, "--offlin"},
                                         UsageCase{"unknown_output", {"check", "-o", "yaml"}, "yaml"},
                                         UsageCase{"missing_argument", {"approve"}, "ITEM"},
                                         UsageCase{"no_definition", {"status"}, "train.yaml"},
                                         UsageCase{"init_without_flags", {"init"}, "--train"}),
                         [](const auto& row) { return row.param.name; });

TEST_F(Beginning, EveryProblemOfADefinitionIsToldAtOnce) {
  write("train.yaml", "version: 1\ntrain: charge\napps:\n  ios: { store: app_stor }\nnotify: 7\n");
  const auto ran = train({"check", "--offline"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("train.yaml:4:"));
  EXPECT_THAT(ran.err, HasSubstr("train.yaml:5:"));
  const auto json = nlohmann::json::parse(train({"check", "--offline", "-o", "json"}).out, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["ok"], false);
  EXPECT_GE(json["lines"].size(), 2U);
}

const std::string k_android =
    "version: 1\ntrain: charge\napps:\n  android:\n    store: google_play\n    package: com.example.charge\n"
    "    credentials: { service_account: file:keys/play.json }\nnotify:\n  - slack: env:TRAIN_TEST_SLACK\n";

TEST_F(Beginning, MissingSecretsAreExitTwoAndAllNamed) {
  write("train.yaml", k_android);
  for (const auto* command : {"check", "advance"}) {
    const auto ran = train({command});
    EXPECT_EQ(ran.exit_code, 2) << command;
    EXPECT_THAT(ran.out + ran.err, HasSubstr("keys/play.json")) << command;
  }
  EXPECT_THAT(train({"check"}).out, HasSubstr("TRAIN_TEST_SLACK"));
  EXPECT_FALSE(fs::exists(directory_ / ".train")) << "nothing was touched";
}

TEST_F(Beginning, AKeyFileThatOthersMayReadIsExitTwo) {
  const auto sandbox = start_sandbox();
  write("train.yaml", k_android);
  write_keys(sandbox->credentials());
  fs::permissions(directory_ / "keys/play.json", fs::perms::others_read, fs::perm_options::add);
  for (const auto* command : {"check", "plan"}) {
    const auto ran = train({command}, {{"TRAIN_TEST_SLACK", "http://127.0.0.1:9/"}});
    EXPECT_EQ(ran.exit_code, 2) << command;
    EXPECT_THAT(ran.out + ran.err, HasSubstr("keys/play.json")) << command;
  }
}

TEST_F(Beginning, TheExamplesPassTheOfflineCheck) {
  const auto sandbox = start_sandbox();
  write_keys(sandbox->credentials());
  write("keys/webhook.url", "https://hooks.example.com/x");
  const auto upload = signing::make_ec_key("upload");
  for (const auto* key : {"keys/dist.p12", "keys/upload.p12"}) {
    write(key, "");
    signing::write_keystore(directory_ / key, signing::pkcs12_of({&upload}, "https://hush.example.com/"));
  }
  write("notes/rollback/en-US.txt", "The previous version is back.");
  const auto pass = write("bin/pass", "#!/bin/sh\ntr -d '\\n' < \"$HOME/keys/play.json\"\n", fs::perms::owner_all);
  Environment more{{"PATH", pass.parent_path().string() + ":/usr/bin:/bin"}};
  for (const auto* name : {"SLACK_WEBHOOK", "PAGER_WEBHOOK", "CI_TOKEN", "FLAGS_TOKEN", "METRICS_TOKEN", "P12_PASSWORD",
                           "KS_PASSWORD", "ZENDESK_AUTHORIZATION"}) {
    more[name] = "https://hush.example.com/";
  }
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(TRAIN_SOURCE_DIR) / "config")) {
    if (entry.path().extension() != ".yaml") continue;
    write("train.yaml", *read_file(entry.path(), 1 << 20));
    const auto ran = train({"check", "--offline"}, more);
    EXPECT_EQ(ran.exit_code, 0) << entry.path() << "\n" << ran.out << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr("hush.example"))) << "a secret was shown";
    ++checked;
  }
  EXPECT_GE(checked, 5);
  EXPECT_FALSE(fs::exists(directory_ / ".train")) << "check writes nothing";
}

TEST_F(Beginning, InitThenCheck) {
  const auto sandbox = start_sandbox();
  const auto init = train({"init", "--train", "charge", "--ios", "com.example.charge", "--android",
                           "com.example.charge", "--timezone", "Europe/Berlin"});
  EXPECT_EQ(init.exit_code, 0) << init.err;
  EXPECT_THAT(init.out, IsEmpty());
  EXPECT_EQ(train({"check", "--offline"}).exit_code, 2) << "the credentials are not there yet";
  write_keys(sandbox->credentials());
  const auto check = train({"check", "--offline"});
  EXPECT_EQ(check.exit_code, 0) << check.out << check.err;
  EXPECT_THAT(check.out, HasSubstr("no gate decides"));
  EXPECT_EQ(train({"init", "--train", "other", "--ios", "com.example.other"}).exit_code, 2) << "it is there already";
}

TEST_F(Beginning, VersionNeedsNoDefinition) {
  const auto ran = train({"version"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, testing::StartsWith("train "));
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST_F(Beginning, HelpOfACommandBeginsWithAnExample) {
  const auto ran = train({"check", "--help"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, testing::StartsWith("Example:\n  train check\n"));
}

}  // namespace
}  // namespace train::e2e
