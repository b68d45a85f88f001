#include "json_pointer.hpp"

#include <charconv>

#include "fill.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

// `[member=value]`: the one element of a list that has it.
const json* element_with(const json& list, const std::string& name) {
  const auto equals = name.find('=');
  const std::string member = name.substr(1, equals - 1), wanted = name.substr(equals + 1, name.size() - equals - 2);
  const json* found = nullptr;
  for (const auto& element : list) {
    const json& value = part(element, member.c_str());
    if ((value.is_string() ? words_of(value) : value.dump()) != wanted) continue;
    if (found != nullptr) return nullptr;
    found = &element;
  }
  return found;
}

bool names_an_element(const std::string& name) {
  return name.size() > 3 && name.front() == '[' && name.back() == ']' && name.find('=') != std::string::npos;
}

const json* step_into(const json& here, const std::string& name) {
  if (here.is_array() && names_an_element(name)) return element_with(here, name);
  if (here.is_object()) {
    const auto found = here.find(name);
    return found == here.end() ? nullptr : &*found;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool whole = error == std::errc{} && end == name.data() + name.size() && (name == "0" || name[0] != '0');
  return here.is_array() && whole && index < here.size() ? &here[index] : nullptr;
}

}  // namespace

const json* find_at(const json& document, std::string_view pointer) {
  const json* here = &document;
  while (here != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const auto length = std::min(pointer.find('/'), pointer.size());
    here = step_into(*here, unescaped(pointer.substr(0, length)));
    pointer.remove_prefix(length);
  }
  return here;
}

// `/a/b/0`, with ~0 for ~ and ~1 for / inside of a name.
std::optional<std::string> pointer_fault(std::string_view text) {
  bool good = text.empty() || text.front() == '/';
  for (std::size_t at = text.find('~'); good && at != std::string_view::npos; at = text.find('~', at + 1)) {
    good = at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1');
  }
  if (good) return std::nullopt;
  return "is no JSON pointer; such as /data/crashes or /rows/0/count";
}

Reading<std::optional<Sample>> sample_at(const json& document, const std::string& pointer, const Subject& subject,
                                         Instant at) {
  const auto filled = fill(pointer, subject, Into::pointer);
  if (!filled) return tl::unexpected(filled.error());
  const json* found = find_at(document, *filled);
  if (found == nullptr || found->is_null()) return std::optional<Sample>();
  const auto value = number_in(*found, "what stands at " + printable(*filled, 100));
  if (!value) return tl::unexpected(value.error());
  return std::optional<Sample>(Sample{*value, at});
}

}  // namespace train::signals
