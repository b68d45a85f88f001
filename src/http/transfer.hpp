// What flows in and out during one attempt: the callbacks libcurl calls, with their bounds.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>

#include "train/base/error.hpp"
#include "train/http/client.hpp"

namespace train::http {

inline constexpr std::size_t k_header_limit_bytes = 256 * 1024;

// Collects an answer into `outcome`, bounded. Keeps the headers of the last status line only.
struct Incoming {
  explicit Incoming(std::size_t limit) : limit_bytes(limit) {}

  std::size_t limit_bytes;
  Outcome outcome;
  std::size_t header_bytes = 0;
  bool headers_ended = false;  // the blank line after a final status came

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

 private:
  void take_header(std::string_view line);

  bool in_final_status_ = false;
};

// A piece of a file, read as it is sent: memory stays flat. A file that ends early aborts the transfer.
class Outgoing {
 public:
  Outgoing() = default;
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // `storage` when the file cannot be opened or is shorter than the slice.
  Result<Done> open(const FileSlice& slice);
  curl_off_t length() const { return static_cast<curl_off_t>(slice_.length); }

  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);

 private:
  FileSlice slice_;
  int fd_ = -1;
  std::uint64_t sent_ = 0;
};

// From what libcurl reports, nothing else: docs/http.md has the table.
Transport classify(CURLcode code, long status, long request_bytes, bool headers_ended);

}  // namespace train::http
