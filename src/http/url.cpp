#include "url.hpp"

#include <arpa/inet.h>
#include <strings.h>

#include "train/http/client.hpp"

namespace train::http {

namespace {

std::string part(CURLU* url, CURLUPart what) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, 0) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

bool Url::is_loopback() const {
  if (strcasecmp(host.c_str(), "localhost") == 0 || host == "[::1]") return true;
  in_addr address{};
  // A name such as 127.example.com is not an address, so it does not pass.
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

std::string Url::authority() const { return port.empty() ? host : host + ":" + port; }

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.handle.reset(curl_url());
  if (!url.handle || text.find('\0') != std::string_view::npos) return std::nullopt;
  if (curl_url_set(url.handle.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) return std::nullopt;
  url.scheme = part(url.handle.get(), CURLUPART_SCHEME);
  url.host = part(url.handle.get(), CURLUPART_HOST);
  url.port = part(url.handle.get(), CURLUPART_PORT);
  url.path = part(url.handle.get(), CURLUPART_PATH);
  url.has_userinfo =
      !part(url.handle.get(), CURLUPART_USER).empty() || !part(url.handle.get(), CURLUPART_PASSWORD).empty();
  return url;
}

std::string why_not_allowed(const std::optional<Url>& url) {
  if (!url) return "the address is not a URL";
  if (url->has_userinfo) return "a name or password inside the address is not allowed";
  if (url->scheme == "https") return {};
  if (url->scheme == "http") return url->is_loopback() ? "" : "plain http is only allowed to this machine (loopback)";
  return "only https is allowed, and http to this machine (loopback)";
}

bool is_loopback_url(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed && parsed->is_loopback();
}

std::string origin_of(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed ? parsed->scheme + "://" + parsed->authority() : std::string();
}

}  // namespace train::http
