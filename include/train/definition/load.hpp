// YAML in; a Definition, or every problem at once, out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/domain/definition.hpp"

namespace train::definition {

struct Problem {
  std::string file;
  int line = 0;  // 1-based; 0: the file as a whole
  int column = 0;
  std::string text;            // what is wrong, what is allowed, did-you-mean
  std::string format() const;  // "train.yaml:3:7: …"
};
using Problems = std::vector<Problem>;

// Bounds: 1 MiB, depth 32, 20,000 nodes counted with aliases expanded.
tl::expected<Definition, Problems> load_text(std::string_view yaml, const std::filesystem::path& file);
tl::expected<Definition, Problems> load_file(const std::filesystem::path& file);

// The JSON Schema (draft 2020-12) of the file.
std::string json_schema();

// The secret behind a reference. `definition` when it is unset, missing, empty, or a file others may read.
Result<Secret> resolve(const SecretRef& ref, const std::filesystem::path& directory);

}  // namespace train::definition
