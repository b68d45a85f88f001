#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::size_t k_group_most = 200;

constexpr Word<HaltInReview> k_halts_in_review[] = {{"cancel", HaltInReview::cancel}, {"refuse", HaltInReview::refuse}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_bundle_id(std::string_view id) {
  return !id.empty() && id.size() <= 155 && id.front() != '.' && id.back() != '.' &&
         id.find("..") == std::string_view::npos &&
         std::all_of(id.begin(), id.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
}

bool is_package(std::string_view id) {
  const auto parts = split(id, '.');
  return id.size() <= 150 && parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && is_letter(part.front()) &&
                  std::all_of(part.begin(), part.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
         });
}

constexpr std::string_view k_bundle_id = "bundle id; letters, digits, - and . such as com.example.charge";
constexpr std::string_view k_package =
    "package name; two or more parts of letters, digits and _, each starting with a letter, such as com.example.charge";

void read_store_id(const Value& value, App& app, bool (*is_good)(std::string_view), std::string_view wanted) {
  const auto id = value.text();
  if (!id) return;
  if (!is_good(*id)) value.problem(fmt::format("{} is not a {}", in_quotes(*id), wanted));
  app.store_id = *id;
}

void read_app_store_credentials(const Value& value, AppStoreApp& app) {
  const Fields fields(value, section("app_store_credentials"));
  AppStoreCredentials credentials;
  fields.with("key_id", [&](const Value& ref) { assign(credentials.key_id, ref.secret()); });
  fields.with("issuer_id", [&](const Value& ref) { credentials.issuer_id = ref.secret(); });
  fields.with("private_key", [&](const Value& ref) { assign(credentials.private_key, ref.secret()); });
  app.credentials = std::move(credentials);
}

void read_google_play_credentials(const Value& value, GooglePlayApp& app) {
  const Fields fields(value, section("google_play_credentials"));
  GooglePlayCredentials credentials;
  int given = 0;
  for (const char* kind : {"service_account", "external_account", "authorized_user"}) {
    fields.with(kind, [&](const Value& ref) {
      ++given;
      assign(credentials.service_account, ref.secret());
    });
  }
  fields.with("application_default", [&](const Value& wanted) {
    ++given;
    credentials.application_default = wanted.truth().value_or(false);
    if (!credentials.application_default) wanted.problem("only `true` makes sense here");
  });
  if (fields.is_map() && given != 1) {
    value.problem(given == 0 ? "the key \"service_account\" is missing; or external_account, authorized_user, "
                               "application_default"
                             : "give one of `service_account`, `external_account`, `authorized_user` and "
                               "`application_default`, not several");
  }
  app.credentials = std::move(credentials);
}

// The internal track of a form factor has another name.
void check_form_factor(const Value& value, std::string_view track) {
  constexpr std::array<std::string_view, 5> form_factors{"automotive", "wear", "tv", "android_xr",
                                                         "google_play_games_pc"};
  const std::size_t colon = track.find(':');
  if (colon == std::string_view::npos || track.substr(colon + 1) != "internal") return;
  const auto factor = track.substr(0, colon);
  if (std::find(form_factors.begin(), form_factors.end(), factor) == form_factors.end()) return;
  value.problem(fmt::format("{} is no track of Google's; the internal track there is {}:qa", in_quotes(track), factor));
}

void read_testers(const Value& value, App& app) {
  const auto* play = app.google_play();
  for (const Value& item : value.items()) {
    const auto group = item.text();
    if (!group) continue;
    if (group->size() > k_group_most) {
      item.problem(fmt::format("a group's name has at most {} bytes", k_group_most));
    } else if (std::find(app.testers.begin(), app.testers.end(), *group) != app.testers.end()) {
      item.problem(fmt::format("{} stands here twice", in_quotes(*group)));
    } else if (play != nullptr && *group == play->track) {
      item.problem(fmt::format("{} is the track that is rolled out; testers have one of their own", in_quotes(*group)));
    }
    if (play != nullptr) check_form_factor(item, *group);
    app.testers.push_back(*group);
  }
}

constexpr Word<PausePoint> k_pause_points[] = {
    {"auto", PausePoint::automatic}, {"on_arrival", PausePoint::on_arrival}, {"before_tick", PausePoint::before_tick}};

void read_keys(const Fields& fields, App& app, AppStoreApp& own) {
  fields.with("bundle_id", [&](const Value& id) { read_store_id(id, app, is_bundle_id, k_bundle_id); });
  fields.with("credentials", [&](const Value& value) { read_app_store_credentials(value, own); });
  fields.with("test_notes", [&](const Value& value) { app.test_notes = value.path_pattern({"version", "locale"}); });
  fields.with("export_compliance", [&](const Value& value) {
    const Fields compliance(value, section("export_compliance"));
    compliance.with("uses_non_exempt_encryption",
                    [&](const Value& uses) { own.uses_non_exempt_encryption = uses.truth(); });
  });
  fields.with("pause", [&](const Value& value) { assign(own.pause, value.word(k_pause_points)); });
  fields.with("webhook_feed", [&](const Value& feed) { assign(own.webhook_feed, feed.truth()); });
}

void read_track(const Value& value, GooglePlayApp& app) {
  const auto track = value.text();
  if (!track) return;
  const bool good = track->size() <= 100 && std::all_of(track->begin(), track->end(), [](char c) {
                      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == ':' || c == '.';
                    });
  if (!good) value.problem(fmt::format("{} is not a track; such as production or wear:production", in_quotes(*track)));
  check_form_factor(value, *track);
  app.track = *track;
}

constexpr std::int64_t k_highest_code = 2100000000;  // Google's limit

std::vector<std::int64_t> read_codes(const Value& value) {
  std::vector<std::int64_t> out;
  for (const Value& item : value.items()) {
    if (const auto code = item.whole_number(1, k_highest_code)) out.push_back(*code);
  }
  return out;
}

void read_keys(const Fields& fields, App& app, GooglePlayApp& own) {
  fields.with("package", [&](const Value& id) { read_store_id(id, app, is_package, k_package); });
  fields.with("credentials", [&](const Value& value) { read_google_play_credentials(value, own); });
  fields.with("track", [&](const Value& value) { read_track(value, own); });
  fields.with("mapping", [&](const Value& value) { own.mapping = value.path_pattern({"version"}); });
  fields.with("native_symbols", [&](const Value& value) { own.native_symbols = value.path_pattern({"version"}); });
  fields.with("apks", [&](const Value& value) {
    for (const Value& item : value.items()) {
      if (auto pattern = item.path_pattern({"version"})) own.apks.push_back(std::move(*pattern));
    }
    if (!fields.has("artifact"))
      value.problem("`apks` stand beside `artifact`, which names the one with the highest code");
  });
  fields.with("retain", [&](const Value& value) { own.retain = read_codes(value); });
  fields.with("drop", [&](const Value& value) { own.drop = read_codes(value); });
  fields.with("in_app_update_priority", [&](const Value& value) {
    const auto priority = value.whole_number(0, 5);
    own.in_app_update_priority = static_cast<int>(priority.value_or(0));
  });
  fields.with("halt_in_review", [&](const Value& value) { assign(own.halt_in_review, value.word(k_halts_in_review)); });
  fields.with("drift_check", [&](const Value& value) {
    if (value.node().text == "off") {
      app.drift_check = Duration{0};
    } else {
      assign(app.drift_check, value.duration());
    }
  });
}

// What climbs by its own ladder cannot begin below that.
void check_first_rung(const Value& value, const StoreFacts& facts, const Ladder& ladder) {
  if (!facts.climbs_by_itself() || ladder.stages.front().to >= facts.rungs.front()) return;
  value.problem(fmt::format("{}'s first rung is {}; the first stage cannot be below it", facts.in_sentence,
                            facts.rungs.front().text()));
}

void read_common_keys(const Fields& fields, App& app) {
  app.endpoint = app.facts().endpoint;
  app.ladder = default_ladder();
  fields.with("endpoint", [&](const Value& value) { assign(app.endpoint, value.url()); });
  fields.with("artifact", [&](const Value& value) { app.artifact = value.path_pattern({"version"}); });
  fields.with("release_notes", [&](const Value& value) {
    app.release_notes = value.path_pattern({"version", "locale"});
  });
  fields.with("testers", [&](const Value& value) { read_testers(value, app); });
  fields.with("max_review", [&](const Value& value) { assign(app.max_review, value.duration()); });
  fields.with("rollout", [&](const Value& value) {
    assign(app.ladder, read_ladder(value));
    check_first_rung(value, app.facts(), app.ladder);
  });
}

std::vector<std::string_view> words_of_stores(std::string_view StoreFacts::*word) {
  std::vector<std::string_view> words;
  for (const StoreFacts& store : all_stores()) words.push_back(store.*word);
  return words;
}

std::optional<StoreKind> store_of(const Value& value) {
  if (!value.is_map()) return std::nullopt;
  for (const Entry& entry : value.node().entries) {
    if (entry.key->text != "store") continue;
    const auto key =
        Value(value.report(), *entry.value, value.where() + ".store").one_of(words_of_stores(&StoreFacts::key));
    return key ? parse_store_kind(*key) : std::nullopt;
  }
  return std::nullopt;
}

App read_app(const NamedValue& named) {
  App app;
  app.name = named.name;
  const Value& value = named.value;
  const auto store = store_of(value);
  if (!store) {
    // Without the store nothing else can be judged, except that it is missing.
    if (!value.is_map()) {
      value.problem(fmt::format("a map is wanted with the keys store, {}, credentials, …",
                                fmt::join(words_of_stores(&StoreFacts::id_key), " or ")));
    } else if (std::none_of(value.node().entries.begin(), value.node().entries.end(),
                            [](const Entry& entry) { return entry.key->text == "store"; })) {
      value.problem(
          fmt::format("the key \"store\" is missing; {}", fmt::join(words_of_stores(&StoreFacts::key), " or ")));
    }
    app.ladder = default_ladder();
    return app;
  }
  app.part = part_of(*store);
  const auto sections = store_sections(*store, "_app");
  const Fields fields(value, sections.own, sections.other, sections.other_kind);
  std::visit([&](auto& own) { read_keys(fields, app, own); }, app.part);
  read_common_keys(fields, app);
  return app;
}

// One package may be there once for each track.
bool are_one_app(const App& app, const App& other) {
  if (app.store_id.empty() || other.store() != app.store() || other.store_id != app.store_id) return false;
  return app.google_play() == nullptr || app.google_play()->track == other.google_play()->track;
}

}  // namespace

StoreSections store_sections(StoreKind kind, const std::string& what) {
  const Section& apple = section("app_store" + what);
  const Section& google = section("google_play" + what);
  switch (kind) {
    case StoreKind::app_store:
      return {apple, google, "apps with `store: google_play`"};
    case StoreKind::google_play:
      return {google, apple, "apps with `store: app_store`"};
  }
  return {apple, google, ""};
}

void read_apps(const Value& value, Definition& definition) {
  const auto entries = value.entries();
  if (value.is_map() && entries.empty()) value.problem("at least one app is wanted");
  for (const NamedValue& named : entries) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key, fmt::format("apps: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    App app = read_app(named);
    for (const App& other : definition.apps) {
      if (are_one_app(app, other))
        named.value.problem(fmt::format("is the same app in the same store as {}", in_quotes(other.name)));
    }
    definition.apps.push_back(std::move(app));
  }
}

void read_hotfix(const Value& value, Definition& definition) {
  const Fields fields(value, section("hotfix"));
  HotfixRule& hotfix = definition.hotfix;
  fields.with("stabilization", [&](const Value& length) { assign(hotfix.stabilization, length.duration()); });
  fields.with("approvals", [&](const Value& roles) {
    hotfix.approvals.emplace();
    for (const Value& item : roles.items()) {
      const auto role = item.text();
      if (!role) continue;
      std::vector<std::string_view> known;
      for (const ApprovalRule& rule : definition.approvals) known.push_back(rule.role);
      if (std::find(known.begin(), known.end(), *role) == known.end()) {
        item.problem(fmt::format("{} has no rule under `approvals`, so nothing would ask for it{}", in_quotes(*role),
                                 did_you_mean_hint(*role, known)));
      }
      hotfix.approvals->push_back(*role);
    }
  });
  fields.with("rollout", [&](const Value& rollout) {
    hotfix.rollout = read_ladder(rollout);
    const auto climbs = std::find_if(definition.apps.begin(), definition.apps.end(),
                                     [](const App& app) { return app.facts().climbs_by_itself(); });
    if (hotfix.rollout && climbs != definition.apps.end()) check_first_rung(rollout, climbs->facts(), *hotfix.rollout);
  });
}

}  // namespace train::definition
