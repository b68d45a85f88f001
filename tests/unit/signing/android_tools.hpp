// Archives made by Android's own tools, once for the whole program, and what those tools say of ours.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace train::signing {

struct AndroidTools {
  std::filesystem::path directory;  // app.aab, app.apk, app-unsigned.*, upload.p12, upload.jks, other.p12
  std::string missing;              // why there are none; empty when there are
};
const AndroidTools& android_tools();

struct ToolSaid {
  int exit_code = -1;
  std::string text;  // both streams
};
ToolSaid run_tool(const std::vector<std::string>& argv);
// The fixture script with other arguments for its tools: `edit` is a sed script over it. Empty when it did not succeed.
std::filesystem::path make_other_fixtures(const std::string& edit);

}  // namespace train::signing
