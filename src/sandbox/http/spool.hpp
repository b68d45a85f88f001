// Bytes that arrived, in a file without a name: memory stays flat however many they are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace train::sandbox {

class Spool {
 public:
  static std::shared_ptr<Spool> open();  // null when the disk refuses
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  bool append(std::string_view bytes);  // false when the disk refuses
  std::uint64_t size() const { return size_; }
  std::string read(std::uint64_t offset, std::uint64_t length) const;  // shorter at the end

 private:
  explicit Spool(int fd) : fd_(fd) {}

  int fd_;
  std::uint64_t size_ = 0;
};

}  // namespace train::sandbox
