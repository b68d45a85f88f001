#include "apple/property_list.hpp"

#include <cstdlib>

namespace train::signing {
namespace {

constexpr std::size_t k_plist_max = 64u << 20;
constexpr std::uint64_t k_parts_max = 1'000'000;
constexpr int k_depth_max = 64;
constexpr std::string_view k_binary_mark = "bplist00";

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using OwnedText = std::unique_ptr<char, FreeText>;

tl::unexpected<Error> no_plist() {
  return fail(ErrorKind::refused, "it is not a property list with a dictionary, or it is damaged");
}

}  // namespace

Result<PropertyList> PropertyList::parse(std::string_view bytes) {
  if (bytes.size() > k_plist_max) return fail(ErrorKind::refused, "it is a property list larger than 64 MiB");
  const bool binary = bytes.substr(0, k_binary_mark.size()) == k_binary_mark;
  const bool bounded = binary ? binary_plist_is_bounded(bytes, k_parts_max, k_plist_max, k_depth_max)
                              : xml_plist_is_bounded(bytes, k_parts_max, k_depth_max);
  if (!bounded) return fail(ErrorKind::refused, "it is a property list that is damaged, or nested too deeply");
  const std::string copy(bytes);  // libplist wants a terminated text
  plist_t parsed = nullptr;
  if (binary) {
    plist_from_bin(copy.data(), static_cast<std::uint32_t>(copy.size()), &parsed);
  } else {
    plist_from_xml(copy.c_str(), static_cast<std::uint32_t>(copy.size()), &parsed);
  }
  PropertyList out(parsed, binary ? Form::binary : Form::xml);
  if (parsed == nullptr || plist_get_node_type(parsed) != PLIST_DICT) return no_plist();
  return out;
}

PropertyList PropertyList::make() { return PropertyList(plist_new_dict(), Form::xml); }

PropertyList PropertyList::copy_of(plist_t dictionary) { return PropertyList(plist_copy(dictionary), Form::xml); }

Result<std::string> PropertyList::write() const {
  char* text = nullptr;
  std::uint32_t size = 0;
  if (form_ == Form::binary) {
    plist_to_bin(root_.get(), &text, &size);
  } else {
    plist_to_xml(root_.get(), &text, &size);
  }
  const OwnedText owner(text);
  if (text == nullptr) return fail(ErrorKind::internal, "libplist cannot write a property list that it has read");
  return std::string(text, size);
}

plist_t PropertyList::item(const char* key, plist_type type) const {
  const plist_t found = plist_dict_get_item(root_.get(), key);
  return found != nullptr && plist_get_node_type(found) == type ? found : nullptr;
}

std::optional<std::string> PropertyList::text(const char* key) const {
  return plist_text(plist_dict_get_item(root_.get(), key));
}

std::optional<bool> PropertyList::flag(const char* key) const {
  const plist_t found = item(key, PLIST_BOOLEAN);
  if (found == nullptr) return std::nullopt;
  std::uint8_t value = 0;
  plist_get_bool_val(found, &value);
  return value != 0;
}

std::optional<std::string> plist_text(plist_t node) {
  if (node == nullptr || plist_get_node_type(node) != PLIST_STRING) return std::nullopt;
  std::uint64_t length = 0;
  const char* const text = plist_get_string_ptr(node, &length);
  if (text == nullptr) return std::nullopt;
  return std::string(text, length);
}

std::optional<std::string> plist_bytes(plist_t node) {
  if (node == nullptr || plist_get_node_type(node) != PLIST_DATA) return std::nullopt;
  std::uint64_t length = 0;
  const char* const bytes = plist_get_data_ptr(node, &length);
  if (bytes == nullptr) return std::string();
  return std::string(bytes, length);
}

void each_item(plist_t dictionary, const std::function<void(const std::string& key, plist_t value)>& visit) {
  plist_dict_iter iterator = nullptr;
  plist_dict_new_iter(dictionary, &iterator);
  const std::unique_ptr<void, decltype(&std::free)> owner(iterator, &std::free);
  while (true) {
    char* key = nullptr;
    plist_t value = nullptr;
    plist_dict_next_item(dictionary, iterator, &key, &value);
    const OwnedText name(key);
    if (key == nullptr || value == nullptr) return;
    visit(key, value);
  }
}

}  // namespace train::signing
