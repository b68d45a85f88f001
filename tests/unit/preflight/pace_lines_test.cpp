// What `check` says about how fast a healthy release goes, and about what is counted.
#include "train/preflight/pace.hpp"

#include "answers.hpp"

namespace train::preflight {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Definition charging(const std::string& signal, const std::string& gate) {
  return loaded(R"(version: 1
train: charge
apps:
  android:
    store: google_play
    package: com.example.charge
    credentials: { service_account: file:keys/play.json }
    rollout: [1, 5, 20, 50, 100]
signals:
  crashes: { source: prometheus, url: "http://127.0.0.1:9090", events: e, exposures: x)" +
                signal + " }\ngates: [{ signal: crashes, on_breach: pause, " + gate + " }]\n");
}

LiveTraffic counted(double per_day, double rate) { return {{{"android", "crashes"}, {per_day, rate}}}; }

Measurement measured(double events, double exposures) {
  Measurement seen;
  seen.state = Measurement::State::measured;
  seen.counts = {events, exposures};
  return seen;
}

TEST(CheckPace, SaysTheDaysTheTrafficAndTheGateThatDecides) {
  const auto lines = pace_lines(charging("", "limit: 1%, regress: 20%"), counted(50'000, 0.002));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, Level::warning) << "longer than a fortnight";
  EXPECT_THAT(lines[0].sentence,
              testing::MatchesRegex(
                  "about (1[5-9]|2[0-9]) days at 50,000 exposures a day; `regress` of crashes at 50 % decides"));
  EXPECT_THAT(lines[0].remedy, HasSubstr("`margin: 0.2pp`"));
}

TEST(CheckPace, IsContentWithAReleaseAsFastAsItsSoak) {
  const auto lines = pace_lines(charging("", "limit: 1%"), counted(500'000, 0.002));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, Level::ok);
  EXPECT_EQ(lines[0].sentence, "about 4 days at 500,000 exposures a day; the soak of its stages decides");
}

TEST(CheckPace, SaysWhereASmallFleetNeverPasses) {
  const auto lines = pace_lines(charging("", "limit: 1%, regress: 20%"), counted(500, 0.002));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, Level::warning);
  EXPECT_THAT(lines[0].sentence, HasSubstr("does not reach 100 % by its gates at 500 exposures a day"));
}

TEST(CheckPace, TakesTheDefinitionsTrafficWhereNoneWasMeasured) {
  const auto lines = pace_lines(charging(", per_day: 500000", "limit: 1%"), {});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0].sentence, HasSubstr("at 500,000 exposures a day"));
  EXPECT_THAT(pace_lines(charging("", "limit: 1%"), {}), IsEmpty());
}

TEST(CheckPace, MeasuresTheTrafficBetweenTwoReadings) {
  const auto traffic = traffic_between(measured(10, 1000), measured(30, 11'000), Duration(2 * 86400));
  ASSERT_TRUE(traffic);
  EXPECT_DOUBLE_EQ(traffic->per_day, 5000);
  EXPECT_DOUBLE_EQ(traffic->rate, 0.002);
  EXPECT_FALSE(traffic_between(measured(10, 1000), measured(10, 1000), Duration(86400))) << "nothing came in";
  EXPECT_FALSE(traffic_between(measured(10, 1000), measured(1, 50), Duration(86400))) << "the counter began again";
  EXPECT_FALSE(traffic_between(Measurement{}, measured(1, 50), Duration(86400)));
}

struct Advice {
  std::string name;
  std::string signal;
  std::string unit;     // what the line about the unit says; empty: there is none
  std::string matures;  // and the one about late reports
};

class CheckAdvice : public testing::TestWithParam<Advice> {};

TEST_P(CheckAdvice, Says) {
  const auto lines = advice_lines(charging(GetParam().signal, "limit: 1%"), {});
  std::string unit;
  std::string matures;
  for (const auto& line : lines) (line.subject == "crashes unit" ? unit : matures) = line.sentence + line.remedy;
  EXPECT_EQ(unit.empty(), GetParam().unit.empty()) << unit;
  EXPECT_EQ(matures.empty(), GetParam().matures.empty()) << matures;
  EXPECT_THAT(unit, HasSubstr(GetParam().unit));
  EXPECT_THAT(matures, HasSubstr(GetParam().matures));
}

INSTANTIATE_TEST_SUITE_P(, CheckAdvice,
                         testing::Values(Advice{"unknown", "", "is not said", "`matures: 24h`"},
                                         Advice{"sessions", ", exposure: session", "3 as one", "`matures: 24h`"},
                                         Advice{"sessions_as_independent", ", exposure: session, design_effect: 1",
                                                "sessions are judged as if they were independent", "`matures: 24h`"},
                                         Advice{"requests_as_independent",
                                                ", exposure: request, design_effect: 1, matures: 24h",
                                                "requests are judged", ""},
                                         Advice{"user_days", ", exposure: user_day, matures: 24h", "", ""},
                                         Advice{"users", ", exposure: user, matures: 12h", "", ""}),
                         [](const auto& row) { return row.param.name; });

TEST(CheckAdviceOf, ProposesWhatTheProviderMeasured) {
  const auto definition = charging(", exposure: session, matures: 6h", "limit: 1%");
  Measurement seen = measured(10, 1000);
  seen.lag = Duration(19 * 3600 + 60);
  seen.design_effect = 97.6;
  const auto lines = advice_lines(definition, {{{"android", "crashes"}, seen}});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0].remedy, HasSubstr("`design_effect: 98`"));
  EXPECT_EQ(lines[1].remedy, "`matures: 20h` on the signal.");
  EXPECT_EQ(lines[1].level, Level::warning);
}

TEST(CheckAdviceOf, HasNothingToSayOfWhatOnlyInforms) {
  EXPECT_THAT(advice_lines(charging("", "limit: 1%, advisory: true"), {}), IsEmpty());
}

}  // namespace
}  // namespace train::preflight
