#include "train/event_log/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "json_reader.hpp"
#include "json_writer.hpp"
#include "train/base/check.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::event_log {
namespace {

constexpr std::string_view k_hash_begin = R"(,"hash":")";
constexpr std::size_t k_hash_digits = 64;
constexpr std::size_t k_hash_member = k_hash_begin.size() + k_hash_digits + 2;  // …"}

std::string text_of(const Json& json) {
  // Bad UTF-8 from a store must not stop the log: it becomes U+FFFD.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json data_of(const EventBody& body) {
  return std::visit([](const auto& kind) { return Writer::put_object(kind); }, body);
}

std::string line_without_hash(const Event& event, std::size_t more) {
  Json json = Json::object();
  json["v"] = k_log_version;
  json["seq"] = event.seq;
  json["at"] = format_rfc3339(event.at);
  json["by"] = event.by;
  json["kind"] = std::string(kind_of(event.body));
  json["data"] = data_of(event.body);
  if (more > 0) json["more"] = more;
  json["prev"] = event.prev;
  return text_of(json);
}

std::string with_hash(std::string line, const std::string& hash) {
  line.pop_back();
  line += fmt::format("{}{}\"}}", k_hash_begin, hash);
  return line;
}

tl::unexpected<Error> damaged(std::string why) { return fail(ErrorKind::corrupt_state, std::move(why)); }

bool is_hash(std::string_view text) {
  return text.size() == k_hash_digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// How deep brackets nest outside of strings; nlohmann itself has no bound.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

using ReadBody = std::string (*)(const Json&, EventBody&);

template <std::size_t I>
std::string read_body(const Json& json, EventBody& body) {
  return Reader::take_object(json, body.emplace<I>());
}

template <std::size_t... I>
std::unordered_map<std::string_view, ReadBody> kinds(std::index_sequence<I...>) {
  return {{kind_of(EventBody(std::in_place_index<I>)), &read_body<I>}...};
}

ReadBody reader_of(std::string_view kind) {
  static const auto known = kinds(std::make_index_sequence<std::variant_size_v<EventKinds>>());
  const auto found = known.find(kind);
  return found == known.end() ? nullptr : found->second;
}

Result<Done> check_version(const Json& json) {
  const auto version = json.find("v");
  if (version == json.end() || !version->is_number_unsigned()) return damaged("it has no log version \"v\"");
  const auto number = version->get<std::uint64_t>();
  if (number > k_log_version) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("written by a newer train: log version {}, this one reads {}", number, k_log_version),
                "Use the train that wrote it, or a newer one. Nothing was changed.");
  }
  if (number == 0) return damaged("log version 0 has never existed");
  return Done{};
}

// The line's own hash, once it is shown to be right.
Result<std::string> checked_hash(std::string_view line) {
  if (line.size() <= k_hash_member) return damaged("it has no hash");
  const std::string_view member = line.substr(line.size() - k_hash_member);
  const std::string_view hash = member.substr(k_hash_begin.size(), k_hash_digits);
  if (!starts_with(member, k_hash_begin) || !is_hash(hash)) return damaged("it does not end in its hash");
  std::string covered(line.substr(0, line.size() - k_hash_member));
  covered += '}';
  if (sha256_hex(covered) != hash) return damaged("its hash does not match: the line was changed after it was written");
  return std::string(hash);
}

// The members around `data`. The hash has been checked; what is wrong here was written wrong.
struct Envelope {
  Decoded decoded;
  std::string kind;
  const Json* data = nullptr;
};

std::optional<std::string> text_member(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

Result<Envelope> read_envelope(const Json& json) {
  const auto seq = json.find("seq");
  const auto at = text_member(json, "at");
  const auto by = text_member(json, "by");
  const auto kind = text_member(json, "kind");
  const auto prev = text_member(json, "prev");
  const auto data = json.find("data");
  if (seq == json.end() || !seq->is_number_unsigned()) return damaged("\"seq\" is not a number");
  if (!at || !parse_rfc3339(*at)) return damaged("\"at\" is not a time");
  if (!by || !kind || !prev) return damaged("\"by\", \"kind\" or \"prev\" is missing");
  if (!is_hash(*prev)) return damaged("\"prev\" is not a hash");
  if (data == json.end()) return damaged("\"data\" is missing");
  Envelope out;
  const auto more = json.find("more");
  if (more != json.end()) {
    if (!more->is_number_unsigned()) return damaged("\"more\" is not a number");
    out.decoded.more = more->get<std::size_t>();
  }
  out.decoded.event.seq = seq->get<Seq>();
  out.decoded.event.at = *parse_rfc3339(*at);
  out.decoded.event.by = *by;
  out.decoded.event.prev = *prev;
  out.kind = *kind;
  out.data = &*data;
  return out;
}

Result<Json> parse_line(std::string_view line) {
  if (line.size() > k_line_bytes_max) return damaged(fmt::format("it is longer than {} bytes", k_line_bytes_max));
  if (nesting(line) > k_json_depth_max) return damaged(fmt::format("it nests deeper than {}", k_json_depth_max));
  Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return damaged("it is not a JSON object");
  return json;
}

}  // namespace

Encoded encode(const NewEvent& event, Seq seq, std::string_view prev, std::size_t more) {
  const Event placed{seq, event.at, event.by, event.body, std::string(prev), {}};
  const std::string covered = line_without_hash(placed, more);
  std::string line = with_hash(covered, sha256_hex(covered));
  auto back = decode(line);
  TRAIN_CHECK(back.has_value(), "an event must be readable before it is written: " + back.error().message);
  return Encoded{std::move(*back), std::move(line)};
}

Result<Decoded> decode_line(std::string_view line) {
  const auto json = parse_line(line);
  if (!json) return tl::unexpected(json.error());
  if (const auto version = check_version(*json); !version) return tl::unexpected(version.error());
  auto hash = checked_hash(line);
  if (!hash) return tl::unexpected(hash.error());
  auto envelope = read_envelope(*json);
  if (!envelope) return tl::unexpected(envelope.error());
  envelope->decoded.event.hash = std::move(*hash);
  const ReadBody read = reader_of(envelope->kind);
  if (read == nullptr) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("event {} is of a kind this train does not know, \"{}\"; its log version is {}, this one "
                            "reads {}: it was written by a newer train",
                            envelope->decoded.event.seq, printable(envelope->kind, 80), json->at("v").get<int>(),
                            k_log_version),
                "Use the train that wrote it, or a newer one. Nothing was changed.");
  }
  const std::string fault = read(*envelope->data, envelope->decoded.event.body);
  if (!fault.empty()) return damaged(fmt::format("in the event \"{}\", data{}", envelope->kind, printable(fault, 200)));
  return std::move(envelope->decoded);
}

Result<Event> decode(std::string_view line) {
  auto decoded = decode_line(line);
  if (!decoded) return tl::unexpected(decoded.error());
  return std::move(decoded->event);
}

std::string to_json(const Event& event) { return with_hash(line_without_hash(event, 0), event.hash); }

}  // namespace train::event_log
