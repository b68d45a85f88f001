#include <fmt/format.h>
#include <regex.h>

#include <memory>

#include "apple/code_resources.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_pattern_bytes_max = 256;
constexpr std::size_t k_rules_max = 64;

struct FreePattern {
  void operator()(regex_t* pattern) const {
    ::regfree(pattern);
    delete pattern;
  }
};

// Repeat counts and back references are what makes a matcher slow or large; no rule of Apple's has them.
bool is_tame(const std::string& pattern) {
  if (pattern.size() > k_pattern_bytes_max || pattern.find('{') != std::string::npos) return false;
  for (std::size_t at = pattern.find('\\'); at != std::string::npos; at = pattern.find('\\', at + 2)) {
    if (at + 1 < pattern.size() && pattern[at + 1] >= '0' && pattern[at + 1] <= '9') return false;
  }
  return true;
}

double weight_of(plist_t value) {
  const plist_t node = plist_dict_get_item(value, "weight");
  if (node == nullptr) return 1;
  double real = 1;
  std::uint64_t whole = 1;
  if (plist_get_node_type(node) == PLIST_REAL) plist_get_real_val(node, &real);
  if (plist_get_node_type(node) != PLIST_UINT) return real;
  plist_get_uint_val(node, &whole);
  return static_cast<double>(whole);
}

bool flag_of(plist_t value, const char* key) {
  const plist_t node = plist_dict_get_item(value, key);
  std::uint8_t flag = 0;
  if (node != nullptr && plist_get_node_type(node) == PLIST_BOOLEAN) plist_get_bool_val(node, &flag);
  return flag != 0;
}

}  // namespace

struct ResourceRules::Rule {
  std::unique_ptr<regex_t, FreePattern> pattern;
  double weight = 1;
  Verdict verdict;
};

ResourceRules::ResourceRules(std::vector<Rule> rules) : rules_(std::move(rules)) {}
ResourceRules::ResourceRules(ResourceRules&&) noexcept = default;
ResourceRules& ResourceRules::operator=(ResourceRules&&) noexcept = default;
ResourceRules::~ResourceRules() = default;

Result<ResourceRules> ResourceRules::read(plist_t dictionary) {
  std::vector<Rule> rules;
  std::string fault;
  each_item(dictionary, [&](const std::string& key, plist_t value) {
    if (!is_tame(key) || rules.size() >= k_rules_max) fault = key;
    if (!fault.empty()) return;
    auto compiled = std::make_unique<regex_t>();
    if (::regcomp(compiled.get(), key.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      fault = key;
      return;
    }
    Rule rule;
    rule.pattern.reset(compiled.release());
    rule.verdict.listed = true;
    if (plist_get_node_type(value) == PLIST_DICT) {
      rule.weight = weight_of(value);
      rule.verdict.listed = !flag_of(value, "omit");
      rule.verdict.optional = flag_of(value, "optional");
    }
    rules.push_back(std::move(rule));
  });
  if (!fault.empty()) {
    return fail(ErrorKind::refused, fmt::format("it has a rule that is not understood: \"{}\"", printable(fault, 100)));
  }
  return ResourceRules(std::move(rules));
}

ResourceRules::Verdict ResourceRules::judge(const std::string& path) const {
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (best != nullptr && rule.weight <= best->weight) continue;
    if (::regexec(rule.pattern.get(), path.c_str(), 0, nullptr, 0) == 0) best = &rule;
  }
  return best == nullptr ? Verdict{} : best->verdict;
}

}  // namespace train::signing
