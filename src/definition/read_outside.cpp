// The standby, the notification channels and where the log lives.
#include <fmt/format.h>

#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr Word<Topic> k_topics[] = {{"stage", Topic::stage},
                                    {"breach", Topic::breach},
                                    {"halt", Topic::halt},
                                    {"rollback", Topic::rollback},
                                    {"waiting_for_people", Topic::waiting_for_people}};

// A signing key is a file: its reader wants to know who else may read it.
void read_key_file(const Value& value, std::filesystem::path& key) {
  const auto secret = value.secret();
  if (!secret) return;
  if (secret->from != SecretRef::From::file) {
    value.problem("a signing key is a file: give `file:PATH`, readable by you alone");
    return;
  }
  key = secret->value;
}

void read_profiles(const Value& value, StandbyRule& rule) {
  for (const NamedValue& profile : value.entries()) {
    if (auto path = profile.value.path()) rule.profiles[profile.name] = std::move(*path);
  }
}

void read_standby_of(const NamedValue& named, const App& app, Definition& definition) {
  if (!app.facts().standby) {
    named.value.problem(fmt::format("no build can be kept ready on {}", app.facts().in_sentence));
    return;
  }
  const auto sections = store_sections(app.store(), "_standby");
  const Fields fields(named.value, sections.own, sections.other, sections.other_kind);
  StandbyRule rule;
  rule.app = named.name;
  if (!fields.is_map()) return;
  fields.with("source", [&](const Value& value) { assign(rule.source, value.path_pattern({"version"})); });
  fields.with("identity", [&](const Value& value) { read_key_file(value, rule.key); });
  fields.with("keystore", [&](const Value& value) { read_key_file(value, rule.key); });
  fields.with("alias", [&](const Value& value) { assign(rule.alias, value.text()); });
  fields.with("password", [&](const Value& value) { rule.password = value.secret(); });
  fields.with("profiles", [&](const Value& value) { read_profiles(value, rule); });
  fields.with("notes", [&](const Value& value) { rule.notes = value.path_pattern({"version", "locale"}); });
  definition.standby.push_back(std::move(rule));
}

// One entry: the channel's kind is the key whose value is its address.
std::optional<Channel> read_channel(const Value& value, const Catalog& catalog) {
  const Fields fields(value, section("channel"));
  if (!fields.is_map()) return std::nullopt;
  Channel channel;
  int count = 0;
  for (const auto& kind : EnumWords<ChannelKind>::all) {
    const auto target = fields.get(kind.text);
    if (!target) continue;
    ++count;
    channel.kind = kind.value;
    assign(channel.target, target->secret());
    channel.active = catalog.find_channel(kind.value) != nullptr;
    if (!channel.active) target->inactive(fmt::format("Nothing is sent to {} yet.", kind.text));
  }
  if (count != 1)
    value.problem(fmt::format("exactly one channel is wanted in an entry: {}", listed(all_words<ChannelKind>())));
  fields.with("id", [&](const Value& id) { assign(channel.id, id.name()); });
  fields.with("events", [&](const Value& events) {
    const auto items = events.items();
    if (events.is_list() && items.empty()) events.problem("no event is given; leave the key out for all of them");
    for (const Value& item : items) {
      if (const auto topic = item.word(k_topics)) channel.topics.push_back(*topic);
    }
  });
  return channel;
}

// A password between "//" and "@" is a secret in the file.
bool has_password(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  const auto rest = url.substr(scheme + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos;
}

// Every form there is, for messages.
std::string forms_of(const std::vector<LogKeys>& logs) {
  std::vector<std::string> forms;
  for (const auto& each : logs) forms.emplace_back(each.form);
  return join(forms, ", ");
}

std::optional<std::string> address_fault(const LogAddress& address, const LogKeys& keys) {
  if (address.rest.empty()) return fmt::format("{}: is followed by where the log lives", to_string(address.scheme));
  if (has_password(address.text()))
    return "a password never stands in the file; give it through the engine's own environment";
  if (keys.rest == KeyKind::url) {
    if (auto fault = url_fault(address.rest)) return fault;
  }
  return keys.fault == nullptr ? std::nullopt : keys.fault(address.rest);
}

}  // namespace

void read_standby(const Value& value, Definition& definition) {
  std::vector<std::string_view> known;
  for (const App& app : definition.apps) known.push_back(app.name);
  for (const NamedValue& named : value.entries()) {
    if (const App* app = definition.find_app(named.name)) {
      read_standby_of(named, *app, definition);
      continue;
    }
    value.report().problem(*named.key, fmt::format("standby: {} is not under `apps`{} Known: {}", in_quotes(named.name),
                                                   did_you_mean_hint(named.name, known), listed(known)));
  }
}

void read_notify(const Value& value, const Catalog& catalog, Definition& definition) {
  for (const Value& item : value.items()) {
    auto channel = read_channel(item, catalog);
    if (!channel) continue;
    const bool taken =
        !channel->id.empty() && std::any_of(definition.notify.begin(), definition.notify.end(),
                                            [&](const Channel& other) { return other.id == channel->id; });
    if (taken) item.problem(fmt::format("another channel has the id {} already", in_quotes(channel->id)));
    definition.notify.push_back(std::move(*channel));
  }
  name_channels(definition.notify, value.directory());
}

tl::expected<LogAddress, std::string> read_log_address(std::string_view written, const std::filesystem::path& from,
                                                       const Catalog& catalog) {
  auto address = LogAddress::parse(written);
  const LogKeys* keys = address ? catalog.find_log(address->scheme) : nullptr;
  if (keys == nullptr) {
    const std::string shown = has_password(written) ? "this" : in_quotes(written);
    return tl::unexpected(fmt::format("{} is not a place for the log. Allowed: {}", shown, forms_of(catalog.logs)));
  }
  if (const auto fault = address_fault(*address, *keys)) return tl::unexpected(*fault);
  if (keys->rest == KeyKind::path) address->rest = absolute_path(address->rest, from).string();
  return *address;
}

std::optional<LogAddress> read_state(const Value& value, const Catalog& catalog) {
  const auto written = value.text();
  if (!written) return std::nullopt;
  auto address = read_log_address(*written, value.directory(), catalog);
  if (!address) {
    value.problem(address.error());
    return std::nullopt;
  }
  if (!catalog.find_log(address->scheme)->active) {
    value.inactive(fmt::format("The log cannot live in {} yet; commands refuse to run until it is a file:DIR.",
                               to_string(address->scheme)));
  }
  return *address;
}

}  // namespace train::definition
