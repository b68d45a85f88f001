#include "apple/entitlements.hpp"

#include <algorithm>
#include <utility>

namespace train::signing {
namespace {

constexpr char k_der_boolean = 0x01;
constexpr char k_der_integer = 0x02;
constexpr char k_der_text = 0x0c;
constexpr char k_der_sequence = 0x30;
constexpr char k_der_dictionary = static_cast<char>(0xb0);
constexpr char k_der_entitlements = 0x70;

std::string der(char tag, std::string_view content) {
  std::string length;
  for (std::size_t rest = content.size(); rest > 0; rest >>= 8) length.insert(0, 1, static_cast<char>(rest & 0xff));
  std::string out(1, tag);
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    out += static_cast<char>(0x80 | length.size());
    out += length;
  }
  return out.append(content);
}

// Two's complement, as few bytes as hold it.
std::string integer(plist_t node) {
  std::uint64_t value = 0;
  plist_get_uint_val(node, &value);
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  const auto spare = [&out] {
    const auto first = static_cast<unsigned char>(out[0]);
    const bool next_is_negative = (static_cast<unsigned char>(out[1]) & 0x80) != 0;
    return (first == 0 && !next_is_negative) || (first == 0xff && next_is_negative);
  };
  while (out.size() > 1 && spare()) out.erase(0, 1);
  return out;
}

Result<std::string> value_der(plist_t node);

Result<std::string> dictionary_der(plist_t node) {
  std::vector<std::pair<std::string, plist_t>> items;
  each_item(node, [&items](const std::string& key, plist_t value) { items.emplace_back(key, value); });
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out;
  for (const auto& item : items) {
    auto value = value_der(item.second);
    if (!value) return value;
    out += der(k_der_sequence, der(k_der_text, item.first) + *value);
  }
  return der(k_der_dictionary, out);
}

Result<std::string> array_der(plist_t node) {
  std::string out;
  for (std::uint32_t i = 0; i < plist_array_get_size(node); ++i) {
    auto value = value_der(plist_array_get_item(node, i));
    if (!value) return value;
    out += *value;
  }
  return der(k_der_sequence, out);
}

Result<std::string> value_der(plist_t node) {
  const plist_type type = plist_get_node_type(node);
  if (type == PLIST_BOOLEAN) {
    std::uint8_t value = 0;
    plist_get_bool_val(node, &value);
    return der(k_der_boolean, std::string(1, value != 0 ? '\xff' : '\0'));
  }
  if (type == PLIST_UINT) return der(k_der_integer, integer(node));
  if (type == PLIST_STRING) return der(k_der_text, plist_text(node).value_or(""));
  if (type == PLIST_ARRAY) return array_der(node);
  if (type == PLIST_DICT) return dictionary_der(node);
  return fail(ErrorKind::refused,
              "its entitlements hold a value that is neither yes or no, a number, a text nor a list");
}

bool has_wildcard(plist_t node) {
  if (const auto text = plist_text(node)) return text->find('*') != std::string::npos;
  if (plist_get_node_type(node) != PLIST_ARRAY) return false;
  for (std::uint32_t i = 0; i < plist_array_get_size(node); ++i) {
    if (has_wildcard(plist_array_get_item(node, i))) return true;
  }
  return false;
}

plist_t resolved_groups(plist_t allowed, const std::string& own) {
  const plist_t out = plist_new_array();
  if (plist_get_node_type(allowed) != PLIST_ARRAY) return out;
  for (std::uint32_t i = 0; i < plist_array_get_size(allowed); ++i) {
    const auto group = plist_text(plist_array_get_item(allowed, i));
    if (!group) continue;
    plist_array_append_item(out,
                            plist_new_string(group->find('*') == std::string::npos ? group->c_str() : own.c_str()));
  }
  return out;
}

}  // namespace

Result<std::string> entitlements_der(const PropertyList& entitlements) {
  auto dictionary = dictionary_der(entitlements.root());
  if (!dictionary) return dictionary;
  return der(k_der_entitlements, der(k_der_integer, std::string(1, '\1')) + *dictionary);
}

ResolvedEntitlements resolve_entitlements(plist_t allowed, const std::string& prefix, const std::string& bundle_id) {
  ResolvedEntitlements out{PropertyList::make(), {}};
  const std::string own = prefix + "." + bundle_id;
  each_item(allowed, [&](const std::string& key, plist_t value) {
    plist_t kept = nullptr;
    if (key == "application-identifier") {
      kept = plist_new_string(own.c_str());
    } else if (key == "keychain-access-groups") {
      kept = resolved_groups(value, own);
    } else if (has_wildcard(value)) {
      out.dropped.push_back(key);
      return;
    } else {
      kept = plist_copy(value);
    }
    plist_dict_set_item(out.values.root(), key.c_str(), kept);
  });
  return out;
}

}  // namespace train::signing
