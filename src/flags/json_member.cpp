#include "json_member.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::flags {

namespace {

using nlohmann::json;

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Members {
  std::optional<Span> wanted;
  Span last;              // the value before the closing brace; empty in an empty object
  std::size_t close = 0;  // of the closing brace
  int times = 0;
};

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) ++at;
  return at;
}

std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  int open = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (open == 0 && (c == ',' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r')) break;
    if (c == '{' || c == '[') ++open;
    if (c == '}' || c == ']') --open;
    ++at;
  }
  return at;
}

// `text` is known to be a valid JSON object.
Members scan(std::string_view text, std::string_view name) {
  Members members;
  std::size_t at = skip_space(text, text.find('{') + 1);
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = skip_string(text, at);
    const json key = json::parse(text.substr(at, key_end - at), nullptr, false);
    const std::size_t begin = skip_space(text, skip_space(text, key_end) + 1);  // behind the colon
    members.last = Span{begin, skip_value(text, begin)};
    if (key.is_string() && key.get_ref<const std::string&>() == name) {
      members.wanted = members.last;
      ++members.times;
    }
    at = skip_space(text, members.last.end);
    if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
  }
  members.close = at;
  return members;
}

Result<Members> find(const std::string& text, std::string_view name) {
  if (!http::is_nested_within(text) || !json::parse(text, nullptr, false).is_object()) {
    return fail(ErrorKind::refused, "it does not hold a JSON object");
  }
  const Members members = scan(text, name);
  if (members.times > 1) return fail(ErrorKind::refused, "it holds `" + printable(name, 100) + "` twice");
  return members;
}

// The white space in front of the first member, so that a new one lines up with it.
std::string indent_of(std::string_view text) {
  const std::size_t begin = text.find('{') + 1;
  return std::string(text.substr(begin, skip_space(text, begin) - begin));
}

}  // namespace

Result<std::string> find_member(const std::string& text, std::string_view name) {
  const auto members = find(text, name);
  if (!members) return tl::unexpected(members.error());
  if (!members->wanted) return fail(ErrorKind::not_found, "it has no member `" + printable(name, 100) + "`");
  return text.substr(members->wanted->begin, members->wanted->end - members->wanted->begin);
}

Result<std::string> set_member(const std::string& text, std::string_view name, std::string_view value) {
  const auto members = find(text, name);
  if (!members) return tl::unexpected(members.error());
  std::string changed = text;
  if (members->wanted) {
    changed.replace(members->wanted->begin, members->wanted->end - members->wanted->begin, value);
    return changed;
  }
  const bool empty = members->last.end == 0;
  const std::string key = json(std::string(name)).dump(-1, ' ', false, json::error_handler_t::replace);
  const std::string member = key + ": " + std::string(value);
  if (empty) {
    const std::size_t open = text.find('{') + 1;
    return changed.replace(open, members->close - open, "\n  " + member + "\n");
  }
  const std::string indent = indent_of(text);
  return changed.insert(members->last.end, "," + (indent.empty() ? " " : indent) + member);
}

}  // namespace train::flags
