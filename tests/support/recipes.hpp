// The ready definitions of docs/signals/, as they stand in the pages: what a test does with one, a reader can do too.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace train::testbed {

inline std::string page_of(const std::filesystem::path& page) {
  std::ifstream in(std::string(TRAIN_SOURCE_DIR) / page);
  EXPECT_TRUE(in) << page;
  return {std::istreambuf_iterator<char>(in), {}};
}

// The YAML behind `<!-- recipe: NAME -->`.
inline std::string recipe(const std::string& page, const std::string& name) {
  const std::string text = page_of("docs/signals/" + page);
  const std::string mark = "<!-- recipe: " + name + " -->\n```yaml\n";
  const auto begin = text.find(mark);
  const auto end = text.find("```", begin == std::string::npos ? 0 : begin + mark.size());
  if (begin == std::string::npos || end == std::string::npos) {
    ADD_FAILURE() << page << " has no recipe " << name;
    return {};
  }
  return text.substr(begin + mark.size(), end - begin - mark.size());
}

inline std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  if (at == std::string::npos) {
    ADD_FAILURE() << "there is no " << what << " in\n" << text;
    return text;
  }
  return text.replace(at, what.size(), instead);
}

}  // namespace train::testbed
