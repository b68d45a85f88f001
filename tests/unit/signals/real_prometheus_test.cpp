// The same adapter against the real program, over data written by its own tool.
#include <fstream>

#include "real_server.hpp"
#include "train/signals/prometheus.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using namespace std::chrono_literals;

const Instant k_first = *parse_rfc3339("2024-11-30T09:00:00Z");
const Instant k_last = k_first + 10min;

// One server over one small block of samples, a minute apart.
class RealPrometheus : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_installed("prometheus") || !is_installed("promtool")) {
      GTEST_SKIP() << "SKIPPED: the program `prometheus` is not installed (apt install prometheus); "
                      "only recorded answers were tested";
    }
    server_ = std::make_unique<RealServer>();
    directory_ = server_->directory();
    url_ = server_->url();
    write_samples();
    server_->start({"prometheus", "--config.file=" + (directory_ / "config.yml").string(),
                    "--storage.tsdb.path=" + (directory_ / "data").string(), "--storage.tsdb.retention.time=100y",
                    "--web.listen-address=" + server_->address(), "--log.level=error"},
                   "/-/ready");
  }

  void write_samples() {
    std::ofstream out(directory_ / "samples");
    const auto series = [&](const std::string& name, double per_minute) {
      for (int minute = 0; minute <= 10; ++minute) {
        out << name << " " << per_minute * minute << " " << (k_first + minute * 1min).time_since_epoch().count()
            << "\n";
      }
    };
    out << "# TYPE sessions counter\n";
    series(R"(sessions_total{app="android",version="3.4.0",region="eu"})", 60);
    series(R"(sessions_total{app="android",version="3.4.0",region="us"})", 40);
    out << "# TYPE crashes counter\n";
    series(R"(crashes_total{app="android",version="3.4.0"})", 2);
    out << "# EOF\n";
    out.close();
    const auto made = run_process({.argv = {"promtool", "tsdb", "create-blocks-from", "openmetrics",
                                            (directory_ / "samples").string(), (directory_ / "data").string()}});
    ASSERT_TRUE(made && made->exit_code == 0) << (made ? made->err : made.error().text());
    std::ofstream(directory_ / "config.yml") << "global: {}\n";
  }

  Measurement measure(Signal signal, const std::string& version, Instant now) {
    signal.url = url_;
    Subject subject;
    subject.app = "android";
    subject.version = *VersionName::parse(version);
    subject.start = k_first;
    subject.now = now;
    return make_prometheus({})->measure(signal, subject);
  }

  static Signal crashes() {
    Signal signal;
    signal.events = R"(sum(crashes_total{app="$app",version="$version"}))";
    signal.exposures = R"(sum(sessions_total{app="$app",version="$version"}))";
    return signal;
  }

  static Signal level(const std::string& query) {
    Signal signal;
    signal.kind = SignalKind::level;
    signal.value = query;
    return signal;
  }

  std::filesystem::path directory_;
  std::string url_;
  std::unique_ptr<RealServer> server_;
};

TEST_F(RealPrometheus, AnswersAsTheRecordedAnswersSay) {
  const Measurement now = measure(crashes(), "3.4.0", k_last);
  EXPECT_EQ(now.state, State::measured) << now.detail;
  EXPECT_EQ(now.counts, (Counts{20, 1000}));
  EXPECT_EQ(now.as_of, k_last);
  const Measurement earlier = measure(crashes(), "3.4.0", k_first + 5min);
  EXPECT_EQ(earlier.counts, (Counts{10, 500})) << earlier.detail;

  EXPECT_EQ(measure(crashes(), "3.5.0", k_last).state, State::no_data) << "a version nobody runs";
  EXPECT_EQ(measure(crashes(), "3.4.0", k_last + 6min).state, State::no_data) << "five minutes after the last sample";

  const Measurement split = measure(level(R"(sessions_total{app="$app"})"), "3.4.0", k_last);
  EXPECT_EQ(split.state, State::failed);
  EXPECT_NE(split.detail.find("2 series"), std::string::npos) << split.detail;
  const Measurement broken = measure(level("sum(("), "3.4.0", k_last);
  EXPECT_EQ(broken.state, State::failed);
  EXPECT_NE(broken.detail.find("bad_data"), std::string::npos) << broken.detail;
  const Measurement nothing = measure(level("sum(crashes_total) / 0 - sum(crashes_total) / 0"), "3.4.0", k_last);
  EXPECT_EQ(nothing.state, State::failed);
  EXPECT_NE(nothing.detail.find("NaN"), std::string::npos) << nothing.detail;
  EXPECT_EQ(measure(level("1 + 1"), "3.4.0", k_last).value, 2);
  const Measurement range = measure(level("sum(increase(sessions_total[$window_ss]))"), "3.4.0", k_last);
  EXPECT_EQ(range.state, State::measured) << range.detail;
  EXPECT_NEAR(range.value, 1000, 120);
}

TEST_F(RealPrometheus, TakesEveryEscapedValueAsOneString) {
  for (const std::string app : {"it's", "a\"b", "a\\", "a\nb", "`", "\") or vector(1) #", "ü"}) {
    Signal signal = level(R"(sum(sessions_total{app="$app"}))");
    for (const std::string query : {R"(sum(sessions_total{app="$app"}))", R"(sum(sessions_total{app='$app'}))"}) {
      signal.value = query;
      signal.url = url_;
      Subject subject;
      subject.app = app;
      subject.start = k_first;
      subject.now = k_last;
      const Measurement seen = make_prometheus({})->measure(signal, subject);
      EXPECT_EQ(seen.state, State::no_data) << query << " with " << app << ": " << seen.detail;
    }
  }
}

}  // namespace
}  // namespace train::signals
