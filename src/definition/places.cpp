// References to what lies outside the file: secrets, URLs, paths.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "value.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_secret_rule =
    "a secret never stands in the file; write env:NAME, file:PATH or exec:COMMAND";

bool is_variable_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const auto parts = split(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string::npos &&
           std::stoi(part) <= 255;
  });
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos &&
         std::stoi(std::string(port)) >= 1 && std::stoi(std::string(port)) <= 65535;
}

bool is_host(std::string_view host) {
  if (host == "[::1]") return true;
  if (!host.empty() && host.front() == '[') {
    return host.size() > 4 && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return !host.empty() && host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
                              std::string_view::npos;
}

}  // namespace

std::optional<std::string> url_fault(std::string_view url) {
  const bool https = starts_with(url, "https://");
  const bool http = starts_with(url, "http://");
  if (!https && !http) return "a URL that starts with https:// is wanted";
  if (url.find_first_of(" \t\r\n\"<>\\") != std::string_view::npos) return "a URL has no spaces, quotes or backslashes";
  const auto rest = url.substr(https ? 8 : 7);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return "a URL here has no user or password in it";
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.back() != ']';
  const auto host = has_port ? authority.substr(0, colon) : authority;
  if (!is_host(host) || (has_port && !is_port(authority.substr(colon + 1)))) return "the host or the port is not valid";
  if (http && !is_loopback(host))
    return "plain http is only for this machine (127.0.0.1, [::1], localhost); use https://";
  return std::nullopt;
}

std::filesystem::path absolute_path(std::string_view written, const std::filesystem::path& directory) {
  std::filesystem::path path(written);
  if (written == "~" || starts_with(written, "~/")) {
    const char* home = std::getenv("HOME");
    if (home && *home) {
      path = written.size() > 2 ? std::filesystem::path(home) / written.substr(2) : std::filesystem::path(home);
    }
  }
  return (directory / path).lexically_normal();
}

std::optional<std::string> Value::url() const {
  auto written = scalar("a URL is wanted");
  if (!written) return std::nullopt;
  if (const auto fault = url_fault(*written)) {
    // A URL with a password in it must not be repeated.
    const bool show = written->find('@') == std::string::npos;
    problem(show ? fmt::format("{}: {}", shown(), *fault) : *fault);
    return std::nullopt;
  }
  while (written->back() == '/') written->pop_back();
  return written;
}

std::optional<std::filesystem::path> Value::path() const {
  const auto written = text();
  if (!written) return std::nullopt;
  return absolute_path(*written, directory());
}

std::optional<SecretRef> Value::secret() const {
  const auto written = scalar(k_secret_rule);
  if (!written) return std::nullopt;
  const auto value_after = [&](std::string_view prefix) { return std::string(trim(written->substr(prefix.size()))); };
  if (starts_with(*written, "env:")) {
    auto name = value_after("env:");
    if (is_variable_name(name)) return SecretRef{SecretRef::From::environment, std::move(name)};
    problem("env: is followed by the name of an environment variable, such as env:ASC_KEY_ID");
    return std::nullopt;
  }
  if (starts_with(*written, "file:")) {
    const auto path = value_after("file:");
    if (!path.empty()) return SecretRef{SecretRef::From::file, absolute_path(path, directory()).string()};
    problem("file: is followed by a path, such as file:keys/play.json");
    return std::nullopt;
  }
  if (starts_with(*written, "exec:")) {
    auto line = value_after("exec:");
    const auto words = split_command(line);
    if (words && !words->empty() && !words->front().empty())
      return SecretRef{SecretRef::From::command, std::move(line)};
    problem("exec: is followed by a command line with its quotes closed, such as exec:pass show play");
    return std::nullopt;
  }
  // What stands here may be the secret itself: it is never repeated. Key material is already in the list.
  if (!looks_like_key_material(*written)) problem(std::string(k_secret_rule));
  return std::nullopt;
}

}  // namespace train::definition
