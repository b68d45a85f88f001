// The same adapter against another program that speaks the interface, over samples imported with their times.
#include "real_server.hpp"
#include "train/signals/prometheus.hpp"

namespace train::signals {
namespace {

using State = Measurement::State;
using namespace std::chrono_literals;

const Instant k_imported_first = *parse_rfc3339("2025-11-30T09:00:00Z");
const Instant k_imported_last = k_imported_first + 10min;

class RealVictoriaMetrics : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_installed("victoria-metrics")) {
      GTEST_SKIP() << "SKIPPED: the program `victoria-metrics` is not installed (apt install victoria-metrics); "
                      "only recorded answers were tested";
    }
    server_ = std::make_unique<RealServer>();
    ASSERT_NO_FATAL_FAILURE(server_->start(
        {"victoria-metrics", "-storageDataPath=" + (server_->directory() / "data").string(), "-retentionPeriod=100y",
         "-httpListenAddr=" + server_->address(), "-memory.allowedBytes=128MB", "-loggerLevel=ERROR"},
        "/health"));
    import();
  }

  void import() {
    std::string lines;
    for (int minute = 0; minute <= 10; ++minute) {
      const auto at = std::to_string((k_imported_first + minute * 1min).time_since_epoch().count()) + "000\n";
      const auto add = [&](const std::string& series, int per_minute) {
        lines += series + " " + std::to_string(per_minute * minute) + " " + at;
      };
      add(R"(sessions_total{app="android",version="3.4.0",region="eu"})", 60);
      add(R"(sessions_total{app="android",version="3.4.0",region="us"})", 40);
      add(R"(crashes_total{app="android",version="3.4.0"})", 2);
      add(R"(took_bucket{version="3.4.0",le="1"})", 90);
      add(R"(took_bucket{version="3.4.0",le="2.5"})", 98);
      add(R"(took_bucket{version="3.4.0",le="+Inf"})", 100);
    }
    http::Client client([](auto) {});
    http::Request request;
    request.method = http::Method::post;
    request.url = server_->url() + "/api/v1/import/prometheus";
    request.body = lines;
    ASSERT_EQ(client.send(request).status, 204);
    request.method = http::Method::get;
    request.body.clear();
    request.url = server_->url() + "/internal/force_flush";
    ASSERT_EQ(client.send(request).status, 200);
  }

  Measurement measure(Signal signal, const std::string& version, Instant now) {
    signal.url = server_->url();
    Subject subject;
    subject.app = "android";
    subject.version = *VersionName::parse(version);
    subject.start = k_imported_first;
    subject.now = now;
    return make_prometheus({})->measure(signal, subject);
  }

  static Signal counts() {
    Signal signal;
    signal.events = R"(sum(crashes_total{app="$app",version="$version"}))";
    signal.exposures = R"(sum(sessions_total{app="$app",version="$version"}))";
    return signal;
  }
  static Signal value_of(const std::string& query) {
    Signal signal;
    signal.kind = SignalKind::level;
    signal.value = query;
    return signal;
  }

  std::unique_ptr<RealServer> server_;
};

TEST_F(RealVictoriaMetrics, AnswersAsPrometheusDoes) {
  const auto now = measure(counts(), "3.4.0", k_imported_last);
  EXPECT_EQ(now.state, State::measured) << now.detail;
  EXPECT_EQ(now.counts, (Counts{20, 1000}));
  EXPECT_EQ(now.as_of, k_imported_last);
  EXPECT_EQ(measure(counts(), "3.5.0", k_imported_last).state, State::no_data) << "a version nobody runs";
  EXPECT_EQ(measure(counts(), "3.4.0", k_imported_last + 6min).state, State::no_data) << "after the last sample";
  const auto split = measure(value_of(R"(sessions_total{app="$app"})"), "3.4.0", k_imported_last);
  EXPECT_NE(split.detail.find("2 series"), std::string::npos) << split.detail;
  const auto range = measure(value_of("sum(increase(sessions_total[$window_ss]))"), "3.4.0", k_imported_last);
  EXPECT_EQ(range.value, 1000) << "whole numbers: " << range.detail;
}

TEST_F(RealVictoriaMetrics, RefusesInItsOwnWords) {
  const auto broken = measure(value_of("sum(("), "3.4.0", k_imported_last);
  EXPECT_EQ(broken.state, State::failed);
  EXPECT_NE(broken.detail.find("Prometheus refused the query: 422"), std::string::npos) << broken.detail;
}

TEST_F(RealVictoriaMetrics, CountsTheBucketsOfAHistogram) {
  Signal slow;
  slow.options = {{"histogram", R"(sum by (le) (took_bucket{version="$version"}))"}, {"slower_than", "2.5"}};
  EXPECT_EQ(measure(slow, "3.4.0", k_imported_last).counts, (Counts{20, 1000}));
  slow.options["slower_than"] = "2";
  const auto seen = measure(slow, "3.4.0", k_imported_last);
  ASSERT_TRUE(seen.between) << seen.detail;
  EXPECT_EQ(seen.between->least, (Counts{20, 1000}));
  EXPECT_EQ(seen.between->most, (Counts{100, 1000}));
}

// A value can never become a part of the query, whatever it holds.
TEST_F(RealVictoriaMetrics, TakesEveryEscapedValueAsOneString) {
  for (const std::string app : {"it's", "a\"b", "a\\", "a\nb", "\") or vector(1) #"}) {
    for (const std::string query : {R"(sum(sessions_total{app="$app"}))", R"(sum(sessions_total{app='$app'}))"}) {
      Signal signal = value_of(query);
      signal.url = server_->url();
      Subject subject;
      subject.app = app;
      subject.start = k_imported_first;
      subject.now = k_imported_last;
      const auto seen = make_prometheus({})->measure(signal, subject);
      EXPECT_EQ(seen.state, State::no_data) << query << " with " << app << ": " << seen.detail;
    }
  }
}

}  // namespace
}  // namespace train::signals
