#include "train/http/client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>

#include "tracing.hpp"
#include "train/base/check.hpp"
#include "train/base/interruption.hpp"
#include "train/base/patience.hpp"
#include "train/base/text.hpp"
#include "transfer.hpp"
#include "url.hpp"

namespace train::http {

namespace {

// Above this a read gives up and says when to come back, rather than sleep through it.
constexpr std::chrono::milliseconds k_longest_wait{60000};
constexpr long k_upload_buffer_bytes = 512 * 1024;

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyFree>;

void start_libcurl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  TRAIN_CHECK(started == CURLE_OK, "libcurl could not start");
}

enum class TryAgain { useful, pointless };

struct Attempt {
  Outcome outcome;
  TryAgain again = TryAgain::useful;
};

Attempt refuse(std::string why) {
  Attempt attempt;
  attempt.outcome.detail = std::move(why);
  attempt.again = TryAgain::pointless;
  return attempt;
}

bool is_header_safe(const Header& header) {
  constexpr std::string_view k_breaks("\r\n\0", 3);
  return !header.name.empty() && header.name.find_first_of(k_breaks) == std::string::npos &&
         header.name.find_first_of(": ") == std::string::npos &&
         header.value.find_first_of(k_breaks) == std::string::npos;
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  TRAIN_CHECK(longer != nullptr, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

bool names_content_type(const Request& request) {
  for (const Header& header : request.headers) {
    if (curl_strequal(header.name.c_str(), "content-type") != 0) return true;
  }
  return false;
}

HeaderList headers_of(const Request& request) {
  HeaderList list;
  for (const Header& header : request.headers) {
    // libcurl takes "Name:" as "leave it out"; "Name;" sends it empty.
    append(list, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  append(list, "Expect:");
  if (!names_content_type(request)) append(list, "Content-Type:");  // else libcurl claims a form
  return list;
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

void set_trust(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // The curl program reads these; the library does not.
  const char* bundle = environment("SSL_CERT_FILE");
  if (bundle == nullptr) bundle = environment("CURL_CA_BUNDLE");
  if (bundle != nullptr) curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
}

void set_address(CURL* easy, const Url& url) {
  curl_easy_setopt(easy, CURLOPT_CURLU, url.handle.get());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, url.scheme.c_str());
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (url.is_loopback()) curl_easy_setopt(easy, CURLOPT_PROXY, "");  // this machine is never behind a proxy
}

// Another call than the one in flight is not begun for somebody who wants to go: a read still may, for what was written
// is looked at.
std::string_view why_not_now(const Request& request) {
  if (patience_of_thread().is_over()) return "the time there was for it is over";
  if (request.purpose != Purpose::read && is_interrupted()) return "the command was interrupted before it was sent";
  return {};
}

std::chrono::milliseconds within_patience(std::chrono::milliseconds length) {
  const auto left = patience_of_thread().left();
  return left ? std::min(length, std::max(*left, std::chrono::milliseconds(1))) : length;
}

// libcurl asks about once a second: a bound that was shortened meanwhile ends a transfer too.
int give_up_when_over(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return patience_of_thread().is_over() ? 1 : 0;
}

void set_connection(CURL* easy, const Request& request) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "train");
  if (request.gzip) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(within_patience(request.connect_timeout).count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(within_patience(request.timeout).count()));
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &give_up_when_over);
  if (request.purpose == Purpose::write) {
    // On a reused connection that dies unanswered libcurl sends again by itself, and a release would be submitted
    // twice.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
}

void set_body(CURL* easy, const Request& request, Outgoing& outgoing) {
  const std::string method(to_string(request.method));
  if (request.slice) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, outgoing.length());
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Outgoing::on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &outgoing);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Outgoing::on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, &outgoing);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, k_upload_buffer_bytes);
  } else if (!request.body.empty() || (request.method != Method::get && request.method != Method::del)) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void set_collection(CURL* easy, Incoming& incoming, char* detail) {
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Incoming::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &incoming);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Incoming::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &incoming);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
}

std::string detail_of(CURLcode code, const char* words, const Incoming& incoming) {
  if (incoming.outcome.over_limit) {
    return "the answer is larger than " + std::to_string(incoming.limit_bytes) + " bytes";
  }
  if (code == CURLE_OK) return {};
  if (patience_of_thread().is_over()) return "given up: the time there was for it is over";
  return printable(*words != '\0' ? words : curl_easy_strerror(code), 300);
}

Attempt conclude(CURL* easy, CURLcode code, const char* words, Incoming& incoming) {
  long status = 0;
  long request_bytes = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  Attempt attempt;
  attempt.outcome = std::move(incoming.outcome);
  Outcome& outcome = attempt.outcome;
  outcome.transport = classify(code, status, request_bytes, incoming.headers_ended);
  const bool has_status = outcome.transport == Transport::answered || outcome.transport == Transport::cut;
  outcome.status = has_status ? static_cast<int>(status) : 0;
  outcome.detail = detail_of(code, words, incoming);
  if (outcome.detail.empty() && outcome.transport != Transport::answered) outcome.detail = "the connection was closed";
  const bool untrusted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  if (outcome.over_limit || untrusted) attempt.again = TryAgain::pointless;
  return attempt;
}

bool is_final(const Outcome& outcome) {
  return outcome.transport == Transport::answered && outcome.status != 429 && outcome.status < 500;
}

// nullopt: another attempt cannot help, or not soon enough.
std::optional<std::chrono::milliseconds> delay_before_next(const Attempt& attempt, RetryInput& wait) {
  if (attempt.again == TryAgain::pointless || is_final(attempt.outcome)) return std::nullopt;
  wait.retry_after = retry_after(attempt.outcome);
  const auto delay = retry_delay(wait);
  if (delay > k_longest_wait || is_interrupted()) return std::nullopt;
  const auto left = patience_of_thread().left();
  if (left && delay >= *left) return std::nullopt;
  return delay;
}

}  // namespace

struct Client::Impl {
  Sleep sleep;
  std::mutex busy;
  Easy easy;

  Attempt attempt(const Request& request);
};

Attempt Client::Impl::attempt(const Request& request) {
  const auto url = parse_url(request.url);
  if (std::string why = why_not_allowed(url); !why.empty()) return refuse(std::move(why));
  if (const auto why = why_not_now(request); !why.empty()) return refuse(std::string(why));
  for (const Header& header : request.headers) {
    if (!is_header_safe(header)) return refuse("the header " + printable(header.name, 80) + " contains a line break");
  }
  Outgoing outgoing;
  if (request.slice) {
    if (auto opened = outgoing.open(*request.slice); !opened) return refuse(printable(opened.error().message, 500));
  }
  const std::lock_guard lock(busy);
  std::array<char, CURL_ERROR_SIZE> words{};
  Incoming incoming(request.answer_limit_bytes);
  const HeaderList headers = headers_of(request);
  set_trust(easy.get());
  set_address(easy.get(), *url);
  set_connection(easy.get(), request);
  set_body(easy.get(), request, outgoing);
  set_collection(easy.get(), incoming, words.data());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(easy.get());
  Attempt attempt = conclude(easy.get(), code, words.data(), incoming);
  curl_easy_reset(easy.get());  // forgets pointers into this call; open connections stay
  return attempt;
}

Client::Client(Sleep sleep) : impl_(std::make_unique<Impl>()) {
  start_libcurl_once();
  impl_->sleep = std::move(sleep);
  impl_->easy.reset(curl_easy_init());
  TRAIN_CHECK(impl_->easy != nullptr, "libcurl gave no handle");
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Outcome Client::send(const Request& request) {
  const AttemptTimer timer;
  Attempt attempt = impl_->attempt(request);
  timer.tell(request, attempt.outcome, 1, std::nullopt);
  return std::move(attempt.outcome);
}

Outcome Client::read(const Request& request, int attempts) {
  RetryInput wait;
  while (true) {
    const AttemptTimer timer;
    Attempt attempt = impl_->attempt(request);
    const auto delay = wait.attempt >= attempts ? std::nullopt : delay_before_next(attempt, wait);
    timer.tell(request, attempt.outcome, wait.attempt, delay);
    if (!delay) return std::move(attempt.outcome);
    if (impl_->sleep) impl_->sleep(*delay);
    ++wait.attempt;
  }
}

}  // namespace train::http
