#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "train/base/files.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/definition/ask_once.hpp"
#include "train/definition/load.hpp"

namespace train::definition {
namespace {

constexpr int k_command_seconds = 60;

Result<Secret> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value && *value) return Secret(value);
  return fail(ErrorKind::definition,
              fmt::format("env:{}: the environment variable is {}.", printable(name), value ? "empty" : "not set"),
              fmt::format("Set {} for this command, or point the definition elsewhere.", printable(name)));
}

Result<Secret> from_file(const std::string& path) {
  auto bytes = read_private_file(path);
  if (!bytes) {
    return fail(ErrorKind::definition, fmt::format("file:{}: {}", printable(path), bytes.error().message),
                bytes.error().hint);
  }
  // An editor's newline is no part of a token; in a binary key store every byte is.
  if (is_valid_utf8(*bytes)) {
    while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
  }
  if (bytes->empty()) return fail(ErrorKind::definition, fmt::format("file:{}: the file is empty.", printable(path)));
  return Secret(std::move(*bytes));
}

Error command_error(const std::string& line, const std::string& what) {
  // Its output is not shown: it may hold the secret.
  return {ErrorKind::definition, fmt::format("exec:{}: {}", printable(line, 200), what),
          "Run the command by itself to see why; the first line it prints must be the secret."};
}

// What commands have given while an AskOnce lives.
struct Given {
  std::mutex mutex;
  int wanted = 0;
  std::map<std::pair<std::string, std::string>, Secret> secrets;  // by directory and command line
};
Given& given() {
  static Given all;
  return all;
}

Result<Secret> run_command(const std::string& line, const std::filesystem::path& directory) {
  const auto words = split_command(line);
  if (!words || words->empty())
    return tl::unexpected(command_error(line, "the command line cannot be split into words."));
  ProcessRequest request;
  request.argv = *words;
  request.directory = directory;
  request.timeout_seconds = k_command_seconds;
  const auto output = run_process(request);
  if (!output) return tl::unexpected(command_error(line, output.error().message));
  if (output->exit_code != 0) {
    return tl::unexpected(command_error(line, fmt::format("the command ended with exit code {}.", output->exit_code)));
  }
  std::string first = output->out.substr(0, output->out.find('\n'));
  if (!first.empty() && first.back() == '\r') first.pop_back();
  if (first.empty()) return tl::unexpected(command_error(line, "the first line it printed is empty."));
  return Secret(std::move(first));
}

// Under the lock: a second thread waits for the answer to the first one's question.
Result<Secret> from_command(const std::string& line, const std::filesystem::path& directory) {
  auto& all = given();
  std::unique_lock lock(all.mutex);
  if (all.wanted == 0) {
    lock.unlock();
    return run_command(line, directory);
  }
  const auto key = std::pair(directory.string(), line);
  if (const auto known = all.secrets.find(key); known != all.secrets.end()) return known->second;
  auto secret = run_command(line, directory);
  if (secret) all.secrets.emplace(key, *secret);
  return secret;
}

}  // namespace

AskOnce::AskOnce() {
  const std::lock_guard lock(given().mutex);
  ++given().wanted;
}

AskOnce::~AskOnce() {
  const std::lock_guard lock(given().mutex);
  if (--given().wanted == 0) given().secrets.clear();
}

Result<Secret> resolve(const SecretRef& ref, const std::filesystem::path& directory) {
  switch (ref.from) {
    case SecretRef::From::environment:
      return from_environment(ref.value);
    case SecretRef::From::file:
      return from_file((directory / ref.value).lexically_normal().string());
    case SecretRef::From::command:
      return from_command(ref.value, directory);
  }
  return fail(ErrorKind::internal, "A secret reference of an unknown kind.");
}

}  // namespace train::definition
