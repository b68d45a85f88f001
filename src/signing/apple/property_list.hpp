// A property list that came in an archive: its size and nesting are bounded before libplist, which recurses, sees it.
// Written back in the format it had.
#pragma once

#include <plist/plist.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "train/base/error.hpp"

namespace train::signing {

class PropertyList {
 public:
  enum class Form { xml, binary };

  // A dictionary. refused when it is something else, damaged, larger than 64 MiB, nested deeper than 64 or of more than
  // a million parts.
  static Result<PropertyList> parse(std::string_view bytes);
  static PropertyList make();  // an empty dictionary, XML
  static PropertyList copy_of(plist_t dictionary);

  plist_t root() const { return root_.get(); }
  Form form() const { return form_; }
  Result<std::string> write() const;  // internal when libplist cannot

  // Of the dictionary itself; nothing when the key is absent or of another type.
  std::optional<std::string> text(const char* key) const;
  std::optional<bool> flag(const char* key) const;
  plist_t item(const char* key, plist_type type) const;

 private:
  struct Free {
    void operator()(void* node) const { plist_free(node); }
  };
  PropertyList(plist_t root, Form form) : root_(root), form_(form) {}

  std::unique_ptr<void, Free> root_;
  Form form_;
};

std::optional<std::string> plist_text(plist_t node);   // a string's value
std::optional<std::string> plist_bytes(plist_t node);  // a data's value
// Every key of a dictionary in its order; the value stays the dictionary's.
void each_item(plist_t dictionary, const std::function<void(const std::string& key, plist_t value)>& visit);

// Whether a binary property list, its shared objects counted each time they are used, stays within `parts_max` parts,
// `bytes_max` bytes of texts and data, and a nesting of `depth_max`.
bool binary_plist_is_bounded(std::string_view bytes, std::uint64_t parts_max, std::uint64_t bytes_max, int depth_max);
// The same question about one in XML.
bool xml_plist_is_bounded(std::string_view bytes, std::uint64_t parts_max, int depth_max);

}  // namespace train::signing
