#include "unleash_server.hpp"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "npm_tools.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/http/client.hpp"

namespace train::contract {
namespace {

namespace fs = std::filesystem;

constexpr unsigned k_nobody = 65534;  // PostgreSQL does not run as root
constexpr std::string_view k_unleash_listens = "Unleash is listening on ";

// The distribution keeps them out of PATH, one directory a version.
fs::path postgres_programs() {
  std::error_code absent;
  std::vector<fs::path> found;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", absent)) {
    if (fs::exists(version.path() / "bin" / "initdb", absent)) found.push_back(version.path() / "bin");
  }
  return found.empty() ? fs::path() : *std::max_element(found.begin(), found.end());
}

std::vector<std::string> as_no_root(std::vector<std::string> words) {
  if (::geteuid() != 0) return words;
  const std::string nobody = std::to_string(k_nobody);
  words.insert(words.begin(), {"setpriv", "--reuid=" + nobody, "--regid=" + nobody, "--clear-groups"});
  return words;
}

}  // namespace

std::string why_no_unleash() {
  if (postgres_programs().empty()) return "PostgreSQL is not installed: run scripts/setup --test";
  return why_not("unleash-server");
}

const char* UnleashServer::admin_token() { return "*:*.canary-admin-token-of-a-test"; }

UnleashServer::~UnleashServer() {
  unleash_.reset();
  database_.reset();
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

Result<std::unique_ptr<UnleashServer>> UnleashServer::start() {
  std::unique_ptr<UnleashServer> server(new UnleashServer());
  for (const auto& part :
       {&UnleashServer::make_database, &UnleashServer::start_database, &UnleashServer::start_unleash}) {
    if (auto done = (server.get()->*part)(); !done) return tl::unexpected(done.error());
  }
  return server;
}

Result<Done> UnleashServer::make_database() {
  char pattern[] = "/tmp/train-unleash-XXXXXX";  // short: a socket's path has 107 characters at the most
  if (::mkdtemp(pattern) == nullptr) return fail(ErrorKind::storage, "no temporary directory");
  directory_ = pattern;
  if (::geteuid() == 0 && ::chown(pattern, k_nobody, k_nobody) != 0)
    return fail(ErrorKind::storage, "the temporary directory cannot be given away");
  ProcessRequest initdb;
  initdb.argv = as_no_root({(postgres_programs() / "initdb").string(), "-D", (directory_ / "data").string(), "-U",
                            "train", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"});
  initdb.directory = directory_;
  initdb.timeout_seconds = 120;
  const auto made = run_process(initdb);
  if (!made) return tl::unexpected(made.error());
  return made->exit_code == 0 ? Result<Done>(Done{}) : fail(ErrorKind::internal, "initdb: " + made->err);
}

Result<Done> UnleashServer::start_database() {
  auto child =
      Child::start("PostgreSQL",
                   as_no_root({(postgres_programs() / "postgres").string(), "-D", (directory_ / "data").string(), "-k",
                               directory_.string(), "-c", "listen_addresses=", "-c", "fsync=off"}),
                   SIGQUIT);  // at once, and its own children with it
  if (!child) return tl::unexpected(child.error());
  database_ = std::move(*child);
  const auto ready = database_->take_until([](const std::string& line) {
    return line.find("database system is ready to accept connections") != std::string::npos;
  });
  return ready ? Result<Done>(Done{}) : tl::unexpected(ready.error());
}

Result<Done> UnleashServer::start_unleash() {
  const auto script = fs::path(TRAIN_SOURCE_DIR) / "tests" / "contract" / "node" / "unleash_server.js";
  auto child = Child::start("Unleash", {"env", "NODE_PATH=" + npm_modules().string(), "NODE_ENV=production", "node",
                                        script.string(), directory_.string(), admin_token()});
  if (!child) return tl::unexpected(child.error());
  unleash_ = std::move(*child);
  const auto ready = unleash_->take_until([&](const std::string& line) {
    const bool listens = starts_with(line, k_unleash_listens);
    if (listens) url_ = "http://127.0.0.1:" + line.substr(k_unleash_listens.size());
    return listens;
  });
  return ready ? Result<Done>(Done{}) : tl::unexpected(ready.error());
}

Result<std::string> UnleashServer::ask(const std::string& method, const std::string& path, const std::string& body) {
  http::Client client([](std::chrono::milliseconds) {});
  http::Request request;
  request.method = method == "GET" ? http::Method::get : method == "PATCH" ? http::Method::patch : http::Method::post;
  request.url = url_ + "/api/admin" + path;
  request.headers = {{"Authorization", admin_token()}, {"Content-Type", "application/json"}};
  request.body = body;
  request.purpose = http::Purpose::write;
  const auto outcome = client.send(request);
  if (outcome.transport != http::Transport::answered || outcome.status >= 300)
    return fail(ErrorKind::internal, path + ": " + std::to_string(outcome.status) + " " + outcome.body);
  return outcome.body;
}

}  // namespace train::contract
