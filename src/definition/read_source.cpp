#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_methods[] = {"POST", "PUT", "PATCH", "GET", "DELETE"};

// What git accepts as a branch or tag and nothing that could be read as an option.
bool is_ref(std::string_view ref) {
  const bool characters = std::all_of(ref.begin(), ref.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._/-+").find(c) != std::string_view::npos;
  });
  return characters && !ref.empty() && ref.front() != '-' && ref.front() != '/' && ref.front() != '.' &&
         ref.back() != '/' && ref.back() != '.' && ref.find("..") == std::string_view::npos &&
         ref.find("//") == std::string_view::npos;
}

enum class Placeholder { none, version };

void read_ref(const Value& value, Placeholder placeholder, std::string& target) {
  const auto ref = value.text();
  if (!ref) return;
  const bool has_version = ref->find("{version}") != std::string::npos;
  const Substitution example{"version", "1.2.3"};
  const std::string filled = placeholder == Placeholder::version ? substitute(*ref, std::span(&example, 1)) : *ref;
  if (placeholder == Placeholder::version && !has_version) {
    value.problem(fmt::format("{} has no {{version}}; every release would get the same name", in_quotes(*ref)));
  } else if (!is_ref(filled)) {
    value.problem(fmt::format("{} is not a git name; letters, digits, . _ / + - {}", in_quotes(*ref),
                              placeholder == Placeholder::version ? "and {version}" : "and no placeholder"));
  }
  target = *ref;
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
}

bool names_a_secret(std::string_view header) {
  std::string lower(header);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const std::string_view part : {"auth", "token", "key", "secret", "cookie", "password", "signature"}) {
    if (lower.find(part) != std::string::npos) return true;
  }
  return false;
}

bool is_reference(std::string_view text) {
  return starts_with(text, "env:") || starts_with(text, "file:") || starts_with(text, "exec:");
}

void read_headers(const Value& value, HttpCall& call) {
  for (const NamedValue& header : value.entries()) {
    if (!is_header_name(header.name)) {
      value.report().problem(*header.key,
                             fmt::format("{}: {} is not a header's name", value.where(), in_quotes(header.name)));
    }
    if (names_a_secret(header.name) || is_reference(header.value.node().text)) {
      if (auto secret = header.value.secret()) call.secret_headers.emplace_back(header.name, std::move(*secret));
      continue;
    }
    const auto text = header.value.text();
    if (!text) continue;
    if (text->find_first_of("\r\n") != std::string::npos) header.value.problem("a header is one line");
    call.headers.emplace_back(header.name, *text);
  }
}

HttpCall read_http_call(const Value& value) {
  const Fields fields(value, section("http_call"));
  HttpCall call;
  fields.with("url", [&](const Value& url) { assign(call.url, url.url()); });
  fields.with("method", [&](const Value& method) { assign(call.method, method.one_of(k_methods)); });
  fields.with("headers", [&](const Value& headers) { read_headers(headers, call); });
  fields.with("body", [&](const Value& body) { assign(call.body, body.text_or_empty()); });
  return call;
}

void read_build(const Value& value, SourceRule& source) {
  const Fields fields(value, section("build"));
  if (!fields.is_map()) return;
  BuildStarter starter;
  fields.with("exec", [&](const Value& exec) { starter.exec = exec.command(); });
  fields.with("http", [&](const Value& http) { starter.http = read_http_call(http); });
  if (fields.has("exec") == fields.has("http")) value.problem("exactly one of `exec` and `http` starts the build");
  source.build = std::move(starter);
}

}  // namespace

void read_source(const Value& value, Definition& definition) {
  const Fields fields(value, section("source"));
  SourceRule source;
  source.repository = value.directory();
  fields.with("repository", [&](const Value& path) { assign(source.repository, path.path()); });
  fields.with("mainline", [&](const Value& ref) { read_ref(ref, Placeholder::none, source.mainline); });
  fields.with("branch", [&](const Value& ref) { read_ref(ref, Placeholder::version, source.branch); });
  fields.with("tag", [&](const Value& ref) { read_ref(ref, Placeholder::version, source.tag); });
  fields.with("build", [&](const Value& build) { read_build(build, source); });
  definition.source = std::move(source);
}

}  // namespace train::definition
