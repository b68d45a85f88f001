#include "train/auth/aws_signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::auth {

namespace {

constexpr std::string_view k_aws_algorithm = "AWS4-HMAC-SHA256";

std::string amz_date(Instant at) {
  std::string text = format_rfc3339(at);  // "2015-08-30T12:36:00Z"
  std::erase(text, '-');
  std::erase(text, ':');
  return text;
}

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Trimmed, and runs of white space (folded lines among them) become one space.
std::string canonical_value(std::string_view value) {
  std::string out;
  bool gap = false;
  for (const char c : value) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::string without_dots(std::string_view path) {
  std::vector<std::string> kept;
  for (const auto& segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  if (kept.empty()) return "/";
  return "/" + join(kept, "/") + (path.back() == '/' ? "/" : "");
}

// The path is sent encoded once already and encoded here again, except where S3 (not normalised) wants it once.
std::string canonical_path(std::string_view path, bool normalize) {
  const std::string plain = normalize ? without_dots(path) : std::string(path);
  std::vector<std::string> encoded;
  for (const auto& segment : split(plain, '/')) encoded.push_back(percent_encode(segment));
  const std::string joined = join(encoded, "/");
  return joined.empty() ? "/" : joined;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0;
    if (coded) {
      out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// However a key was encoded when it was sent, it is signed as RFC 3986 has it, in the order of its encoded form.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& piece : split(query, '&')) {
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    const std::string value = equals < piece.size() ? piece.substr(equals + 1) : std::string();
    pairs.emplace_back(percent_encode(percent_decode(piece.substr(0, equals))), percent_encode(percent_decode(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<std::string> joined;
  for (const auto& [key, value] : pairs) joined.push_back(key + "=" + value);
  return join(joined, "&");
}

struct SignedHeaders {
  std::string lines;  // "host:example.com\n…"
  std::string names;  // "host;x-amz-date"
};

// Headers of one name become one line, their values in the order in which they came.
SignedHeaders signed_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::map<std::string, std::string> by_name;
  for (const auto& [name, value] : headers) {
    const auto [found, is_new] = by_name.try_emplace(lower_case(name), canonical_value(value));
    if (!is_new) found->second += "," + canonical_value(value);
  }
  SignedHeaders out;
  for (const auto& [name, value] : by_name) {
    out.lines += name + ":" + value + "\n";
    out.names += (out.names.empty() ? "" : ";") + name;
  }
  return out;
}

std::string signing_key(const Secret& secret, std::string_view day, const AwsScope& scope) {
  const Secret start("AWS4" + secret.expose());
  std::string key = hmac_sha256(start.expose(), day);
  for (const std::string_view word :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, word);
  }
  return key;
}

}  // namespace

AwsSignature sign_aws(const AwsRequest& request, const AwsCredentials& credentials, const AwsScope& scope) {
  AwsSignature out;
  const std::string date = amz_date(scope.at);
  const std::string day = date.substr(0, 8);
  const std::string body_digest = sha256_hex(request.body);
  out.headers.emplace_back("X-Amz-Date", date);
  if (scope.sign_body) out.headers.emplace_back("x-amz-content-sha256", body_digest);
  const std::pair<std::string, std::string> token{"X-Amz-Security-Token", credentials.session_token.expose()};
  if (!token.second.empty() && scope.sign_session_token) out.headers.push_back(token);

  auto all = request.headers;
  all.insert(all.end(), out.headers.begin(), out.headers.end());
  const auto headers = signed_headers(all);
  const std::string_view target = request.target;
  const auto mark = std::min(target.find('?'), target.size());
  const auto query = mark < target.size() ? target.substr(mark + 1) : std::string_view();
  out.canonical_request =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(target.substr(0, mark), scope.normalize),
                  canonical_query(query), headers.lines, headers.names, body_digest);
  const std::string where = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  out.string_to_sign = fmt::format("{}\n{}\n{}\n{}", k_aws_algorithm, date, where, sha256_hex(out.canonical_request));
  const Secret key(signing_key(credentials.secret_access_key, day, scope));
  out.signature = hex_of(hmac_sha256(key.expose(), out.string_to_sign));
  if (!token.second.empty() && !scope.sign_session_token) out.headers.push_back(token);
  out.headers.emplace_back("Authorization",
                           fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", k_aws_algorithm,
                                       credentials.access_key_id, where, headers.names, out.signature));
  return out;
}

}  // namespace train::auth
