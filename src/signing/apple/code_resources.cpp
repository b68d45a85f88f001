#include "apple/code_resources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::string_view k_plist_head =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>)";

// What codesign gives a bundle without a Resources folder.
constexpr std::string_view k_ios_rules =
    R"(<key>files</key><dict/><key>files2</key><dict/>
<key>rules</key><dict>
<key>^.*</key><true/>
<key>^.*\.lproj/</key><dict><key>optional</key><true/><key>weight</key><real>1000</real></dict>
<key>^.*\.lproj/locversion.plist$</key><dict><key>omit</key><true/><key>weight</key><real>1100</real></dict>
<key>^Base\.lproj/</key><dict><key>weight</key><real>1010</real></dict>
<key>^version.plist$</key><true/>
</dict>
<key>rules2</key><dict>
<key>.*\.dSYM($|/)</key><dict><key>weight</key><real>11</real></dict>
<key>^(.*/)?\.DS_Store$</key><dict><key>omit</key><true/><key>weight</key><real>2000</real></dict>
<key>^.*</key><true/>
<key>^.*\.lproj/</key><dict><key>optional</key><true/><key>weight</key><real>1000</real></dict>
<key>^.*\.lproj/locversion.plist$</key><dict><key>omit</key><true/><key>weight</key><real>1100</real></dict>
<key>^Base\.lproj/</key><dict><key>weight</key><real>1010</real></dict>
<key>^Info\.plist$</key><dict><key>omit</key><true/><key>weight</key><real>20</real></dict>
<key>^PkgInfo$</key><dict><key>omit</key><true/><key>weight</key><real>20</real></dict>
<key>^embedded\.provisionprofile$</key><dict><key>weight</key><real>20</real></dict>
<key>^version\.plist$</key><dict><key>weight</key><real>20</real></dict>
</dict>
</dict></plist>
)";

tl::unexpected<Error> unlike(std::string_view path, std::string_view why) {
  return fail(ErrorKind::refused, fmt::format("\"{}\" {}", printable(path, 300), why));
}

// Whether an entry's hashes are the file's. An entry is a SHA-1, or a dictionary of what is known.
bool agrees(plist_t entry, const SealedFile& file) {
  if (const auto sha1 = plist_bytes(entry)) return file.link.empty() && *sha1 == file.sha1;
  if (plist_get_node_type(entry) != PLIST_DICT) return false;
  if (const plist_t link = plist_dict_get_item(entry, "symlink"); link != nullptr) {
    return !file.link.empty() && plist_text(link) == file.link;
  }
  const auto sha1 = plist_bytes(plist_dict_get_item(entry, "hash"));
  const auto sha256 = plist_bytes(plist_dict_get_item(entry, "hash2"));
  if (!file.link.empty() || (!sha1 && !sha256)) return false;
  return (!sha1 || *sha1 == file.sha1) && (!sha256 || *sha256 == file.sha256);
}

bool is_optional(plist_t entry) {
  if (plist_get_node_type(entry) != PLIST_DICT) return false;
  const plist_t flag = plist_dict_get_item(entry, "optional");
  std::uint8_t value = 0;
  if (flag != nullptr && plist_get_node_type(flag) == PLIST_BOOLEAN) plist_get_bool_val(flag, &value);
  return value != 0;
}

plist_t data_node(const std::string& bytes) { return plist_new_data(bytes.data(), bytes.size()); }

plist_t old_entry(const SealedFile& file, bool optional) {
  if (!optional) return data_node(file.sha1);
  const plist_t out = plist_new_dict();
  plist_dict_set_item(out, "hash", data_node(file.sha1));
  plist_dict_set_item(out, "optional", plist_new_bool(1));
  return out;
}

plist_t new_entry(const SealedFile& file, bool optional, bool with_sha1) {
  const plist_t out = plist_new_dict();
  if (!file.link.empty()) {
    plist_dict_set_item(out, "symlink", plist_new_string(file.link.c_str()));
  } else {
    if (with_sha1) plist_dict_set_item(out, "hash", data_node(file.sha1));
    plist_dict_set_item(out, "hash2", data_node(file.sha256));
  }
  if (optional) plist_dict_set_item(out, "optional", plist_new_bool(1));
  return out;
}

}  // namespace

Result<CodeResources> CodeResources::parse(std::string_view bytes) {
  auto list = PropertyList::parse(bytes);
  if (!list) return tl::unexpected(list.error());
  const plist_t rules2 = list->item("rules2", PLIST_DICT);
  if (rules2 == nullptr || list->item("files2", PLIST_DICT) == nullptr) {
    return fail(ErrorKind::refused, "it has no rules2 or no files2: it was signed by tools of before 2013");
  }
  auto second = ResourceRules::read(rules2);
  if (!second) return tl::unexpected(second.error());
  std::optional<ResourceRules> first;
  const plist_t rules = list->item("rules", PLIST_DICT);
  if (rules != nullptr && list->item("files", PLIST_DICT) != nullptr) {
    auto read = ResourceRules::read(rules);
    if (!read) return tl::unexpected(read.error());
    first = std::move(*read);
  }
  CodeResources out(std::move(*list), std::move(first), std::move(*second));
  out.note_sha1();
  return out;
}

Result<CodeResources> CodeResources::make(bool old_systems) {
  auto out = parse(std::string(k_plist_head) + std::string(k_ios_rules));
  if (out) out->sha1_in_files2_ = old_systems;
  return out;
}

void CodeResources::note_sha1() {
  each_item(list_.item("files2", PLIST_DICT), [this](const std::string&, plist_t entry) {
    if (plist_get_node_type(entry) == PLIST_DICT && plist_dict_get_item(entry, "hash") != nullptr) {
      sha1_in_files2_ = true;
    }
  });
}

Result<Done> CodeResources::verify_list(const char* key, const ResourceRules& rules,
                                        std::span<const SealedFile> files) const {
  const plist_t list = list_.item(key, PLIST_DICT);
  for (const SealedFile& file : files) {
    const plist_t entry = plist_dict_get_item(list, file.path.c_str());
    if (entry == nullptr && rules.judge(file.path).listed && (file.link.empty() || key[5] == '2')) {
      return unlike(file.path, "is not in its seal");
    }
    if (entry != nullptr && !agrees(entry, file)) return unlike(file.path, "is not what was sealed");
  }
  std::string missing;
  each_item(list, [&](const std::string& path, plist_t entry) {
    if (!missing.empty() || is_optional(entry)) return;
    const auto at =
        std::lower_bound(files.begin(), files.end(), path,
                         [](const SealedFile& file, const std::string& wanted) { return file.path < wanted; });
    if (at == files.end() || at->path != path) missing = path;
  });
  if (!missing.empty()) return unlike(missing, "was sealed and is gone");
  return Done{};
}

Result<Done> CodeResources::verify(std::span<const SealedFile> files) const {
  std::vector<SealedFile> sorted(files.begin(), files.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  if (auto done = verify_list("files2", rules2_, sorted); !done) return done;
  if (!rules_) return Done{};
  return verify_list("files", *rules_, sorted);
}

void CodeResources::seal(const SealedFile& file) {
  const auto put = [&file](plist_t list, const ResourceRules::Verdict& verdict, plist_t entry) {
    if (verdict.listed) {
      plist_dict_set_item(list, file.path.c_str(), entry);
      return;
    }
    plist_free(entry);
    if (plist_dict_get_item(list, file.path.c_str()) != nullptr) plist_dict_remove_item(list, file.path.c_str());
  };
  const auto verdict2 = rules2_.judge(file.path);
  put(list_.item("files2", PLIST_DICT), verdict2, new_entry(file, verdict2.optional, sha1_in_files2_));
  // The old list knows no links.
  if (!rules_ || !file.link.empty()) return;
  const auto verdict = rules_->judge(file.path);
  put(list_.item("files", PLIST_DICT), verdict, old_entry(file, verdict.optional));
}

}  // namespace train::signing
