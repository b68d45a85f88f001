#include "read_provider.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::string_view k_variables[] = {"app",           "bundle_id", "version", "build",    "baseline_version",
                                            "platform",      "start",     "end",     "start_ms", "window_s",
                                            "firebase_table"};
constexpr double k_number_most = 1e12;

// What one key holds, in the member for its kind; none is filled in when the reading failed.
struct KeyValue {
  std::optional<std::string> text;
  std::optional<SecretRef> secret;
  std::vector<std::string> command;
  std::optional<std::filesystem::path> path;
  std::vector<std::pair<std::string, SecretRef>> headers;
};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The same value, when the key's own rule finds nothing wrong with it.
std::optional<std::string> without_fault(const Value& value, const ProviderKey& key, std::optional<std::string> text) {
  if (!text || key.fault == nullptr) return text;
  const auto fault = key.fault(*text);
  if (!fault) return text;
  value.problem(fmt::format("{} {}", in_quotes(*text), *fault));
  return std::nullopt;
}

std::optional<std::string> read_whole_number(const Value& value, const ProviderKey& key) {
  auto text = value.text();
  if (!text || is_whole_number(*text)) return text;
  value.problem(fmt::format("{} is wanted, a whole number", key.noun));
  return std::nullopt;
}

std::optional<std::string> read_words(const Value& value, const ProviderKey& key) {
  std::vector<std::string> words;
  const auto items = value.items();
  if (value.is_list() && items.empty()) value.problem(fmt::format("at least one {} is wanted", key.noun));
  for (const Value& item : items) {
    if (auto word = without_fault(item, key, item.text())) words.push_back(std::move(*word));
  }
  if (words.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(words, "\n"));
}

KeyValue read_key(const Value& value, const ProviderKey& key) {
  KeyValue read;
  switch (key.kind) {
    case KeyKind::text:
      read.text = without_fault(value, key, value.text());
      break;
    case KeyKind::query:
      read.text = without_fault(value, key, read_query(value));
      break;
    case KeyKind::secret:
      read.secret = value.secret();
      break;
    case KeyKind::url:
      read.text = value.url();
      break;
    case KeyKind::words:
      read.text = read_words(value, key);
      break;
    case KeyKind::choice:
      read.text = value.one_of(key.words);
      break;
    case KeyKind::whole_number:
      read.text = read_whole_number(value, key);
      break;
    case KeyKind::number:
      if (value.number_above_zero(k_number_most)) read.text = value.node().text;
      break;
    case KeyKind::duration:
      if (value.duration()) read.text = value.node().text;
      break;
    case KeyKind::command:
      read.command = value.command();
      break;
    case KeyKind::path:
      read.path = value.path();
      break;
    case KeyKind::secret_headers:
      read_secret_headers(value, read.headers);
      break;
  }
  return read;
}

void keep(const ProviderKey& key, KeyValue value, Signal& signal) {
  const std::string name(key.name);
  if (key.kind == KeyKind::secret_headers) {
    signal.secret_headers = std::move(value.headers);
  } else if (key.kind == KeyKind::command) {
    signal.exec = std::move(value.command);
  } else if (value.secret && name == "token") {
    signal.token = std::move(value.secret);
  } else if (value.secret) {
    signal.secrets[name] = std::move(*value.secret);
  } else if (value.path) {
    signal.options[name] = value.path->string();
  } else if (value.text && name == "url") {
    signal.url = std::move(*value.text);
  } else if (value.text) {
    signal.options[name] = std::move(*value.text);
  }
}

void keep(const ProviderKey& key, KeyValue value, Flag& flag) {
  const std::string name(key.name);
  if (key.kind == KeyKind::secret_headers) {
    flag.secret_headers = std::move(value.headers);
  } else if (key.kind == KeyKind::command) {
    flag.exec = std::move(value.command);
  } else if (value.secret) {
    flag.credentials = std::move(value.secret);
  } else if (value.path) {
    flag.path = std::move(*value.path);
  } else if (value.text && name == "url") {
    flag.url = std::move(*value.text);
  } else if (value.text && name == "method") {
    flag.method = std::move(*value.text);
  } else if (value.text) {
    flag.options[name] = std::move(*value.text);
  }
}

KeyValue fallback_of(const ProviderKey& key) {
  KeyValue value;
  value.text = std::string(key.fallback);
  return value;
}

std::string missing(const ProviderKey& key, ProviderName who) {
  if (!key.words.empty()) return fmt::format("the key \"{}\" is missing; one of {}", key.name, listed(key.words));
  return fmt::format("the key \"{}\" is missing; the {} {} needs it", key.name, who.noun, who.name);
}

}  // namespace

// A query with $versoin would be sent as it is and match nothing, or everything.
std::optional<std::string> read_query(const Value& value) {
  const auto query = value.text();
  if (!query) return std::nullopt;
  for (std::size_t at = query->find('$'); at != std::string::npos; at = query->find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < query->size() && is_word((*query)[end])) ++end;
    const auto word = std::string_view(*query).substr(at + 1, end - at - 1);
    if (word.empty()) continue;         // the end of a regular expression
    if (word == "window_ss") continue;  // [$window_ss]: the seconds and their unit
    if (std::find(std::begin(k_variables), std::end(k_variables), word) != std::end(k_variables)) continue;
    const auto hint = did_you_mean_hint(word, k_variables);
    value.problem(fmt::format("${} is not a query variable{} Allowed: ${}", printable(word, 40), hint,
                              fmt::join(k_variables, ", $")));
    return std::nullopt;
  }
  return query;
}

void read_secret_headers(const Value& value, std::vector<std::pair<std::string, SecretRef>>& headers) {
  for (const NamedValue& header : value.entries()) {
    const bool good = !header.name.empty() && header.name.find_first_of(" :\r\n\t") == std::string::npos;
    if (!good) {
      value.report().problem(*header.key,
                             fmt::format("{}: {} is not a header's name", value.where(), in_quotes(header.name)));
    }
    if (auto secret = header.value.secret()) headers.emplace_back(header.name, std::move(*secret));
  }
}

void read_own_keys(const Fields& fields, const SignalKeys& known, Signal& signal) {
  for (const ProviderKey& key : known.keys) {
    const auto value = fields.get(key.name);
    if (!value) {
      if (!key.fallback.empty()) keep(key, fallback_of(key), signal);
      continue;
    }
    // Variables may stand in a signal's address.
    if (key.kind == KeyKind::url && !read_query(*value)) continue;
    keep(key, read_key(*value, key), signal);
  }
}

void read_own_keys(const Fields& fields, const FlagKeys& known, Flag& flag) {
  for (const ProviderKey& key : known.keys) {
    if (const auto value = fields.get(key.name)) {
      keep(key, read_key(*value, key), flag);
    } else if (!key.fallback.empty()) {
      keep(key, fallback_of(key), flag);
    }
  }
}

void check_needs(const Fields& fields, const std::vector<ProviderKey>& keys, ProviderName who) {
  for (const ProviderKey& key : keys) {
    const bool replaced = !key.unless.empty() && fields.has(key.unless);
    const bool needed = key.need == Need::required && !replaced;
    const bool companion = !key.beside.empty() && fields.has(key.beside);
    if (fields.has(key.name)) {
      if (!key.beside.empty() && !companion)
        fields.get(key.name)->problem(fmt::format("belongs to `{}`, which is not given", key.beside));
    } else if (needed || (companion && !replaced)) {
      fields.value().problem(missing(key, who));
    }
  }
}

void check_foreign_keys(const Fields& fields, const Section& section, std::vector<std::string_view> shared,
                        const std::vector<ProviderKey>& keys, ProviderName who) {
  for (const ProviderKey& key : keys) shared.push_back(key.name);
  for (const Entry& entry : fields.value().node().entries) {
    const std::string& key = entry.key->text;
    if (!section.has(key) || std::find(shared.begin(), shared.end(), key) != shared.end()) continue;
    fields.value().report().problem(*entry.key,
                                    fmt::format("the key \"{}\" in {} is not used by the {} {}. Allowed: {}", key,
                                                fields.value().where(), who.noun, who.name, listed(shared)));
  }
}

}  // namespace train::definition
