// HTTP/1.1 as text: heads in, answers out. Strict where a proxy could be fooled, and bounded everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "http/spool.hpp"
#include "train/base/time.hpp"
#include "world/service.hpp"

namespace train::sandbox {

inline constexpr std::size_t k_head_limit_bytes = 64u << 10;  // request line and headers together
inline constexpr std::size_t k_header_count_limit = 100;
inline constexpr std::uint64_t k_body_limit_bytes = 1ull << 30;

struct BadRequest {
  int status = 400;
  std::string why;
};
template <typename T>
using Parsed = tl::expected<T, BadRequest>;

enum class Connection { keep, close };

struct WireRequest {
  std::string method;
  std::string target;                          // as sent, with its query; always begins with '/'
  std::map<std::string, std::string> headers;  // names in lower case; repeated ones joined by ", "
  std::string body;
  std::shared_ptr<Spool> spooled;  // instead of `body`, where the server was told to
  bool cut = false;  // the client left in the middle of it; only chunks of an upload are handed on like that
  Connection connection = Connection::keep;
};

// How the body's end is found.
struct Framing {
  enum class Kind { none, length, chunked };
  Kind kind = Kind::none;
  std::uint64_t length = 0;
};

// `head` is everything before the blank line. 400, 431 or 505 with the reason.
Parsed<WireRequest> parse_head(std::string_view head);
// 400 for what two readers could read differently, 413 beyond the limit, 501 for an unknown transfer coding.
Parsed<Framing> framing_of(const std::map<std::string, std::string>& headers);
// The number at the head of a chunk: hexadecimal digits, then nothing or ";extension".
std::optional<std::uint64_t> parse_chunk_size(std::string_view line);

// What leaves: all of it, nothing, or half of the body before the connection is closed.
enum class Delivery { whole, dropped, half };

struct Reply {
  ServerResponse response;
  Delivery delivery = Delivery::whole;
};

std::string response_head(const ServerResponse& response, Connection connection);

std::string http_date(Instant at);  // "Mon, 30 Nov 2026 09:00:00 GMT"

// "%41+b" -> "A b" when `plus_is_space`; nullopt for a bad escape.
enum class Plus { literal, space };
std::optional<std::string> percent_decode(std::string_view text, Plus plus);
using FormFields = std::vector<std::pair<std::string, std::string>>;
std::optional<FormFields> parse_form(std::string_view text);  // "a=1&b=2", decoded, in order

}  // namespace train::sandbox
