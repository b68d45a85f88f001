// Answers of every kind, for the tables: what a line says depends on it and on nothing else.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "compose/catalog.hpp"
#include "train/definition/load.hpp"
#include "train/preflight/line.hpp"

namespace train::preflight {

inline Definition loaded(std::string_view yaml) {
  auto definition = definition::load_text(yaml, "train.yaml", cli::catalog());
  EXPECT_TRUE(definition) << (definition ? "" : definition.error().front().format());
  return definition ? *definition : Definition{};
}

inline NoAnswer failed(ErrorKind kind) { return no_answer({kind, "what came back", "what to do"}); }

struct Said {
  Level level = Level::ok;
  std::string sentence;
  ErrorKind because = ErrorKind::refused;  // of a failure; warnings keep theirs, and nobody asks
};

inline void expect_said(const Line& line, const Said& wanted) {
  EXPECT_EQ(to_string(line.level), to_string(wanted.level)) << line.sentence;
  EXPECT_EQ(line.sentence, wanted.sentence);
  if (line.level != Level::failure) return;
  EXPECT_EQ(to_string(line.because), to_string(wanted.because));
}

inline const Line* line_of(const Lines& lines, std::string_view subject) {
  for (const auto& line : lines) {
    if (line.subject == subject) return &line;
  }
  ADD_FAILURE() << "there is no line " << subject;
  return nullptr;
}

}  // namespace train::preflight
