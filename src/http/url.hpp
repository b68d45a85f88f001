// URLs as libcurl reads them, so that what is checked is what is connected to.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace train::http {

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlFree>;

struct Url {
  UrlHandle handle;
  std::string scheme;  // lower case
  std::string host;    // an IPv6 address keeps its brackets
  std::string port;    // empty unless written
  std::string path;    // starts with '/'
  bool has_userinfo = false;

  bool is_loopback() const;
  std::string authority() const;  // host[:port]
};

// nullopt when libcurl cannot read it.
std::optional<Url> parse_url(std::string_view text);

// Why a request may not go there; empty when it may.
std::string why_not_allowed(const std::optional<Url>& url);

}  // namespace train::http
