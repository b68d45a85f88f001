#include "delivery.hpp"

#include <algorithm>
#include <utility>

#include "train/base/text.hpp"

namespace train::notify {

namespace {

constexpr int k_attempts = 3;
constexpr std::chrono::milliseconds k_longest_wait{60000};
constexpr std::size_t k_answer_limit_bytes = 64 * 1024;

bool is_delivered(const http::Outcome& outcome) { return outcome.status >= 200 && outcome.status < 300; }

bool may_send_again(const http::Outcome& outcome, Repeat repeat) {
  switch (outcome.transport) {
    case http::Transport::not_sent:
      return true;
    case http::Transport::lost:
      return repeat == Repeat::harmless;
    case http::Transport::answered:
    case http::Transport::cut:
      break;
  }
  return outcome.status == 429 || outcome.status >= 500;
}

// An answer may repeat the address it was asked at; only a code such as `invalid_payload` is shown.
std::string safe_words(const std::string& body, const std::string& url) {
  const std::string word(trim(body));
  const bool is_code = !word.empty() && word.size() <= 60 &&
                       std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return is_code && url.find(word) == std::string::npos ? word : std::string();
}

Error error_without_address(http::Request request, http::Outcome outcome, const Delivery& delivery) {
  outcome.body = safe_words(outcome.body, request.url);
  request.url = http::origin_of(request.url);
  Error error = http::error_of(request, outcome, "Telling " + delivery.receiver);
  if (error.kind == ErrorKind::unknown_outcome)
    error.hint = "The message may have arrived; nothing else depends on it.";
  if (outcome.status >= 400 && outcome.status < 500 && outcome.status != 429) {
    error.hint = "Check the channel's address: it may have been revoked.";
  }
  return error;
}

http::Request request_for(const Secret& url, const Delivery& delivery) {
  http::Request request;
  request.method = http::Method::post;
  request.url = url.expose();
  request.secret_address = true;
  request.headers = delivery.headers;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = delivery.json;
  request.purpose = http::Purpose::write;
  request.timeout = std::chrono::milliseconds(10000);
  request.answer_limit_bytes = k_answer_limit_bytes;
  return request;
}

}  // namespace

Result<Done> deliver(http::Client& client, const http::Sleep& sleep, const Secret& url, const Delivery& delivery) {
  const http::Request request = request_for(url, delivery);
  const std::string origin = http::origin_of(request.url);
  const bool usable =
      starts_with(origin, "https://") || (starts_with(origin, "http://") && http::is_loopback_url(request.url));
  if (!usable) {
    return fail(ErrorKind::definition, "The address of " + delivery.receiver + " is not usable.",
                "It should begin with https://, as it was given out.");
  }
  http::RetryInput wait;
  while (true) {
    const http::Outcome outcome = client.send(request);
    if (is_delivered(outcome)) return Done{};
    wait.retry_after = http::retry_after(outcome);
    const auto delay = http::retry_delay(wait);
    const bool give_up = wait.attempt >= k_attempts || delay > k_longest_wait;
    if (give_up || !may_send_again(outcome, delivery.repeat)) {
      return tl::unexpected(error_without_address(request, outcome, delivery));
    }
    if (sleep) sleep(delay);
    ++wait.attempt;
  }
}

namespace {

class Poster final : public Notifier {
 public:
  using DeliveryOf = Delivery (*)(const Message& message);
  Poster(http::Sleep sleep, Secret url, DeliveryOf delivery_of)
      : sleep_(std::move(sleep)), client_(nullptr), url_(std::move(url)), delivery_of_(delivery_of) {}

  Result<Done> send(const Channel&, const Message& message) override {
    return deliver(client_, sleep_, url_, delivery_of_(message));
  }

 private:
  http::Sleep sleep_;
  http::Client client_;
  Secret url_;
  DeliveryOf delivery_of_;
};

}  // namespace

std::unique_ptr<Notifier> make_poster(http::Sleep sleep, Secret url, Delivery (*delivery_of)(const Message& message)) {
  return std::make_unique<Poster>(std::move(sleep), std::move(url), delivery_of);
}

}  // namespace train::notify
