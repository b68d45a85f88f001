#include "npm_tools.hpp"

#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/http/client.hpp"

namespace train::contract {
namespace {

constexpr std::string_view k_listening = "Prism is listening on ";
constexpr std::string_view k_received = "Request received";
constexpr std::string_view k_violation = "Violation: ";
constexpr const char* k_nonsense = "/v1/no-such-call";

std::string after(const std::string& line, std::string_view mark) {
  const auto found = line.find(mark);
  return found == std::string::npos ? std::string{} : line.substr(found + mark.size());
}

// "[10:28:43 AM] › [HTTP SERVER] get /v1/apps ℹ  info      Request received" → "get /v1/apps"
std::string request_in(const std::string& line) {
  if (line.find(k_received) == std::string::npos) return {};
  const auto words = split(after(line, "[HTTP SERVER] "), ' ');
  return words.size() < 2 ? std::string{} : words[0] + " " + words[1];
}

}  // namespace

std::filesystem::path npm_modules() {
  return std::filesystem::path(TRAIN_SOURCE_DIR) / ".cache" / "contract" / "node_modules";
}

std::string why_not(const std::string& package) {
  ProcessRequest version;
  version.argv = {"node", "--version"};
  const auto node = run_process(version);
  if (!node || node->exit_code != 0) return "Node.js is not installed";
  if (std::filesystem::exists(npm_modules() / package / "package.json")) return {};
  return package + " is not installed: run scripts/contract-tools";
}

Prism::Prism(std::unique_ptr<Child> child, std::string url) : child_(std::move(child)), url_(std::move(url)) {}
Prism::~Prism() = default;
std::string Prism::url() const { return url_; }

Result<std::unique_ptr<Prism>> Prism::start(const std::filesystem::path& document, const std::string& upstream) {
  const auto program = npm_modules() / "@stoplight" / "prism-cli" / "dist" / "index.js";
  const auto names = std::filesystem::path(TRAIN_SOURCE_DIR) / "tests" / "contract" / "node" / "prism_names.js";
  auto child = Child::start(
      "Prism", {"env", "NODE_PATH=" + npm_modules().string(), "node", "--require", names.string(), program.string(),
                "proxy", document.string(), upstream, "--host", "127.0.0.1", "--port", "0"});
  if (!child) return tl::unexpected(child.error());
  std::string url;
  const auto ready = (*child)->take_until([&](const std::string& line) {
    url = after(line, k_listening);
    return !url.empty();
  });
  if (!ready) return tl::unexpected(ready.error());
  return std::unique_ptr<Prism>(new Prism(std::move(*child), std::move(url)));
}

Result<Done> Prism::ask(const std::string& path_and_query) {
  http::Client client([](std::chrono::milliseconds) {});
  http::Request request;
  request.url = url() + path_and_query;
  const auto outcome = client.send(request);
  if (outcome.transport != http::Transport::answered) return fail(ErrorKind::unreachable, "Prism does not answer");
  return Done{};
}

Result<Prism::Report> Prism::report() {
  if (const auto asked = ask(k_nonsense); !asked) return tl::unexpected(asked.error());
  bool last = false;
  const auto lines = child_->take_until([&](const std::string& line) {
    last = last || request_in(line) == std::string("get ") + k_nonsense;
    return last && line.find(k_violation) != std::string::npos;
  });
  if (!lines) return tl::unexpected(lines.error());
  Report report;
  for (const auto& line : *lines) {
    if (const auto request_line = request_in(line); !request_line.empty()) report.requests.push_back(request_line);
    const auto violation = after(line, k_violation);
    if (violation.empty()) continue;
    report.violations.push_back((report.requests.empty() ? "" : report.requests.back()) + ": " + violation);
  }
  report.requests.pop_back();
  report.violations.pop_back();
  return report;
}

}  // namespace train::contract
