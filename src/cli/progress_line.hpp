// One line on stderr that tells how far an upload is, rewritten as it goes, and gone at its end.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace train::cli {

class ProgressLine {
 public:
  explicit ProgressLine(std::ostream& out) : out_(out) {}

  // "ios: charge-3.4.0.ipa 189 of 512 MiB (36 %)". Written when the percentage changes.
  void show(const std::string& app, const std::string& what, std::uint64_t stored, std::uint64_t total);

 private:
  std::ostream& out_;
  std::string shown_;
};

}  // namespace train::cli
