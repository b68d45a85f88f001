#include "train/event_log/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "samples.hpp"
#include "train/base/digest.hpp"

namespace train::event_log {
namespace {

using testing::HasSubstr;

std::string sealed(const std::string& covered) {
  return covered.substr(0, covered.size() - 1) + R"(,"hash":")" + sha256_hex(covered) + "\"}";
}

std::string line_with(const std::string& v, const std::string& kind, const std::string& data) {
  return sealed(R"({"v":)" + v + R"(,"seq":1,"at":"2026-11-30T09:00:00Z","by":"ana","kind":")" + kind + R"(","data":)" +
                data + R"(,"prev":")" + k_no_event + "\"}");
}

Encoded encoded(const EventBody& body) { return encode({at(0), "ana", body}, 7, k_no_event); }

class EveryKind : public testing::TestWithParam<EventBody> {};

TEST_P(EveryKind, ComesBackAsItWas) {
  const Encoded out = encoded(GetParam());
  const auto back = decode(out.line);
  ASSERT_TRUE(back) << back.error().text() << "\n" << out.line;
  EXPECT_TRUE(same(GetParam(), back->body)) << out.line;
  EXPECT_TRUE(same(GetParam(), out.event.body));
  EXPECT_EQ(back->seq, 7u);
  EXPECT_EQ(back->at, at(0));
  EXPECT_EQ(back->by, "ana");
  EXPECT_EQ(back->prev, k_no_event);
  EXPECT_EQ(back->hash, out.event.hash);
  EXPECT_EQ(to_json(*back), out.line);
  EXPECT_EQ(out.line.find('\n'), std::string::npos);
}

std::string kind_name(const testing::TestParamInfo<EventBody>& info) {
  return std::string(kind_of(info.param)) + "_" + std::to_string(info.index);
}
INSTANTIATE_TEST_SUITE_P(Full, EveryKind, testing::ValuesIn(full_events()), kind_name);
INSTANTIATE_TEST_SUITE_P(Sparse, EveryKind, testing::ValuesIn(sparse_events()), kind_name);

TEST(Codec, SamplesCoverEveryKind) {
  std::set<std::size_t> full;
  std::set<std::size_t> sparse;
  for (const auto& body : full_events()) full.insert(body.index());
  for (const auto& body : sparse_events()) sparse.insert(body.index());
  EXPECT_EQ(full.size(), std::variant_size_v<EventKinds>);
  EXPECT_EQ(sparse.size(), std::variant_size_v<EventKinds>);
}

TEST(Codec, EveryEnumeratorComesBack) {
  for (int i = 0; i <= static_cast<int>(ReleaseStatus::unknown); ++i) {
    event::Seen seen;
    seen.release = SeenRelease{};
    seen.release->status = static_cast<ReleaseStatus>(i);
    seen.release->phased = PhasedRelease{static_cast<PhasedRelease::State>(i % 5), 1, 0, {}};
    seen.builds = {{build("1"), static_cast<BuildState>(i % 3), "", ""}};
    EXPECT_TRUE(same(seen, encoded(seen).event.body)) << i;
  }
  for (int i = 0; i <= static_cast<int>(Action::set_update_policy); ++i) {
    event::Intent intent;
    intent.step.action = static_cast<Action>(i);
    const auto out = encoded(intent);
    EXPECT_TRUE(same(intent, out.event.body)) << i;
    // The words are what `plan` shows, so that a log can be read beside it.
    EXPECT_THAT(out.line, HasSubstr("\"action\":\"" + std::string(to_string(intent.step.action)) + "\""));
  }
  for (int i = 0; i < 4; ++i) {
    const event::Outcome outcome{"x", static_cast<event::Outcome::Result>(i), ""};
    EXPECT_TRUE(same(outcome, encoded(outcome).event.body)) << i;
  }
}

TEST(Codec, EveryPercentageIsExact) {
  for (int points = 0; points <= 10000; points += (points % 97 == 0 ? 1 : 3)) {
    event::StageReached stage;
    stage.percent = *Percent::from_basis_points(points);
    const auto back = encoded(stage).event.body;
    ASSERT_EQ(std::get<event::StageReached>(back).percent.basis_points(), points);
  }
}

TEST(Codec, PercentagesAreNumbersInPercent) {
  event::StageReached stage;
  stage.percent = *Percent::from_basis_points(50);
  EXPECT_THAT(encoded(stage).line, HasSubstr("\"percent\":0.5}"));
  stage.percent = Percent::whole(20);
  EXPECT_THAT(encoded(stage).line, HasSubstr("\"percent\":20"));
}

TEST(Codec, EveryDoubleIsExact) {
  const double values[] = {0.0,
                           -0.0,
                           0.1,
                           1.0 / 3,
                           1e-320,
                           1e300,
                           -2.5,
                           9007199254740992.0,
                           1e19,
                           40210,
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::denorm_min()};
  for (const double value : values) {
    event::LevelSampled sample;
    sample.value = value;
    const double back = std::get<event::LevelSampled>(encoded(sample).event.body).value;
    EXPECT_TRUE(back == value || (std::isnan(back) && std::isnan(value))) << value;
    EXPECT_EQ(std::signbit(back), std::signbit(value)) << value;
  }
}

TEST(Codec, ForeignTextStaysInItsString) {
  const std::string nasty = "a\"b\\c\n\t\x01 ,\"hash\":\"" + std::string(64, '0') + "\"} \xe2\x80\xae {[{[";
  const event::Held held{version("1"), nasty, nasty};
  EXPECT_TRUE(same(held, encoded(held).event.body));
}

TEST(Codec, BadUtf8BecomesAReplacementAndStaysReadable) {
  const auto out = encoded(event::Held{version("1"), "", "\xff\xfe raw"});
  EXPECT_EQ(std::get<event::Held>(out.event.body).why, "\xef\xbf\xbd\xef\xbf\xbd raw");
  EXPECT_TRUE(decode(out.line));
}

TEST(Codec, AbsentMembersAreLeftOut) {
  const auto line = encoded(event::Seen{}).line;
  for (const char* member : {"release", "live", "builds", "percent_as_of", "budget"}) {
    EXPECT_EQ(line.find(member), std::string::npos) << member;
  }
}

TEST(Codec, UnknownMembersAreTolerated) {
  const auto back = decode(line_with("1", "departed", R"({"version":"3.4.0","later":{"x":[1]}})"));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(std::get<event::Departed>(back->body).version.text(), "3.4.0");
}

TEST(Codec, HashCoversEveryByte) {
  const std::string line = encoded(full_events()[6]).line;
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string other = line;
    other[i] = static_cast<char>(other[i] == '7' ? '8' : '7');
    EXPECT_FALSE(decode(other)) << "byte " << i;
  }
}

TEST(Codec, ANewerVersionIsNamed) {
  const auto back = decode(R"({"v":2,"anything":"else"})");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::corrupt_state);
  EXPECT_THAT(back.error().message, HasSubstr("written by a newer train: log version 2, this one reads 1"));
  EXPECT_THAT(back.error().hint, HasSubstr("newer"));
}

TEST(Codec, AnUnknownKindIsNamed) {
  const auto back = decode(line_with("1", "teleported", "{}"));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::corrupt_state);
  EXPECT_THAT(back.error().message, HasSubstr("\"teleported\""));
  EXPECT_THAT(back.error().message, HasSubstr("log version is 1, this one reads 1"));
}

struct Wrong {
  const char* name;
  std::string line;
  const char* says;
};
class WrongLine : public testing::TestWithParam<Wrong> {};

void expect_corrupt(const std::string& line, const char* says) {
  const auto back = decode(line);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::corrupt_state);
  EXPECT_THAT(back.error().message, HasSubstr(says));
}

TEST_P(WrongLine, IsAnErrorThatSaysWhat) { expect_corrupt(GetParam().line, GetParam().says); }

// Not a row below: rows are made and copied in every process that runs any one test of this program.
TEST(TooLongALine, IsAnErrorThatSaysSo) { expect_corrupt(std::string(k_line_bytes_max + 1, ' '), "longer than"); }

std::string data(const char* kind, const char* json) { return line_with("1", kind, json); }

INSTANTIATE_TEST_SUITE_P(
    , WrongLine,
    testing::Values(
        Wrong{"empty", "", "not a JSON object"}, Wrong{"word", "null", "not a JSON object"},
        Wrong{"list", "[]", "not a JSON object"}, Wrong{"no_version", "{}", "no log version"},
        Wrong{"version_zero", line_with("0", "departed", "{}"), "version 0"},
        Wrong{"version_text", line_with("\"1\"", "departed", "{}"), "no log version"},
        Wrong{"version_negative", line_with("-1", "departed", "{}"), "no log version"},
        Wrong{"no_hash", R"({"v":1})", "no hash"},
        Wrong{"deep", R"({"v":)" + std::string(200000, '[') + std::string(200000, ']') + "}", "nests deeper"},
        Wrong{"missing_member", data("departed", "{}"), "data.version is missing"},
        Wrong{"not_an_object", data("departed", "7"), "data is not an object"},
        Wrong{"bad_version", data("departed", R"({"version":"x.y"})"), "data.version is not a version"},
        Wrong{"version_number", data("departed", R"({"version":3})"), "data.version is not a version"},
        Wrong{"bool_as_text", data("opened", R"({"version":"1","hotfix":"yes"})"), "data.hotfix is not true or false"},
        Wrong{"bad_time", data("opened", R"({"version":"1","cutoff":"soon"})"), "data.cutoff is not a time"},
        Wrong{"bad_list", data("waiting_for_people", R"({"version":"1","items":["a",2]})"),
              "data.items[1] is not a text"},
        Wrong{"percent_too_large", data("stage_reached", R"({"version":"1","app":"a","stage":1,"percent":101})"),
              "data.percent is not a percentage"},
        Wrong{"percent_too_fine", data("stage_reached", R"({"version":"1","app":"a","stage":1,"percent":0.001})"),
              "data.percent is not a percentage"},
        Wrong{"stage_huge", data("stage_reached", R"({"version":"1","app":"a","stage":9999999999,"percent":1})"),
              "data.stage is too large"},
        Wrong{"stage_fraction", data("stage_reached", R"({"version":"1","app":"a","stage":1.5,"percent":1})"),
              "data.stage is not a whole number"},
        Wrong{"unknown_word", data("outcome", R"({"operation":"x","result":"maybe"})"),
              "data.result has a value this train does not know"},
        Wrong{"nested",
              data("stage_reached",
                   R"({"version":"1","app":"a","stage":1,"percent":1,"baselines":{"c":{"events":"x"}}})"),
              "data.baselines.c.events is not a number"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Codec, MoreIsCarriedAndOptional) {
  const auto out = encode({at(0), "train", event::Finished{}}, 1, k_no_event, 2);
  const auto back = decode_line(out.line);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->more, 2u);
  EXPECT_EQ(decode_line(encoded(event::Finished{}).line)->more, 0u);
  EXPECT_EQ(encoded(event::Finished{}).line.find("more"), std::string::npos);
}

TEST(Codec, LineHasTheDocumentedMembersInOrder) {
  const auto json = nlohmann::ordered_json::parse(encoded(event::Finished{version("3.4.0")}).line);
  std::string names;
  for (const auto& item : json.items()) names += item.key() + " ";
  EXPECT_EQ(names, "v seq at by kind data prev hash ");
}

}  // namespace
}  // namespace train::event_log
