#include "http/message.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

constexpr std::size_t k_target_limit_bytes = 16u << 10;

tl::unexpected<BadRequest> bad(int status, std::string why) {
  return tl::unexpected<BadRequest>(BadRequest{status, std::move(why)});
}

bool is_token_character(char c) {
  const auto u = static_cast<unsigned char>(c);
  if ((u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7f;
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "http://host/path" is allowed by the standard; only its path matters here.
std::string_view without_authority(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with(target, scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

Parsed<WireRequest> parse_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad(400, "the request line is not METHOD TARGET VERSION");
  WireRequest request;
  request.method = std::string(line.substr(0, first));
  if (!is_token(request.method) || request.method.size() > 32) return bad(400, "the method is not a token");
  const auto target = without_authority(line.substr(first + 1, last - first - 1));
  if (target.size() > k_target_limit_bytes) return bad(414, "the target is longer than 16 KiB");
  if (target.empty() || target.front() != '/' || has_control(target) || target.find(' ') != std::string_view::npos) {
    return bad(400, "the target does not begin with '/' or holds blanks");
  }
  request.target = std::string(target.substr(0, target.find('#')));
  const auto version = line.substr(last + 1);
  if (version == "HTTP/1.0") {
    request.connection = Connection::close;
  } else if (version != "HTTP/1.1") {
    return bad(starts_with(version, "HTTP/") ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  return request;
}

std::optional<BadRequest> add_header(std::string_view line, WireRequest& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return BadRequest{400, "a header line is not NAME: VALUE"};
  }
  const auto value = trim(line.substr(colon + 1));
  if (has_control(value)) return BadRequest{400, "a header value holds a control character"};
  const auto name = lower(line.substr(0, colon));
  const auto [at, added] = request.headers.try_emplace(name, value);
  if (!added) at->second += fmt::format(", {}", value);
  return std::nullopt;
}

void read_connection(WireRequest& request) {
  const auto at = request.headers.find("connection");
  if (at == request.headers.end()) return;
  for (const auto& part : split(lower(at->second), ',')) {
    if (trim(part) == "close") request.connection = Connection::close;
    if (trim(part) == "keep-alive") request.connection = Connection::keep;
  }
}

std::string_view reason_of(int status) {
  struct Row {
    int status;
    std::string_view reason;
  };
  static constexpr Row k_rows[] = {{100, "Continue"},
                                   {200, "OK"},
                                   {201, "Created"},
                                   {202, "Accepted"},
                                   {204, "No Content"},
                                   {301, "Moved Permanently"},
                                   {302, "Found"},
                                   {307, "Temporary Redirect"},
                                   {308, "Permanent Redirect"},
                                   {400, "Bad Request"},
                                   {401, "Unauthorized"},
                                   {403, "Forbidden"},
                                   {404, "Not Found"},
                                   {405, "Method Not Allowed"},
                                   {408, "Request Timeout"},
                                   {409, "Conflict"},
                                   {412, "Precondition Failed"},
                                   {413, "Content Too Large"},
                                   {414, "URI Too Long"},
                                   {415, "Unsupported Media"},
                                   {422, "Unprocessable Content"},
                                   {429, "Too Many Requests"},
                                   {431, "Headers Too Large"},
                                   {500, "Internal Server Error"},
                                   {501, "Not Implemented"},
                                   {502, "Bad Gateway"},
                                   {503, "Service Unavailable"},
                                   {504, "Gateway Timeout"},
                                   {505, "Version Not Supported"},
                                   {507, "Insufficient Storage"}};
  for (const auto& row : k_rows) {
    if (row.status == status) return row.reason;
  }
  return "Status";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Parsed<WireRequest> parse_head(std::string_view head) {
  auto end = head.find("\r\n");
  auto request = parse_request_line(head.substr(0, end));
  if (!request) return request;
  std::size_t count = 0;
  while (end != std::string_view::npos) {
    const auto begin = end + 2;
    end = head.find("\r\n", begin);
    const auto line = head.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (line.empty()) continue;
    if (++count > k_header_count_limit) return bad(431, "more than 100 headers");
    if (auto problem = add_header(line, *request)) return tl::unexpected<BadRequest>(*problem);
  }
  read_connection(*request);
  return request;
}

Parsed<Framing> framing_of(const std::map<std::string, std::string>& headers) {
  const auto coding = headers.find("transfer-encoding");
  const auto length = headers.find("content-length");
  if (coding != headers.end() && length != headers.end()) {
    return bad(400, "both Transfer-Encoding and Content-Length are given");
  }
  if (coding != headers.end()) {
    if (lower(coding->second) != "chunked") return bad(501, "only the transfer coding chunked is known");
    return Framing{Framing::Kind::chunked, 0};
  }
  if (length == headers.end()) return Framing{};
  const auto& text = length->second;
  Framing framing{Framing::Kind::length, 0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
  if (error == std::errc::result_out_of_range) return bad(413, "the body is larger than 1 GiB");
  if (error != std::errc() || end != text.data() + text.size())
    return bad(400, "Content-Length is not one whole number");
  if (framing.length > k_body_limit_bytes) return bad(413, "the body is larger than 1 GiB");
  return framing;
}

std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
  const auto digits = trim(line.substr(0, line.find(';')));
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return size;
}

std::string response_head(const ServerResponse& response, Connection connection) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (response.status != 204) {
    if (!response.content_type.empty()) head += fmt::format("Content-Type: {}\r\n", response.content_type);
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  if (connection == Connection::close) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string http_date(Instant at) {
  static constexpr std::string_view k_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto second = (at - day).count();
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", k_days[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), k_months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), second / 3600, second / 60 % 60, second % 60);
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::optional<FormFields> parse_form(std::string_view text) {
  FormFields fields;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals), Plus::space);
    auto value =
        percent_decode(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), Plus::space);
    if (!name || !value) return std::nullopt;
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

}  // namespace train::sandbox
