// A value that must not be seen. It has no stream operator and does not format; `expose` is greppable.
#pragma once

#include <string>
#include <utility>

namespace train {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret();  // overwritten before it is freed

  // Only for handing the value to what needs it: never into a log, an error or state.
  const std::string& expose() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

inline constexpr const char* k_redacted = "[redacted]";

}  // namespace train
