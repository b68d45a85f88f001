// _CodeSignature/CodeResources: what a bundle holds besides its executable, by hash. `files` is the list of old systems
// (SHA-1), `files2` the one that counts; each goes by rules of its own, which stay as the live build has them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apple/property_list.hpp"
#include "train/base/error.hpp"

namespace train::signing {

// A file as a bundle's seal names it.
struct SealedFile {
  std::string path;    // from the bundle on
  std::string sha1;    // raw
  std::string sha256;  // raw
  std::string link;    // where it leads, when it is a symbolic link; then it has no hashes
  bool operator==(const SealedFile&) const = default;
};

class ResourceRules {
 public:
  struct Verdict {
    bool listed = false;
    bool optional = false;
  };
  // From a `rules` or `rules2` dictionary. refused for patterns that no tool of Apple's writes.
  static Result<ResourceRules> read(plist_t dictionary);
  ResourceRules(ResourceRules&&) noexcept;
  ResourceRules& operator=(ResourceRules&&) noexcept;
  ~ResourceRules();

  Verdict judge(const std::string& path) const;  // the heaviest rule that matches decides

 private:
  struct Rule;
  explicit ResourceRules(std::vector<Rule> rules);
  std::vector<Rule> rules_;
};

class CodeResources {
 public:
  static Result<CodeResources> parse(std::string_view bytes);
  // Empty, with the rules iOS bundles get; `old_systems`: those that only know SHA-1 must be able to check it too.
  static Result<CodeResources> make(bool old_systems);

  // Whether the lists say exactly what the bundle holds, both ways. refused as damaged, naming the first file.
  // `files`: all but the executable and _CodeSignature.
  Result<Done> verify(std::span<const SealedFile> files) const;

  // Seals a file anew, by the rules: its entries are replaced, added or taken away.
  void seal(const SealedFile& file);
  Result<std::string> write() const { return list_.write(); }

 private:
  CodeResources(PropertyList list, std::optional<ResourceRules> rules, ResourceRules rules2)
      : list_(std::move(list)), rules_(std::move(rules)), rules2_(std::move(rules2)) {}
  Result<Done> verify_list(const char* key, const ResourceRules& rules, std::span<const SealedFile> files) const;
  void note_sha1();

  PropertyList list_;
  std::optional<ResourceRules> rules_;  // of `files`, where there is such a list
  ResourceRules rules2_;
  bool sha1_in_files2_ = false;
};

}  // namespace train::signing
