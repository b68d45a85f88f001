#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "in_quotes.hpp"
#include "readers.hpp"
#include "train/base/text.hpp"

namespace train::definition {
namespace {

constexpr std::size_t k_group_most = 200;

constexpr Word<StoreKind> k_stores[] = {{"app_store", StoreKind::app_store}, {"google_play", StoreKind::google_play}};

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

void read_store_id(const Value& value, App& app) {
  const auto id = value.text();
  if (!id) return;
  const bool apple = app.store == StoreKind::app_store;
  if (!(apple ? is_bundle_id(*id) : is_package(*id))) {
    value.problem(
        apple
            ? fmt::format("{} is not a bundle id; letters, digits, - and . such as com.example.charge", in_quotes(*id))
            : fmt::format("{} is not a package name; two or more parts of letters, digits and _, each starting "
                          "with a letter, such as com.example.charge",
                          in_quotes(*id)));
  }
  app.store_id = *id;
}

void read_app_store_credentials(const Value& value, App& app) {
  const Fields fields(value, section("app_store_credentials"));
  AppStoreCredentials credentials;
  fields.with("key_id", [&](const Value& ref) { assign(credentials.key_id, ref.secret()); });
  fields.with("issuer_id", [&](const Value& ref) { credentials.issuer_id = ref.secret(); });
  fields.with("private_key", [&](const Value& ref) { assign(credentials.private_key, ref.secret()); });
  app.app_store_credentials = std::move(credentials);
}

void read_google_play_credentials(const Value& value, App& app) {
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
  app.google_play_credentials = std::move(credentials);
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
  for (const Value& item : value.items()) {
    const auto group = item.text();
    if (!group) continue;
    if (group->size() > k_group_most) {
      item.problem(fmt::format("a group's name has at most {} bytes", k_group_most));
    } else if (std::find(app.testers.begin(), app.testers.end(), *group) != app.testers.end()) {
      item.problem(fmt::format("{} stands here twice", in_quotes(*group)));
    } else if (app.store == StoreKind::google_play && *group == app.track) {
      item.problem(fmt::format("{} is the track that is rolled out; testers have one of their own", in_quotes(*group)));
    }
    if (app.store == StoreKind::google_play) check_form_factor(item, *group);
    app.testers.push_back(*group);
  }
}

void read_app_store_keys(const Fields& fields, App& app) {
  fields.with("bundle_id", [&](const Value& id) { read_store_id(id, app); });
  fields.with("credentials", [&](const Value& value) { read_app_store_credentials(value, app); });
  fields.with("test_notes", [&](const Value& value) { app.test_notes = value.path_pattern({"version", "locale"}); });
  fields.with("export_compliance", [&](const Value& value) {
    const Fields compliance(value, section("export_compliance"));
    compliance.with("uses_non_exempt_encryption",
                    [&](const Value& uses) { app.uses_non_exempt_encryption = uses.truth(); });
  });
  fields.with("webhook_feed", [&](const Value& feed) { assign(app.webhook_feed, feed.truth()); });
}

void read_track(const Value& value, App& app) {
  const auto track = value.text();
  if (!track) return;
  const bool good = track->size() <= 100 && std::all_of(track->begin(), track->end(), [](char c) {
                      return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == ':' || c == '.';
                    });
  if (!good) value.problem(fmt::format("{} is not a track; such as production or wear:production", in_quotes(*track)));
  check_form_factor(value, *track);
  app.track = *track;
}

void read_google_play_keys(const Fields& fields, App& app) {
  fields.with("package", [&](const Value& id) { read_store_id(id, app); });
  fields.with("credentials", [&](const Value& value) { read_google_play_credentials(value, app); });
  fields.with("track", [&](const Value& value) { read_track(value, app); });
  fields.with("mapping", [&](const Value& value) { app.mapping = value.path_pattern({"version"}); });
  fields.with("native_symbols", [&](const Value& value) { app.native_symbols = value.path_pattern({"version"}); });
  fields.with("apks", [&](const Value& value) {
    for (const Value& item : value.items()) {
      if (auto pattern = item.path_pattern({"version"})) app.apks.push_back(std::move(*pattern));
    }
    if (!fields.has("artifact"))
      value.problem("`apks` stand beside `artifact`, which names the one with the highest code");
  });
  fields.with("in_app_update_priority", [&](const Value& value) {
    const auto priority = value.whole_number(0, 5);
    app.in_app_update_priority = static_cast<int>(priority.value_or(0));
  });
  fields.with("drift_check", [&](const Value& value) {
    if (value.node().text == "off") {
      app.drift_check = Duration{0};
    } else {
      assign(app.drift_check, value.duration());
    }
  });
}

void read_common_keys(const Fields& fields, App& app) {
  app.endpoint = app.store == StoreKind::app_store ? "https://api.appstoreconnect.apple.com"
                                                   : "https://androidpublisher.googleapis.com";
  app.ladder = default_ladder();
  fields.with("endpoint", [&](const Value& value) { assign(app.endpoint, value.url()); });
  fields.with("artifact", [&](const Value& value) { app.artifact = value.path_pattern({"version"}); });
  fields.with("release_notes", [&](const Value& value) {
    app.release_notes = value.path_pattern({"version", "locale"});
  });
  fields.with("testers", [&](const Value& value) { read_testers(value, app); });
  fields.with("rollout", [&](const Value& value) {
    assign(app.ladder, read_ladder(value));
    if (app.store == StoreKind::app_store && app.ladder.stages.front().to < Percent::whole(1)) {
      value.problem("the App Store's first rung is 1 %; the first stage cannot be below it");
    }
  });
}

std::optional<StoreKind> store_of(const Value& value) {
  if (!value.is_map()) return std::nullopt;
  for (const Entry& entry : value.node().entries) {
    if (entry.key->text == "store") return Value(value.report(), *entry.value, value.where() + ".store").word(k_stores);
  }
  return std::nullopt;
}

App read_app(const NamedValue& named) {
  App app;
  app.name = named.name;
  const Value& value = named.value;
  const Section& apple = section("app_store_app");
  const Section& google = section("google_play_app");
  const auto store = store_of(value);
  if (!store) {
    // Without the store nothing else can be judged, except that it is missing.
    if (!value.is_map()) {
      value.problem("a map is wanted with the keys store, bundle_id or package, credentials, …");
    } else if (std::none_of(value.node().entries.begin(), value.node().entries.end(),
                            [](const Entry& entry) { return entry.key->text == "store"; })) {
      value.problem("the key \"store\" is missing; app_store or google_play");
    }
    app.ladder = default_ladder();
    return app;
  }
  app.store = *store;
  if (*store == StoreKind::app_store) {
    const Fields fields(value, apple, google, "apps with `store: google_play`");
    read_app_store_keys(fields, app);
    read_common_keys(fields, app);
  } else {
    const Fields fields(value, google, apple, "apps with `store: app_store`");
    read_google_play_keys(fields, app);
    read_common_keys(fields, app);
  }
  return app;
}

}  // namespace

void read_apps(const Value& value, Definition& definition) {
  const auto entries = value.entries();
  if (value.is_map() && entries.empty()) value.problem("at least one app is wanted");
  for (const NamedValue& named : entries) {
    if (!is_name(named.name)) {
      value.report().problem(*named.key, fmt::format("apps: {} is not a name; {}", in_quotes(named.name), k_name_rule));
    }
    App app = read_app(named);
    for (const App& other : definition.apps) {
      const bool same = !app.store_id.empty() && other.store == app.store && other.store_id == app.store_id &&
                        other.track == app.track;
      if (same) named.value.problem(fmt::format("is the same app in the same store as {}", in_quotes(other.name)));
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
    const bool any_apple = std::any_of(definition.apps.begin(), definition.apps.end(),
                                       [](const App& app) { return app.store == StoreKind::app_store; });
    if (hotfix.rollout && any_apple && hotfix.rollout->stages.front().to < Percent::whole(1)) {
      rollout.problem("the App Store's first rung is 1 %; the first stage cannot be below it");
    }
  });
}

}  // namespace train::definition
