#include "train/git/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "train/base/secret.hpp"
#include "train/base/text.hpp"

namespace train::git {
namespace {

constexpr int k_git_seconds = 120;

bool says(const ProcessOutput& output, std::string_view words) { return output.err.find(words) != std::string::npos; }

bool says_any(const ProcessOutput& output, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&output](auto words) { return says(output, words); });
}

bool is_ref_part(std::string_view part) {
  constexpr std::string_view k_lock = ".lock";
  if (part.empty() || part.front() == '.' || part.back() == '.') return false;
  if (part.find("..") != std::string_view::npos) return false;
  return part.size() < k_lock.size() || part.substr(part.size() - k_lock.size()) != k_lock;
}

}  // namespace

bool is_ref_name(std::string_view name) {
  constexpr std::string_view k_allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";
  if (name.empty() || name.size() > 200 || name.front() == '-' || name == "HEAD") return false;
  if (name.find_first_not_of(k_allowed) != std::string_view::npos) return false;
  const auto parts = split(name, '/');
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) { return is_ref_part(part); });
}

std::string without_passwords(std::string_view text) {
  constexpr std::string_view k_begin = "://";
  std::string out;
  while (true) {
    const auto scheme = text.find(k_begin);
    if (scheme == std::string_view::npos) return out + std::string(text);
    const auto host = scheme + k_begin.size();
    out += text.substr(0, host);
    text.remove_prefix(host);
    const auto authority = text.substr(0, text.find_first_of("/ \t\n'\""));
    const auto at = authority.rfind('@');
    if (at == std::string_view::npos) continue;
    out += k_redacted;
    text.remove_prefix(at);
  }
}

Result<ProcessOutput> Git::run(std::vector<std::string> arguments, With with) const {
  ProcessRequest request;
  request.argv = {"git", "-C", repository_.string()};
  request.argv.insert(request.argv.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
  // LC_ALL: its words are read below. The rest: a question would wait for somebody who is not there.
  request.environment = {
      {"GIT_TERMINAL_PROMPT", "0"}, {"GCM_INTERACTIVE", "never"}, {"GIT_OPTIONAL_LOCKS", "0"}, {"LC_ALL", "C"}};
  request.environment.insert(request.environment.end(), std::make_move_iterator(with.environment.begin()),
                             std::make_move_iterator(with.environment.end()));
  request.input = std::move(with.input);
  request.output_limit_bytes = with.output_limit_bytes;
  request.timeout_seconds = k_git_seconds;
  auto output = run_process(request);
  if (!output) return output;
  const bool unusable = says_any(*output, {"cannot change to", "not a git repository", "dubious ownership"});
  if (output->exit_code != 128 || !unusable) return output;
  return fail(ErrorKind::definition,
              fmt::format("cannot use the repository {}: {}", printable(repository_.string(), 300),
                          printable(trim(output->err), 500)),
              "Set `source.repository` to a git checkout this user may read.");
}

Result<std::string> Git::output_of(std::vector<std::string> arguments, std::string_view what_was_tried) const {
  const auto output = run(std::move(arguments));
  if (!output) return tl::unexpected(output.error());
  if (output->exit_code != 0) return tl::unexpected(error_of(*output, what_was_tried));
  return std::string(trim(output->out));
}

Error Git::error_of(const ProcessOutput& output, std::string_view what_was_tried) const {
  const std::string message =
      fmt::format("{} in {}: git answered {}: {}", what_was_tried, printable(repository_.string(), 300),
                  output.exit_code, printable(trim(without_passwords(output.err)), 600));
  if (says_any(output, {"Authentication failed", "could not read Username", "could not read Password",
                        "Permission denied", "HTTP 401", "HTTP 403", "error: 403", "error: 401"})) {
    return {ErrorKind::auth, message,
            "Give git the right to use `origin` from here; it is never asked for a password."};
  }
  if (says_any(output, {"Could not resolve host", "unable to access", "Connection refused", "Connection timed out",
                        "Could not read from remote repository", "does not appear to be a git repository"})) {
    return {ErrorKind::unreachable, message, "Check the address of `origin` and the network, then run it again."};
  }
  return {ErrorKind::refused, message, {}};
}

}  // namespace train::git
