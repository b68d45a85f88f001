// Edits are scarce: what a train at rest leaves alone, what a lost commit says, and an upload that was killed.
#include <fstream>

#include "sandbox_fixture.hpp"
#include "train/auth/google_token.hpp"
#include "train/http/client.hpp"

namespace train::e2e {
namespace {

constexpr const char* k_app = "/play/androidpublisher/v3/applications/com.example.charge";

// The same archive behind `bytes` of padding: its offsets are moved, its entries stay as they are.
std::string padded(std::string archive, std::size_t bytes) {
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(archive[at + i])} << (8 * i);
    return value;
  };
  const auto shift = [&](std::size_t at) {
    const std::uint32_t value = number(at) + static_cast<std::uint32_t>(bytes);
    for (std::size_t i = 0; i < 4; ++i) archive[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
  };
  const std::size_t end = archive.rfind("PK\x05\x06");
  for (std::size_t at = number(end + 16); at < end;) {
    const auto names = number(at + 28);  // the lengths of the name and of the extra field
    shift(at + 42);
    at += 46 + (names & 0xffff) + (names >> 16) + (number(at + 32) & 0xffff);
  }
  shift(end + 16);
  return std::string(bytes, 'p') + archive;
}

class GooglePlayEdits : public SandboxFixture {
 protected:
  void edit_definition(const std::string& from, const std::string& to) const {
    std::ifstream in(directory_ / "train.yaml");
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
    in.close();
    std::ofstream(directory_ / "train.yaml") << text.replace(at, from.size(), to);
  }

  // 3.4.0 rolling out on both stores at the first stage, soaking.
  void roll_out() {
    ASSERT_EQ(train_here({"start", "3.4.0", "-q"}).code, 0);
    sign_off();
    for (int look = 0; look < 12 && percent_of("android") <= 0; ++look) {
      ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
      if (percent_of("android") <= 0) pass("6h");
    }
    ASSERT_EQ(train_here({"advance", "-q"}).code, 0);
    ASSERT_EQ(percent_of("android"), 1);
  }

  // A call of a colleague's tool with the same service account.
  http::Outcome colleague(http::Method method, const std::string& path) {
    http::Client client(nullptr);
    auto account = auth::parse_google_credentials(Secret(sandbox_->credentials().service_account_json));
    EXPECT_TRUE(account);
    auth::GoogleTokens tokens(*account, "https://www.googleapis.com/auth/androidpublisher", client);
    const auto token = tokens.bearer(sandbox_->now());
    EXPECT_TRUE(token) << token.error().text();
    http::Request request;
    request.method = method;
    request.url = sandbox_->url() + k_app + path;
    request.headers = {{"Authorization", "Bearer " + token->expose()}};
    return client.send(request);
  }

  int calls(const std::string& method, const std::string& part) const {
    int count = 0;
    for (const auto& call : control("GET", "calls")) {
      const bool meant = call.value("method", "") == method && call.value("path", "").find(part) != std::string::npos;
      count += meant ? 1 : 0;
    }
    return count;
  }
};

TEST_F(GooglePlayEdits, AColleaguesEditSurvivesAHundredLooksAndAHundredIdleRuns) {
  edit_definition("    store: google_play\n", "    store: google_play\n    drift_check: off\n");
  roll_out();
  const auto opened = colleague(http::Method::post, "/edits");
  ASSERT_EQ(opened.status, 200) << opened.body;
  const std::string edit = Json::parse(opened.body).value("id", "");
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(train_here({"status", "-q"}).code, 0);
    const auto ran = train_here({"advance", "-q"});
    ASSERT_EQ(ran.code, 0) << ran.err << ran.out;
  }
  const auto alive = colleague(http::Method::get, "/edits/" + edit);
  EXPECT_EQ(alive.status, 200) << alive.body;
  const auto committed =
      colleague(http::Method::post, "/edits/" + edit + ":commit?changesInReviewBehavior=ERROR_IF_IN_REVIEW");
  EXPECT_EQ(committed.status, 200) << committed.body;
  EXPECT_EQ(percent_of("android"), 1);
}

TEST_F(GooglePlayEdits, ACommitWhoseAnswerIsLostIsDoneAndSaysThatItHadTakenEffect) {
  roll_out();
  pass("25h");
  control("POST", "faults",
          {{"path", std::string(k_app) + "/edits/"}, {"method", "POST"}, {"times", 1}, {"fault", "drop_after_effect"}});
  const auto ran = train({"advance"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.err.find("had taken effect"), std::string::npos) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("android set_percent to 5 %"), std::string::npos) << ran.out;
  EXPECT_TRUE(control("GET", "faults").empty()) << "it never struck";
  EXPECT_EQ(percent_of("android"), 5);
  expect_each_change_once();
}

TEST_F(GooglePlayEdits, AKilledUploadIsGoneOnWithInItsOwnEditAndSession) {
  constexpr std::size_t bundle_bytes = 36 << 20;  // five chunks
  std::ofstream(directory_ / "build/charge-3.4.0.aab", std::ios::binary)
      << padded(sandbox::example_bundle("com.example.charge", 340, "3.4.0"), bundle_bytes);
  ASSERT_EQ(train({"start", "3.4.0", "-q"}).code, 0);
  std::atomic<pid_t> victim{0};
  std::atomic<int> chunks{0};
  sandbox_->set_hook([&](sandbox::Moment moment, std::uint64_t, std::string_view method, std::string_view path) {
    const bool chunk = method == "PUT" && path.find("/bundles") != std::string_view::npos;
    if (moment != sandbox::Moment::after_effect || !chunk || ++chunks != 3) return;
    victim.wait(0);  // until the process that sends it is known
    ::kill(victim, SIGKILL);
  });
  const pid_t pid = spawn_train({"advance", "-q"});
  victim = pid;
  victim.notify_all();
  EXPECT_EQ(wait_for(pid), 128 + SIGKILL);
  sandbox_->set_hook({});
  ASSERT_EQ(chunks, 3);
  const auto ran = train({"advance", "-q"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(calls("POST", "/bundles"), 1) << "one session";
  // Five chunks and one question: nothing that was acknowledged went out again.
  EXPECT_EQ(calls("PUT", "/bundles"), 3 + 1 + 2);
  int bundles = 0;
  for (const auto& change : changes()) bundles += change == "play/bundle 340" ? 1 : 0;
  EXPECT_EQ(bundles, 1);
  expect_each_change_once();
}

}  // namespace
}  // namespace train::e2e
