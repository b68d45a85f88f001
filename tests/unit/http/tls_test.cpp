// Certificates are always verified, against a real TLS server: `openssl s_server` on loopback.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "support/scripted_server.hpp"
#include "train/base/process.hpp"
#include "train/http/client.hpp"

extern char** environ;

namespace train::http {
namespace {

using namespace std::chrono_literals;

// Sets a variable for one test and puts back what was there.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!run_process({.argv = {"openssl", "version"}})) {
      GTEST_SKIP() << "SKIPPED: the program `openssl` is not installed; certificates were not tested";
    }
    char pattern[] = "/tmp/train-tls-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
  }

  void TearDown() override {
    if (server_ > 0) {
      ::kill(server_, SIGKILL);
      ::waitpid(server_, nullptr, 0);
    }
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  std::string path(const char* name) const { return (directory_ / name).string(); }

  // A server whose certificate is for `subject` ("IP:127.0.0.1", "DNS:example.com").
  void serve(const std::string& subject) {
    const auto made =
        run_process({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                              "-nodes", "-keyout", path("key"), "-out", path("certificate"), "-days", "2", "-subj",
                              "/CN=test", "-addext", "subjectAltName=" + subject}});
    ASSERT_TRUE(made && made->exit_code == 0) << (made ? made->err : made.error().text());
    port_ = testbed::refused_port();
    std::vector<std::string> words = {
        "openssl",   "s_server", "-quiet",           "-www", "-accept", "127.0.0.1:" + std::to_string(port_), "-key",
        path("key"), "-cert",    path("certificate")};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    const int spawned = ::posix_spawnp(&server_, "openssl", &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(spawned, 0);
    wait_until_it_listens();
  }

  // Somebody else's program: ready once it speaks TLS, at most 10 s from now.
  void wait_until_it_listens() const {
    const Environment trust("SSL_CERT_FILE", path("certificate"));
    Client client(nullptr);
    for (int i = 0; i < 200; ++i) {
      Request knock = request("127.0.0.1");
      knock.method = Method::get;
      knock.body.clear();
      if (client.send(knock).detail.find("connect to server") == std::string::npos) return;
      std::this_thread::sleep_for(50ms);
    }
    FAIL() << "openssl s_server did not start";
  }

  Request request(const std::string& host) const {
    Request request;
    request.method = Method::post;
    request.url = "https://" + host + ":" + std::to_string(port_) + "/";
    request.headers = {{"Authorization", "Bearer canary"}};
    request.body = "{}";
    request.purpose = Purpose::write;
    request.timeout = 5s;
    return request;
  }

  std::filesystem::path directory_;
  int port_ = 0;
  pid_t server_ = 0;
};

TEST_F(Tls, ACertificateNobodyVouchesForIsRefusedBeforeAByteOfTheRequest) {
  serve("IP:127.0.0.1");
  const Environment system_only("SSL_CERT_FILE", "");
  int slept = 0;
  Client client([&](auto) { ++slept; });
  const Outcome outcome = client.read(request("127.0.0.1"));
  EXPECT_EQ(outcome.transport, Transport::not_sent) << outcome.detail;
  EXPECT_NE(outcome.detail.find("certificate"), std::string::npos) << outcome.detail;
  EXPECT_EQ(slept, 0) << "trying again does not make it trusted";
}

TEST_F(Tls, SslCertFileThenCurlCaBundleAreTrusted) {
  serve("IP:127.0.0.1");
  Request read = request("127.0.0.1");
  read.method = Method::get;  // what s_server -www answers
  read.body.clear();
  {
    const Environment trust("SSL_CERT_FILE", path("certificate"));
    const Outcome outcome = Client(nullptr).send(read);
    EXPECT_EQ(outcome.transport, Transport::answered) << outcome.detail;
    EXPECT_EQ(outcome.status, 200);
  }
  {
    const Environment unset("SSL_CERT_FILE", "");
    const Environment trust("CURL_CA_BUNDLE", path("certificate"));
    const Outcome outcome = Client(nullptr).send(read);
    EXPECT_EQ(outcome.status, 200) << outcome.detail;
  }
  {
    const Environment wrong("SSL_CERT_FILE", path("absent"));
    const Environment trust("CURL_CA_BUNDLE", path("certificate"));
    const Outcome outcome = Client(nullptr).send(read);
    EXPECT_EQ(outcome.transport, Transport::not_sent) << "SSL_CERT_FILE comes first, even when it is wrong";
  }
}

TEST_F(Tls, ATrustedCertificateForAnotherHostIsRefused) {
  serve("DNS:example.com");
  const Environment trust("SSL_CERT_FILE", path("certificate"));
  const Outcome outcome = Client(nullptr).send(request("127.0.0.1"));
  EXPECT_EQ(outcome.transport, Transport::not_sent) << outcome.detail;
  EXPECT_NE(outcome.detail.find("subject name"), std::string::npos) << outcome.detail;
  EXPECT_EQ(effect_of(outcome), Effect::not_applied);
}

}  // namespace
}  // namespace train::http
