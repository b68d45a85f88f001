// What is wrong in a YAML file, and where.
#pragma once

#include <string>
#include <vector>

namespace train::yaml {

struct Problem {
  std::string file;
  int line = 0;  // 1-based; 0: the file as a whole
  int column = 0;
  std::string text;            // what is wrong, what is allowed, did-you-mean
  std::string format() const;  // "train.yaml:3:7: …"
};
using Problems = std::vector<Problem>;

}  // namespace train::yaml
