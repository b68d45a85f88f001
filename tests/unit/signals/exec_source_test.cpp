// Numbers from a command.
#include "odd_answers.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;

Signal command_of(const std::string& script) {
  Signal signal;
  signal.name = "crashes";
  signal.source = "exec";
  signal.exec = {"/bin/sh", "-c", script};
  return signal;
}

Measurement run(const Signal& signal, int timeout_seconds = 60) {
  return make_exec_source("/tmp", timeout_seconds)->measure(signal, asked_subject());
}

struct ExecCase {
  const char* name;
  std::string script;
  State state;
  const char* says = "";
  Counts counts = {};
};
void PrintTo(const ExecCase& row, std::ostream* out) { *out << row.name; }
class Exec : public ::testing::TestWithParam<ExecCase> {};
TEST_P(Exec, IsReadStrictly) {
  const Measurement seen = run(command_of(GetParam().script));
  EXPECT_EQ(seen.state, GetParam().state) << seen.detail;
  EXPECT_NE(seen.detail.find(GetParam().says), std::string::npos) << seen.detail;
  EXPECT_EQ(seen.counts, GetParam().counts);
}
std::string printing(const std::string& json) { return "echo '" + json + "'"; }
INSTANTIATE_TEST_SUITE_P(
    , Exec,
    ::testing::Values(
        ExecCase{"x_and_n", printing(R"({"x":1,"n":10})"), State::measured, "", {1, 10}},
        ExecCase{"events_and_exposures", printing(R"({"events":1,"exposures":"10"})"), State::measured, "", {1, 10}},
        ExecCase{"no_events", printing(R"({"n":10})"), State::no_data, "absent_is_zero"},
        ExecCase{"nothing", printing("{}"), State::no_data, "the exposures number is not in what the command printed"},
        ExecCase{"nan", printing(R"({"x":"NaN","n":10})"), State::failed, "events: what stands at /x is \"NaN\""},
        ExecCase{"negative", printing(R"({"x":-1,"n":10})"), State::failed, "negative"},
        ExecCase{"more_events", printing(R"({"x":11,"n":10})"), State::failed, "more events (11) than exposures (10)"},
        ExecCase{"as_of_old", printing(R"({"x":1,"n":10,"as_of":"2026-11-30T08:00:00Z"})"), State::stale, "2h old"},
        ExecCase{"as_of_odd", printing(R"({"x":1,"n":10,"as_of":"now"})"), State::failed, "as_of is no time"},
        ExecCase{"two_documents", printing("{}{}"), State::failed, "something else than one JSON object: {}{}"},
        ExecCase{"a_list", printing("[1]"), State::failed, "one JSON object"},
        ExecCase{"silence", "true", State::failed, "`/bin/sh` printed something else than one JSON object"},
        ExecCase{"not_yet", "echo '{}'; echo 'the export runs' >&2; exit 75", State::no_data, "yet: the export runs"},
        ExecCase{"error", "echo " + std::string(400, 'a') + " the end >&2; exit 3", State::failed, "ended with 3: aaa"},
        ExecCase{"last_words", "echo " + std::string(400, 'a') + " the end >&2; exit 3", State::failed, "a the end;"},
        ExecCase{"flood", "yes", State::failed, "wrote too much and was stopped"},
        ExecCase{"bounds_odd", printing(R"({"x":1,"n":10,"x_low":2,"x_high":3})"), State::failed, "own bounds"},
        ExecCase{"bounds_half", printing(R"({"x":1,"n":10,"n_low":2})"), State::failed, "n_high"},
        ExecCase{"bounds_more", printing(R"({"x":1,"n":10,"x_low":0,"x_high":11})"), State::failed, "more events"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ExecSource, TellsTheCommandWhatIsMeasured) {
  Signal signal = command_of(R"sh(
    read line
    length=$(printf %s "$TRAIN_APP-$TRAIN_VERSION-$TRAIN_BUILD" | wc -c)
    printf '{"x":%d,"n":"%s","line":%s}' "$length" "$TRAIN_END" "$line")sh");
  EXPECT_EQ(run(signal).counts, (Counts{17, 1796032800})) << run(signal).detail;
  signal.kind = SignalKind::level;
  signal.value = "/line/start";
  EXPECT_EQ(run(signal).value, 1796022000) << run(signal).detail;
  signal.exec[2] = R"sh(test -z "$TRAIN_BASELINE_VERSION" && echo '{"a":{"b~c":5}}')sh";
  signal.value = "/a/b~0c";
  EXPECT_EQ(run(signal).value, 5) << run(signal).detail;
}

TEST(ExecSource, HandsOnWhatTheCommandDoesNotKnowExactly) {
  const auto seen = run(command_of(printing(R"({"x":3,"n":100,"x_low":2,"x_high":5,"n_low":90,"n_high":110})")));
  ASSERT_TRUE(seen.between) << seen.detail;
  EXPECT_EQ(seen.between->least, (Counts{2, 90}));
  EXPECT_EQ(seen.between->most, (Counts{5, 110}));
}

TEST(ExecSource, StopsACommandThatTakesTooLong) {
  const auto seen = run(command_of("sleep 60 & sleep 60"), 1);
  EXPECT_EQ(seen.state, State::failed);
  EXPECT_NE(seen.detail.find("took longer than 1 s and was stopped"), std::string::npos) << seen.detail;
  Signal none = command_of("");
  none.exec = {"/nowhere/at/all"};
  EXPECT_NE(run(none).detail.find("Cannot run /nowhere/at/all"), std::string::npos);
}

TEST(ExecSource, ACommandThatClosesItsOutputsAndLivesOnIsStoppedToo) {
  const auto seen = run(command_of("exec >&- 2>&-; sleep 60"), 1);
  EXPECT_EQ(seen.state, Measurement::State::failed);
  EXPECT_NE(seen.detail.find("took longer than 1 s"), std::string::npos) << seen.detail;
}

}  // namespace
}  // namespace train::signals
