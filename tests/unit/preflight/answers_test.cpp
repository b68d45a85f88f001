// What each line says for each kind of answer: only an answer allows a conclusion, and a look that failed is never
// taken for absence.
#include "answers.hpp"

#include <functional>
#include <vector>

#include "train/preflight/preflight.hpp"
#include "train/preflight/secrets.hpp"

namespace train::preflight {
namespace {

constexpr std::string_view k_answered_definition = R"(version: 1
train: charge
apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: { key_id: env:K, private_key: file:k.p8 }
signals:
  crashes: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x }
  stars: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x }
gates: [{ signal: crashes, limit: 1%, on_breach: pause }]
flags:
  checkout: { provider: file, path: f.json, risky: true, value_off: "false" }
  banner: { provider: file, path: f.json }
standby:
  ios: { source: "live-{version}.ipa", identity: file:d.p12, notes: "n/{locale}.txt" }
)";

const LiveVersion k_live{*VersionName::parse("3.3.0"), *BuildNumber::parse("330")};

Measurement counted_crashes() {
  Measurement out;
  out.state = Measurement::State::measured;
  out.counts = {12, 40210};
  return out;
}

Answers all_answered() {
  StoreView view;
  view.live = k_live;
  Answers out{{}, {}, {}, {}, std::vector<Event>()};
  out.stores.emplace("ios", StoreAnswers{std::vector<Store::Probe>{{"key", true, "accepted", "", false}}, view});
  out.flags.emplace("checkout", "true");
  out.flags.emplace("banner", "on");
  out.signals.emplace(std::pair("ios", "crashes"), counted_crashes());
  out.signals.emplace(std::pair("ios", "stars"), counted_crashes());
  out.standbys.emplace("ios", StandbyAnswers{Done{}, Notes{{"de-DE", "x"}, {"en-US", "y"}},
                                             ArchiveIdentity{"com.example.charge", k_live.version, k_live.build, ""}});
  return out;
}

using Change = std::function<void(Answers&)>;

Change live_fails(ErrorKind kind) {
  return [kind](Answers& a) { a.stores.at("ios").view = tl::unexpected(failed(kind)); };
}
void nothing_is_live(Answers& a) { a.stores.at("ios").view->live.reset(); }
void nothing(Answers&) {}
Change flag_fails(const char* flag, ErrorKind kind) {
  return [flag, kind](Answers& a) { a.flags.at(flag) = tl::unexpected(failed(kind)); };
}
Change measured_as(const char* signal, Measurement::State state) {
  return [signal, state](Answers& a) {
    auto& measurement = a.signals.at({"ios", signal});
    measurement->state = state;
    measurement->detail = "why";
  };
}
void signal_is_refused(Answers& a) {
  measured_as("crashes", Measurement::State::failed)(a);
  a.signals.at({"ios", "crashes"})->unauthorized = true;
}
Change log_fails(ErrorKind kind) {
  return [kind](Answers& a) { a.log = tl::unexpected(failed(kind)); };
}
Change key_fails(ErrorKind kind) {
  return [kind](Answers& a) { a.standbys.at("ios").key = tl::unexpected(failed(kind)); };
}
Change notes_fail(ErrorKind kind) {
  return [kind](Answers& a) { a.standbys.at("ios").notes = tl::unexpected(failed(kind)); };
}
Change archive_fails(ErrorKind kind) {
  return [kind](Answers& a) { a.standbys.at("ios").archive = tl::unexpected(failed(kind)); };
}
void archive_is_older(Answers& a) { a.standbys.at("ios").archive->version = *VersionName::parse("3.2.0"); }
void account_is_refused(Answers& a) {
  a.stores.at("ios") = {tl::unexpected(failed(ErrorKind::auth)), tl::unexpected(failed(ErrorKind::auth))};
}

struct AnswerCase {
  std::string name;
  Change change;
  std::string subject;
  Said wanted;
};

class EachAnswer : public testing::TestWithParam<AnswerCase> {};

TEST_P(EachAnswer, IsSaid) {
  auto answers = all_answered();
  GetParam().change(answers);
  const auto lines = launch_risks(loaded(k_answered_definition), answers, RunsOn::own_machine, Instant{});
  const auto* line = line_of(lines, GetParam().subject);
  ASSERT_NE(line, nullptr);
  expect_said(*line, GetParam().wanted);
}

constexpr auto k_ok = Level::ok;
constexpr auto k_warning = Level::warning;
constexpr auto k_failure = Level::failure;
constexpr auto k_auth = ErrorKind::auth;
constexpr auto k_away = ErrorKind::unreachable;
constexpr auto k_garbled = ErrorKind::invalid_answer;
constexpr auto k_none = ErrorKind::not_found;
const std::string k_back = "what came back";

std::vector<AnswerCase> about_stores() {
  const std::string halt = "cannot tell what a halt would leave users with: the App Store ";
  return {
      {"live", nothing, "live version", {k_ok, "3.3.0 (build 330)"}},
      {"live_absent",
       nothing_is_live,
       "live version",
       {k_warning, "no version is live yet: this would be a first release"}},
      {"live_refused", live_fails(k_auth), "live version", {k_failure, k_back, k_auth}},
      {"live_unreachable", live_fails(k_away), "live version", {k_failure, k_back, k_away}},
      {"live_unreadable", live_fails(k_garbled), "live version", {k_failure, k_back, k_garbled}},
      {"live_no_such_app", live_fails(k_none), "live version", {k_failure, k_back, k_none}},
      {"account_refused", account_is_refused, "account", {k_failure, k_back, k_auth}},
      {"halt", nothing, "ios halt", {k_ok, "can be halted until 100 %, not after"}},
      {"halt_absent",
       nothing_is_live,
       "ios halt",
       {k_warning, "no earlier version is live: a first release cannot be halted"}},
      {"halt_refused",
       live_fails(k_auth),
       "ios halt",
       {k_failure, halt + "refused to say which version is live", k_auth}},
      {"halt_unreachable",
       live_fails(k_away),
       "ios halt",
       {k_failure, halt + "could not be asked which version is live", k_away}},
      {"halt_unreadable",
       live_fails(k_garbled),
       "ios halt",
       {k_failure, halt + "gave no readable answer to which version is live", k_garbled}},
      {"halt_no_such_app",
       live_fails(k_none),
       "ios halt",
       {k_failure, halt + "refused to say which version is live", k_none}},
      {"halt_account_refused",
       account_is_refused,
       "ios halt",
       {k_failure, halt + "refused to say which version is live", k_auth}},
  };
}

std::vector<AnswerCase> about_signals() {
  const std::string who = "cannot tell whether it answers: the App Store ";
  return {
      {"signal", nothing, "ios crashes", {k_ok, "12 of 40210 for 3.3.0"}},
      {"signal_absent",
       measured_as("crashes", Measurement::State::no_data),
       "ios crashes",
       {k_failure, "no data for the live version 3.3.0: why"}},
      {"signal_stale",
       measured_as("crashes", Measurement::State::stale),
       "ios crashes",
       {k_failure, "no current data for the live version 3.3.0: why"}},
      {"signal_failed",
       measured_as("crashes", Measurement::State::failed),
       "ios crashes",
       {k_failure, "could not be asked about the live version 3.3.0: why"}},
      {"signal_refused_credentials",
       signal_is_refused,
       "ios crashes",
       {k_failure, "could not be asked about the live version 3.3.0: why", k_auth}},
      {"signal_of_no_gate",
       measured_as("stars", Measurement::State::failed),
       "ios stars",
       {k_warning, "could not be asked about the live version 3.3.0: why"}},
      {"signal_first_release",
       nothing_is_live,
       "ios crashes",
       {k_warning, "not asked: no version is live that it could be asked about"}},
      {"signal_live_refused",
       live_fails(k_auth),
       "ios crashes",
       {k_failure, who + "refused to say which version is live", k_auth}},
      {"signal_live_unreachable",
       live_fails(k_away),
       "ios crashes",
       {k_failure, who + "could not be asked which version is live", k_away}},
      {"signal_live_unreadable",
       live_fails(k_garbled),
       "ios crashes",
       {k_failure, who + "gave no readable answer to which version is live", k_garbled}},
      {"signal_of_no_gate_live_unreachable",
       live_fails(k_away),
       "ios stars",
       {k_warning, who + "could not be asked which version is live"}},
  };
}

std::vector<AnswerCase> about_flags() {
  return {
      {"flag", nothing, "flag checkout", {k_ok, "is true, off is false"}},
      {"flag_off",
       [](Answers& a) { a.flags.at("checkout") = "false"; },
       "flag checkout",
       {k_ok, "is false: off already"}},
      {"flag_absent", flag_fails("checkout", k_none), "flag checkout", {k_failure, k_back, k_none}},
      {"flag_refused", flag_fails("checkout", k_auth), "flag checkout", {k_failure, k_back, k_auth}},
      {"flag_unreachable", flag_fails("checkout", k_away), "flag checkout", {k_failure, k_back, k_away}},
      {"flag_unreadable", flag_fails("checkout", k_garbled), "flag checkout", {k_failure, k_back, k_garbled}},
      {"flag_of_no_playbook", flag_fails("banner", k_away), "flag banner", {k_warning, k_back}},
  };
}

std::vector<AnswerCase> about_the_log() {
  const std::string ticks = "cannot tell whether `train advance` runs often enough: the log ";
  const std::string standby = "cannot tell whether it is in the store: the log ";
  return {
      {"log", nothing, "log", {k_ok, "0 events, readable"}},
      {"log_unreachable", log_fails(k_away), "log", {k_failure, k_back, k_away}},
      {"log_damaged", log_fails(ErrorKind::corrupt_state), "log", {k_failure, k_back, ErrorKind::corrupt_state}},
      {"standby_log_damaged",
       log_fails(ErrorKind::corrupt_state),
       "ios standby",
       {k_failure, standby + "gave no readable answer to how far it is", ErrorKind::corrupt_state}},
      {"standby_log_unreachable",
       log_fails(k_away),
       "ios standby",
       {k_failure, standby + "could not be asked how far it is", k_away}},
      {"standby_log_refused",
       log_fails(k_auth),
       "ios standby",
       {k_failure, standby + "refused to say how far it is", k_auth}},
      {"ticks_log_damaged",
       log_fails(ErrorKind::corrupt_state),
       "ios ticks",
       {k_warning, ticks + "gave no readable answer to when it ran"}},
      {"risks_log_unreachable",
       log_fails(k_away),
       "launch risks",
       {k_failure,
        "cannot tell whether they may wait: the log could not be asked whether a release is open and what was waived",
        k_away}},
  };
}

std::vector<AnswerCase> about_standbys() {
  return {
      {"key", nothing, "ios standby key", {k_ok, "d.p12 opens with its password"}},
      {"key_absent", key_fails(k_none), "ios standby key", {k_failure, k_back, k_none}},
      {"key_loose", key_fails(ErrorKind::definition), "ios standby key", {k_failure, k_back, ErrorKind::definition}},
      {"notes", nothing, "ios standby notes", {k_ok, "de-DE, en-US"}},
      {"notes_absent", notes_fail(k_none), "ios standby notes", {k_failure, k_back, k_none}},
      {"notes_unreadable",
       notes_fail(ErrorKind::refused),
       "ios standby notes",
       {k_failure, k_back, ErrorKind::refused}},
      {"archive", nothing, "ios standby source", {k_ok, "com.example.charge 3.3.0 (330), which is live"}},
      {"archive_older",
       archive_is_older,
       "ios standby source",
       {k_warning, "is com.example.charge 3.2.0 (330), but com.example.charge 3.3.0 (330) is live"}},
      {"archive_absent", archive_fails(k_none), "ios standby source", {k_warning, k_back}},
      {"archive_unreadable", archive_fails(ErrorKind::refused), "ios standby source", {k_warning, k_back}},
      {"archive_first_release",
       nothing_is_live,
       "ios standby source",
       {k_ok, "not needed: no version is live that a standby could be made of"}},
      {"archive_live_unreachable",
       live_fails(k_away),
       "ios standby source",
       {k_warning,
        "cannot tell which archive a standby is made of: the App Store could not be asked which version is live"}},
  };
}

std::string case_name(const testing::TestParamInfo<AnswerCase>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(Stores, EachAnswer, testing::ValuesIn(about_stores()), case_name);
INSTANTIATE_TEST_SUITE_P(Signals, EachAnswer, testing::ValuesIn(about_signals()), case_name);
INSTANTIATE_TEST_SUITE_P(Flags, EachAnswer, testing::ValuesIn(about_flags()), case_name);
INSTANTIATE_TEST_SUITE_P(Log, EachAnswer, testing::ValuesIn(about_the_log()), case_name);
INSTANTIATE_TEST_SUITE_P(Standbys, EachAnswer, testing::ValuesIn(about_standbys()), case_name);

TEST(NobodyAsked, NoLineConcludesAnythingAndNothingFailsForIt) {
  const auto definition = loaded(k_answered_definition);
  auto answers = nobody_asked(definition, "--offline");
  answers.log = std::vector<Event>();
  const auto lines = launch_risks(definition, answers, RunsOn::own_machine, Instant{});
  for (const char* subject : {"ios halt", "ios crashes", "ios stars", "flag checkout", "flag banner", "account",
                              "ios standby key", "ios standby notes", "ios standby source"}) {
    const auto* line = line_of(lines, subject);
    ASSERT_NE(line, nullptr);
    EXPECT_EQ(to_string(line->level), "not_asked") << subject;
    EXPECT_EQ(line->sentence, "not asked: --offline");
  }
  for (const auto& line : lines) EXPECT_NE(to_string(line.level), "failed") << line.subject << ": " << line.sentence;
}

TEST(SecretLines, EachSecretIsNamedAndNeverShown) {
  const auto definition = loaded(k_answered_definition);
  std::vector<SecretAnswer> answers;
  for (auto& secret : needed_secrets(definition)) answers.push_back({secret, Done{}});
  ASSERT_EQ(answers.size(), 2U);
  answers[1].answer = tl::unexpected(failed(ErrorKind::definition));
  const auto lines = secret_lines(definition, answers);
  expect_said(lines[0], {Level::ok, "env:K"});
  expect_said(lines[1], {Level::failure, k_back, ErrorKind::definition});
}

TEST(AccountLines, RefusedCredentialsAreToldOnceWithTheKindOfTheLook) {
  auto answers = all_answered();
  auto& store = answers.stores.at("ios");
  store.account->front() = {"key", false, "the store answered 401", "Make a new key.", false};
  store.view = tl::unexpected(failed(ErrorKind::auth));
  const auto definition = loaded(k_answered_definition);
  const auto lines = store_lines(definition.apps[0], store);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].remedy, "Make a new key.");
  expect_said(lines[0], {Level::failure, "the store answered 401", ErrorKind::auth});
}

}  // namespace
}  // namespace train::preflight
