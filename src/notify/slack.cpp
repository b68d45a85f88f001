// Slack's incoming webhooks: a headline, a text and a line of context.
#include <nlohmann/json.hpp>

#include "delivery.hpp"
#include "descriptors.hpp"
#include "train/base/text.hpp"
#include "train/notify/notifiers.hpp"

namespace train::notify {

namespace {

using nlohmann::json;

constexpr std::size_t k_header_bytes = 140;  // Slack: 150 characters
constexpr std::size_t k_text_bytes = 2900;   // Slack: 3,000 characters

// Slack reads <…> as links and mentions; & < > are the only characters it wants escaped.
std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text) {
    const std::string piece = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    if (out.size() + piece.size() > limit) break;
    out += piece;
  }
  while (!out.empty() && !is_valid_utf8(out)) out.pop_back();  // a character must not be cut in half
  return out;
}

std::string lines_of(const std::string& body) {
  std::vector<std::string> lines;
  for (const std::string& line : split(body, '\n')) lines.push_back(printable(line));
  return escaped(join(lines, "\n"), k_text_bytes);
}

std::string context_of(const Message& message) {
  std::vector<std::string> parts = {message.train + " " + message.version.text()};
  if (!message.app.empty()) parts.push_back(message.app);
  parts.emplace_back(to_string(message.topic));
  parts.push_back(format_rfc3339(message.at));
  if (!message.by.empty()) parts.push_back("by " + message.by);
  return escaped(printable(join(parts, " · ")), k_text_bytes);
}

std::string blocks_of(const Message& message) {
  const std::string headline = escaped(printable(message.headline), k_text_bytes);
  json blocks = json::array();
  blocks.push_back(
      {{"type", "header"}, {"text", {{"type", "plain_text"}, {"text", printable(message.headline, k_header_bytes)}}}});
  if (!message.body.empty()) {
    blocks.push_back({{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", lines_of(message.body)}}}});
  }
  blocks.push_back({{"type", "context"}, {"elements", {{{"type", "mrkdwn"}, {"text", context_of(message)}}}}});
  return json({{"text", headline}, {"blocks", blocks}}).dump(-1, ' ', false, json::error_handler_t::replace);
}

Delivery to_slack(const Message& message) {
  Delivery delivery;
  delivery.receiver = "Slack";
  delivery.json = blocks_of(message);
  return delivery;
}

}  // namespace

std::unique_ptr<Notifier> make_slack(http::Sleep sleep, Secret url) {
  return make_poster(std::move(sleep), std::move(url), to_slack);
}

Descriptor describe_slack() { return {{ChannelKind::slack, "the incoming webhook's URL"}, make_slack}; }

}  // namespace train::notify
