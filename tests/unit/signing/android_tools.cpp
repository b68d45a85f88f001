#include "android_tools.hpp"

#include <gtest/gtest.h>

#include "signing_fixture.hpp"
#include "train/base/process.hpp"

namespace train::signing {
namespace {

constexpr const char* k_script = "/../shared/make-android-fixtures.sh";

AndroidTools make_tools(const std::string& edit) {
  const std::string script = std::string(TRAIN_SOURCE_DIR) + k_script;
  if (!std::filesystem::exists(script)) return {{}, std::string(k_script) + " is not beside this checkout"};
  std::string trouble;
  const auto made = made_once("android" + edit + bytes_of(script), [&](const std::filesystem::path& directory) {
    ProcessRequest request;
    request.argv = {"bash",
                    "-c",
                    "umask 077; sed \"$1\" \"$2\" >\"$3/make.sh\" && bash \"$3/make.sh\" \"$3\"",
                    "make",
                    edit,
                    script,
                    directory.string()};
    request.environment = {{"NO_INSTALL", "1"}};
    request.timeout_seconds = 200;
    const auto ran = run_process(request);
    trouble = !ran ? ran.error().message : ran->err.substr(0, 300);
    return ran && ran->exit_code == 0;
  });
  if (!made.empty()) return {made, {}};
  return {{}, std::string(k_script) + " did not succeed: " + trouble};
}

}  // namespace

const AndroidTools& android_tools() {
  static const AndroidTools tools = make_tools("");
  return tools;
}

std::filesystem::path make_other_fixtures(const std::string& edit) { return make_tools(edit).directory; }

ToolSaid run_tool(const std::vector<std::string>& argv) {
  ProcessRequest request;
  request.argv = argv;
  request.timeout_seconds = 100;
  request.output_limit_bytes = 16u << 20;
  const auto ran = run_process(request);
  if (!ran) return {-1, ran.error().message};
  return {ran->exit_code, ran->out + ran->err};
}

}  // namespace train::signing
