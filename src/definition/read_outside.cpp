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

std::optional<std::string> git_fault(std::string_view rest) {
  const auto hash = rest.find('#');
  const bool whole = hash != std::string_view::npos && hash != 0 && hash + 1 != rest.size();
  if (whole) return std::nullopt;
  return "git:REMOTE#REF is wanted, such as git:origin#refs/train/charge";
}

std::optional<std::string> bucket_fault(const LogAddress& address) {
  const auto& rest = address.rest;
  if (starts_with(rest, "//") && rest.size() > 2 && rest[2] != '/') return std::nullopt;
  return fmt::format("{0}://BUCKET/PREFIX is wanted, such as {0}://releases/train", to_string(address.scheme));
}

std::optional<std::string> state_fault(const LogAddress& address) {
  if (address.rest.empty()) return fmt::format("{}: is followed by where the log lives", to_string(address.scheme));
  if (has_password(address.text()))
    return "a password never stands in the file; give it through the engine's own environment";
  switch (address.scheme) {
    case LogScheme::git:
      return git_fault(address.rest);
    case LogScheme::etcd:
      return url_fault(address.rest);
    case LogScheme::s3:
    case LogScheme::gcs:
      return bucket_fault(address);
    case LogScheme::file:
    case LogScheme::postgres:
      return std::nullopt;
  }
  return std::nullopt;
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

std::optional<LogAddress> read_state(const Value& value, const Catalog& catalog) {
  const auto written = value.text();
  if (!written) return std::nullopt;
  auto address = LogAddress::parse(*written);
  if (!address) {
    const std::string shown = has_password(*written) ? "this" : in_quotes(*written);
    value.problem(fmt::format("{} is not a place for the log. Allowed: {}", shown, allowed_log_addresses()));
    return std::nullopt;
  }
  if (const auto fault = state_fault(*address)) {
    value.problem(*fault);
    return std::nullopt;
  }
  if (!catalog.has_log_engine(address->scheme)) {
    value.inactive(fmt::format("The log cannot live in {} yet; commands refuse to run until it is a file:DIR.",
                               to_string(address->scheme)));
  }
  if (const auto directory = address->directory())
    return LogAddress::in_directory(absolute_path(directory->string(), value.directory()));
  return address;
}

}  // namespace train::definition
