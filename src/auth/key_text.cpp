#include "key_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::auth {
namespace {

constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view k_pem_begin = "-----BEGIN ";
constexpr std::size_t k_path_longest = 1024;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string without_spaces(std::string_view text) {
  std::string out(text);
  std::erase_if(out, is_space);
  return out;
}

std::string_view without_mark(std::string_view text) {
  return starts_with(text, k_byte_order_mark) ? text.substr(k_byte_order_mark.size()) : text;
}

// One pair of quotes around everything. In double quotes it may be a JSON string, with its inner quotes escaped.
std::string without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  if (!quoted) return std::string(text);
  if (text.front() == '"') {
    const auto inner = nlohmann::json::parse(text, nullptr, false);
    if (inner.is_string()) return inner.get<std::string>();
  }
  return std::string(trim(text.substr(1, text.size() - 2)));
}

// A DER sequence of some length: PKCS#8, PKCS#12.
bool is_der(std::string_view bytes) {
  return bytes.size() > 4 && bytes[0] == '\x30' && static_cast<unsigned char>(bytes[1]) >= 0x80;
}

bool is_key_material(std::string_view text) {
  return !text.empty() && (text.front() == '{' || starts_with(text, k_pem_begin) || is_der(text));
}

std::optional<std::string> decoded_key(std::string_view text) {
  if (is_key_material(text)) return std::nullopt;
  auto decoded = decode_base64(without_spaces(text));
  if (!decoded) return std::nullopt;
  const std::string inner(trim(without_mark(*decoded)));
  // A binary key keeps each of its bytes.
  if (is_der(*decoded)) return decoded;
  return is_key_material(inner) ? std::optional(inner) : std::nullopt;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [text](std::string_view ending) {
    return text.size() > ending.size() && text.substr(text.size() - ending.size()) == ending;
  });
}

bool is_path(std::string_view text) {
  if (text.empty() || text.size() > k_path_longest || text.find('\n') != std::string_view::npos) return false;
  if (text.find_first_of("{}\"") != std::string_view::npos) return false;
  if (ends_with_any(text, {".json", ".p8", ".p12", ".pem", ".key", ".jks"})) return true;
  const bool rooted = text.front() == '/' || text.front() == '~' || starts_with(text, "./") ||
                      starts_with(text, "../") || (text.size() > 2 && text[1] == ':' && text[2] == '\\');
  return rooted && text.size() < 256;
}

std::string kind_of_json(std::string_view text) {
  const auto file = http::is_nested_within(text) ? nlohmann::json::parse(text, nullptr, false)
                                                 : nlohmann::json(nlohmann::json::value_t::discarded);
  if (!file.is_object()) return "JSON that was cut or changed";
  if (file.contains("installed") || file.contains("web"))
    return "an OAuth client file, with which people sign in to an app; it is no account by itself";
  if (file.contains("project_info") && file.contains("client"))
    return "google-services.json, the configuration of an app, which holds no key of an account";
  const auto type = file.find("type");
  if (type != file.end() && type->is_string())
    return fmt::format("a Google credential file of type {}", printable(type->get<std::string>(), 40));
  return "JSON without `type`";
}

std::string kind_of_pem(std::string_view text) {
  const auto has = [text](std::string_view word) { return text.find(word) != std::string_view::npos; };
  if (has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED")) return "a PEM key encrypted with a password";
  if (has("BEGIN OPENSSH PRIVATE KEY")) return "an SSH key";
  if (has("BEGIN PUBLIC KEY")) return "a public key";
  if (has("BEGIN CERTIFICATE")) return "a certificate";
  if (has("PRIVATE KEY-----")) return "a PEM private key, as of a .p8 or .pem file";
  return "a PEM file";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// The base64 between the marks, in lines again; nullopt: it is more than that (an encrypted key's headers).
std::optional<std::string> wrapped(std::string_view body) {
  constexpr std::size_t width = 64;
  const auto plain = without_spaces(body);
  if (plain.empty() || !decode_base64(plain)) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < plain.size(); at += width) out += plain.substr(at, width) + "\n";
  return out;
}

}  // namespace

std::string bare_key_text(std::string_view text) {
  const auto bare = without_quotes(trim(without_mark(trim(text))));
  if (auto decoded = decoded_key(bare)) return *decoded;
  return bare;
}

std::string kind_of_key_text(std::string_view bare) {
  if (bare.empty()) return "empty";
  if (bare.front() == '{') return kind_of_json(bare);
  if (bare.find(k_pem_begin) != std::string_view::npos) return kind_of_pem(bare);
  if (is_der(bare)) return "a binary key file, such as a .p12";
  if (starts_with(bare, "AIza")) return "an API key, which signs nobody in";
  if (starts_with(bare, "ya29.")) return "an access token, which is gone within an hour";
  if (is_path(bare)) return "the path of a file, not its contents";
  return {};
}

std::string mended_pem(std::string_view bare) {
  constexpr std::string_view dashes = "-----";
  const auto text = replaced(replaced(std::string(bare), "\\r", ""), "\\n", "\n");
  const auto begin = text.find(k_pem_begin);
  const auto label_end = begin == std::string::npos ? begin : text.find(dashes, begin + k_pem_begin.size());
  if (label_end == std::string::npos) return text;
  const auto label = text.substr(begin + k_pem_begin.size(), label_end - begin - k_pem_begin.size());
  const std::string end_mark = "-----END " + label + std::string(dashes);
  const auto body_at = label_end + dashes.size();
  const auto end = text.find(end_mark, body_at);
  if (end == std::string::npos) return text;
  const auto body = wrapped(std::string_view(text).substr(body_at, end - body_at));
  if (!body) return text;
  return std::string(k_pem_begin) + label + std::string(dashes) + "\n" + *body + end_mark + "\n";
}

}  // namespace train::auth
