#include "world/faults.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "http/json_text.hpp"
#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t k_fault_limit = 1000;
constexpr std::string_view k_allowed =
    "status:NNN, empty:NNN, drop_after_effect, drop_before_effect, delay:250ms, stale:30s, html, half, legacy, "
    "redirect:URL, clock_skew:7m, budget:N, lacks:WORD, nulls:FIELD, cut_body:BYTES";

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorKind::usage, std::move(why)); }

std::optional<int> whole_number(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> parse_delay(std::string_view text) {
  if (text.size() > 2 && text.substr(text.size() - 2) == "ms") {
    const auto count = whole_number(text.substr(0, text.size() - 2), 1, 600'000);
    return count ? std::optional(std::chrono::milliseconds(*count)) : std::nullopt;
  }
  const auto length = parse_duration(text);
  if (!length || *length > Duration{600}) return std::nullopt;
  return std::chrono::milliseconds(*length);
}

bool is_header_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// "7m", "-7m"
std::optional<Duration> parse_skew(std::string_view text) {
  const bool negative = starts_with(text, "-");
  const auto length = parse_duration(negative ? text.substr(1) : text);
  if (!length || *length > Duration{7 * 86400}) return std::nullopt;
  return negative ? -*length : *length;
}

struct ArgumentRow {
  std::string_view word;
  Fault::Kind kind;
  bool (*read)(std::string_view argument, Fault& fault);
};

bool read_word(std::string_view argument, Fault& fault) {
  fault.word = std::string(argument);
  return !argument.empty();
}

bool read_status(std::string_view argument, Fault& fault) {
  const auto status = whole_number(argument, 200, 599);
  fault.status = status.value_or(0);
  return status.has_value();
}

constexpr ArgumentRow k_with_argument[] = {
    {"status", Fault::Kind::status, read_status},
    {"empty", Fault::Kind::empty, read_status},
    {"lacks", Fault::Kind::lacks, read_word},
    {"nulls", Fault::Kind::nulls, read_word},
    {"delay", Fault::Kind::delay,
     [](std::string_view argument, Fault& fault) {
       const auto delay = parse_delay(argument);
       fault.delay = delay.value_or(std::chrono::milliseconds{0});
       return delay.has_value();
     }},
    {"stale", Fault::Kind::stale,
     [](std::string_view argument, Fault& fault) {
       const auto age = parse_duration(argument);
       fault.age = age.value_or(Duration{0});
       return age && *age <= Duration{3600};
     }},
    {"clock_skew", Fault::Kind::clock_skew,
     [](std::string_view argument, Fault& fault) {
       const auto skew = parse_skew(argument);
       fault.age = skew.value_or(Duration{0});
       return skew.has_value();
     }},
    {"budget", Fault::Kind::budget,
     [](std::string_view argument, Fault& fault) {
       const auto left = whole_number(argument, 0, 1'000'000);
       fault.left = left.value_or(0);
       return left.has_value();
     }},
    {"cut_body", Fault::Kind::cut_body,
     [](std::string_view argument, Fault& fault) {
       const auto bytes = whole_number(argument, 0, 1 << 30);
       fault.bytes = static_cast<std::uint64_t>(bytes.value_or(0));
       return bytes.has_value();
     }},
    {"redirect", Fault::Kind::redirect,
     [](std::string_view argument, Fault& fault) {
       fault.location = std::string(argument);
       return is_header_text(argument);
     }},
};

struct WordRow {
  std::string_view word;
  Fault::Kind kind;
};

constexpr WordRow k_words_alone[] = {{"drop_after_effect", Fault::Kind::drop_after_effect},
                                     {"drop_before_effect", Fault::Kind::drop_before_effect},
                                     {"html", Fault::Kind::html},
                                     {"half", Fault::Kind::half},
                                     {"legacy", Fault::Kind::legacy}};

// "status:503", "drop_after_effect", …: false when it is none of them.
bool parse_kind(std::string_view text, Fault& fault) {
  const auto colon = text.find(':');
  for (const auto& row : k_with_argument) {
    if (colon == std::string_view::npos || text.substr(0, colon) != row.word) continue;
    fault.kind = row.kind;
    return row.read(text.substr(colon + 1), fault);
  }
  for (const auto& row : k_words_alone) {
    if (text == row.word) fault.kind = row.kind;
    if (text == row.word) return true;
  }
  return false;
}

Result<int> count_member(const json& object, const char* name, int otherwise, int least) {
  const auto at = object.find(name);
  if (at == object.end()) return otherwise;
  if (!at->is_number_integer() || at->get<std::int64_t>() < least || at->get<std::int64_t>() > 1'000'000) {
    return refuse(fmt::format("\"{}\" must be a whole number from {}.", name, least));
  }
  return static_cast<int>(at->get<std::int64_t>());
}

bool matches(const Fault& fault, std::string_view method, std::string_view target) {
  const bool any_write = fault.method == "WRITE" && method != "GET";
  return (fault.method.empty() || fault.method == method || any_write) && starts_with(target, fault.path);
}

// Inside an edit Play always reads its own writes, and only reads can be out of date.
bool can_be_stale(std::string_view method, std::string_view target) {
  return method == "GET" && target.find("/edits/") == std::string_view::npos;
}

std::string_view google_word(int status) {
  switch (status) {
    case 400:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return "INTERNAL";
  }
}

std::string_view apple_code(int status) {
  switch (status) {
    case 400:
      return "PARAMETER_ERROR.INVALID";
    case 401:
      return "NOT_AUTHORIZED";
    case 403:
      return "FORBIDDEN_ERROR";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "STATE_ERROR";
    case 429:
      return "RATE_LIMIT_EXCEEDED";
    default:
      return "UNEXPECTED_ERROR";
  }
}

ServerResponse status_response(const Fault& fault, std::string_view target) {
  const auto message =
      fault.detail.empty() ? fmt::format("The sandbox was asked to answer {} here.", fault.status) : fault.detail;
  if (starts_with(target, "/play") || starts_with(target, "/firebase")) {
    return google_error(fault.status, fault.code.empty() ? google_word(fault.status) : fault.code, message);
  }
  if (starts_with(target, "/app-store")) {
    const json error = {{"id", "00000000-0000-4000-8000-000000000000"},
                        {"status", std::to_string(fault.status)},
                        {"code", fault.code.empty() ? apple_code(fault.status) : fault.code},
                        {"title", "A fault was ordered."},
                        {"detail", message}};
    return json_response(fault.status, {{"errors", json::array({error})}});
  }
  return plain_error(fault.status, message);
}

}  // namespace

Result<Fault> parse_fault(std::string_view text) {
  const auto object =
      parse_object(text, {"path", "method", "times", "every", "fault", "retry_after", "code", "detail"});
  if (!object) return tl::unexpected(object.error());
  Fault fault;
  fault.path = text_member(*object, "path").value_or("");
  if (!starts_with(fault.path, "/")) return refuse("\"path\" must be a prefix that begins with '/'.");
  if (object->contains("method") && !text_member(*object, "method")) return refuse("\"method\" must be a word.");
  fault.method = text_member(*object, "method").value_or("");
  for (char& c : fault.method) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  fault.text = text_member(*object, "fault").value_or("");
  if (!parse_kind(fault.text, fault)) return refuse(fmt::format("\"fault\" must be one of: {}.", k_allowed));
  const auto times = count_member(*object, "times", 1, 0);
  if (!times) return tl::unexpected(times.error());
  const auto every = count_member(*object, "every", 1, 1);
  if (!every) return tl::unexpected(every.error());
  fault.times = *times;
  fault.every = *every;
  fault.code = text_member(*object, "code").value_or("");
  fault.detail = text_member(*object, "detail").value_or("");
  if (object->contains("retry_after")) {
    const auto seconds = count_member(*object, "retry_after", 0, 0);
    if (!seconds) return tl::unexpected(seconds.error());
    fault.retry_after = *seconds;
  }
  return fault;
}

json to_json(const Fault& fault) {
  json out = {{"path", fault.path}, {"times", fault.times}, {"every", fault.every}, {"fault", fault.text}};
  if (!fault.method.empty()) out["method"] = fault.method;
  if (fault.retry_after) out["retry_after"] = *fault.retry_after;
  if (!fault.code.empty()) out["code"] = fault.code;
  if (!fault.detail.empty()) out["detail"] = fault.detail;
  return out;
}

Result<Done> Faults::add(Fault fault) {
  if (faults_.size() >= k_fault_limit)
    return fail(ErrorKind::refused, "1000 faults are waiting already; clear them first.");
  faults_.push_back(std::move(fault));
  return Done{};
}

namespace {

// What adds to another fault, rather than being one.
bool is_beside(Fault::Kind kind) {
  return kind == Fault::Kind::delay || kind == Fault::Kind::clock_skew || kind == Fault::Kind::budget;
}

void add_to(Struck& struck, const Fault& fault) {
  if (fault.kind == Fault::Kind::delay) struck.delay += fault.delay;
  if (fault.kind == Fault::Kind::clock_skew) struck.clock_skew = fault.age;
  if (fault.kind == Fault::Kind::budget) struck.budget = fault.left;
  if (!is_beside(fault.kind)) struck.fault = fault;
}

}  // namespace

Struck Faults::take(std::string_view method, std::string_view target) {
  Struck struck;
  for (auto at = faults_.begin(); at != faults_.end();) {
    const bool wanted = matches(*at, method, target) && (is_beside(at->kind) || !struck.fault) &&
                        at->kind != Fault::Kind::cut_body &&
                        (at->kind != Fault::Kind::stale || can_be_stale(method, target));
    if (!wanted || ++at->seen % at->every != 0) {
      ++at;
      continue;
    }
    add_to(struck, *at);
    at = at->times == 0 || --at->times > 0 ? std::next(at) : faults_.erase(at);
  }
  return struck;
}

std::optional<std::uint64_t> Faults::take_cut(std::string_view method, std::string_view target) {
  for (auto at = faults_.begin(); at != faults_.end(); ++at) {
    if (at->kind != Fault::Kind::cut_body || !matches(*at, method, target) || ++at->seen % at->every != 0) continue;
    const auto bytes = at->bytes;
    if (at->times != 0 && --at->times == 0) faults_.erase(at);
    return bytes;
  }
  return std::nullopt;
}

bool answers_itself(const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::status:
    case Fault::Kind::html:
    case Fault::Kind::redirect:
    case Fault::Kind::empty:
    case Fault::Kind::legacy:
      return true;
    case Fault::Kind::drop_after_effect:
    case Fault::Kind::drop_before_effect:
    case Fault::Kind::delay:
    case Fault::Kind::stale:
    case Fault::Kind::half:
    case Fault::Kind::clock_skew:
    case Fault::Kind::budget:
    case Fault::Kind::lacks:
    case Fault::Kind::nulls:
    case Fault::Kind::cut_body:
      return false;
  }
  return false;
}

ServerResponse fault_response(const Fault& fault, std::string_view target) {
  if (fault.kind == Fault::Kind::html) {
    ServerResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>\n";
    return response;
  }
  if (fault.kind == Fault::Kind::redirect) {
    ServerResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", fault.location);
    return response;
  }
  if (fault.kind == Fault::Kind::legacy) {
    return json_response(
        200,
        {{"data", nullptr}, {"messages", {{"error", json::array({"Unexpected Error"})}}}, {"statusCode", "ERROR"}});
  }
  ServerResponse response;
  response.status = fault.status;
  if (fault.kind != Fault::Kind::empty) response = status_response(fault, target);
  if (fault.retry_after) response.headers.emplace_back("Retry-After", std::to_string(*fault.retry_after));
  return response;
}

}  // namespace train::sandbox
