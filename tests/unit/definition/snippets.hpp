// Small definitions to break: a base that loads, to which a test appends lines from line 12 on.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "compose/catalog.hpp"
#include "train/definition/load.hpp"

namespace train::definition {

// Ends inside the map of the app `android`, so that indented lines go on there.
inline constexpr std::string_view k_base =
    "version: 1\n"
    "train: t\n"
    "apps:\n"
    "  ios:\n"
    "    store: app_store\n"
    "    bundle_id: com.example.charge\n"
    "    credentials: { key_id: env:A, private_key: env:B }\n"
    "  android:\n"
    "    store: google_play\n"
    "    package: com.example.charge\n"
    "    credentials: { service_account: env:C }\n";

inline std::vector<std::string> problems_of(std::string_view yaml) {
  std::vector<std::string> lines;
  const auto loaded = load_text(yaml, "/trains/train.yaml", cli::catalog());
  if (loaded) return lines;
  for (Problem problem : loaded.error()) {
    problem.file = "train.yaml";
    lines.push_back(problem.format());
  }
  return lines;
}

inline Definition loaded_with(std::string_view appended) {
  const auto loaded = load_text(std::string(k_base) + std::string(appended), "/trains/train.yaml", cli::catalog());
  if (loaded) return *loaded;
  for (const Problem& problem : loaded.error()) ADD_FAILURE() << problem.format();
  return {};
}

// A snippet that is wrong in exactly one way. `expected` starts with the position and is found at the problem's start.
struct BadSnippet {
  const char* name;
  std::string appended;
  std::string expected;
};
inline void PrintTo(const BadSnippet& row, std::ostream* out) { *out << row.name; }

inline void expect_one_problem(const BadSnippet& row) {
  const auto problems = problems_of(std::string(k_base) + row.appended);
  ASSERT_EQ(problems.size(), 1u) << testing::PrintToString(problems);
  EXPECT_EQ(problems[0].substr(0, row.expected.size()), row.expected) << problems[0];
}

}  // namespace train::definition
