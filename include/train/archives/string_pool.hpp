// The texts of Android's binary XML: one chunk, named by number from everywhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "train/base/error.hpp"
#include "train/zip/bytes.hpp"

namespace train::archives {

class StringPool {
 public:
  StringPool() = default;
  // `chunk` must outlive the pool. refused when its numbers do not fit it.
  static Result<StringPool> read(std::string_view chunk);

  std::uint32_t count() const { return count_; }
  // As UTF-8; nullopt: there is none, or it is damaged.
  std::optional<std::string> at(std::uint32_t index) const;

 private:
  std::string_view chunk_;
  std::uint32_t count_ = 0;
  std::uint32_t start_ = 0;
  bool utf8_ = false;
};

}  // namespace train::archives
