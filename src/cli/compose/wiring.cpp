#include "compose/wiring.hpp"

#include "compose/clocks.hpp"

#include <fmt/core.h>
#include <iostream>

#include "compose/flag_wiring.hpp"
#include "compose/google_credentials.hpp"
#include "compose/signal_wiring.hpp"
#include "compose/snapshot.hpp"
#include "train/archives/reader.hpp"
#include "train/base/check.hpp"
#include "train/definition/load.hpp"
#include "train/event_log/catalog.hpp"
#include "train/notify/catalog.hpp"
#include "train/signals/app_store.hpp"
#include "train/signals/catalog.hpp"
#include "train/signals/google_play.hpp"
#include "train/signing/signer.hpp"
#include "train/source/git.hpp"
#include "train/stores/app_store.hpp"
#include "train/stores/app_store/events.hpp"
#include "train/stores/google_play.hpp"

namespace train::cli {
namespace {

using runner::OwnedPorts;

std::function<void(const std::string&)> told_of(const App& app, const Reporter& reporter) {
  return [told = reporter.told, name = app.name](const std::string& sentence) {
    if (told) told(name, sentence);
  };
}

stores::GooglePlaySettings google_play_settings(const App& app, auth::GoogleCredentials account, Clock& clock,
                                                const Reporter& reporter) {
  stores::GooglePlaySettings settings;
  settings.app = app;
  settings.account = std::move(account);
  settings.clock = &clock;
  settings.told = told_of(app, reporter);
  return settings;
}

std::string_view key_hint(SigningKeyKind kind) {
  switch (kind) {
    case SigningKeyKind::apple_identity:
      return "Give `identity: file:…` and `password`.";
    case SigningKeyKind::android_keystore:
      return "Give `keystore: file:…`, `alias` and `password`.";
  }
  return {};
}

Result<SigningKey> signing_key(const StandbyRule& rule, SigningKeyKind kind, const std::filesystem::path& directory) {
  if (rule.key.empty()) {
    return fail(ErrorKind::definition, "The standby of " + rule.app + " has no key to sign with.",
                std::string(key_hint(kind)));
  }
  auto password = rule.password ? definition::resolve(*rule.password, directory) : Result<Secret>();
  if (!password) return tl::unexpected(password.error());
  switch (kind) {
    case SigningKeyKind::apple_identity:
      return AppleIdentity{rule.key, std::move(*password), rule.profiles};
    case SigningKeyKind::android_keystore:
      return AndroidKey{rule.key, rule.alias, std::move(*password)};
  }
  return fail(ErrorKind::internal, "The standby of " + rule.app + " is signed with an unknown kind of key.");
}

// Several apps may be in one store: whose key it is comes first.
tl::unexpected<Error> of_app(const AppName& app, const Error& error) {
  return fail(error.kind, app + ": " + error.message, error.hint);
}

class Wiring {
 public:
  Wiring(const Definition& definition, Clock& clock, Reporter reporter)
      : definition_(definition), clock_(clock), reporter_(std::move(reporter)) {
    out_.ports.clock = &clock;
  }

  Result<OwnedPorts> everything() {
    for (const auto& part : {&Wiring::log, &Wiring::stores, &Wiring::feeds, &Wiring::signals, &Wiring::flags,
                             &Wiring::channels, &Wiring::source}) {
      if (auto done = (this->*part)(); !done) return tl::unexpected(done.error());
    }
    archives();
    signing();
    return std::move(out_);
  }

  Result<OwnedPorts> only_log() {
    if (auto done = log(); !done) return tl::unexpected(done.error());
    signing();
    return std::move(out_);
  }

  Result<OwnedPorts> only_store(const App& app) {
    if (auto done = store(app); !done) return tl::unexpected(done.error());
    return std::move(out_);
  }

  Result<OwnedPorts> log_and_flags() {
    for (const auto& part : {&Wiring::log, &Wiring::flags}) {
      if (auto done = (this->*part)(); !done) return tl::unexpected(done.error());
    }
    return std::move(out_);
  }

  StopWiring for_a_stop() {
    StopWiring wired;
    lock_patience_ = std::chrono::milliseconds(1000);
    if (auto done = log(); !done) wired.log = done.error();
    for (const auto& app : definition_.apps) {
      if (auto done = store(app); !done) wired.without.emplace(app.name, done.error());
    }
    for (const auto& one : definition_.flags) {
      if (auto done = flag(one); !done) wired.left_out.push_back("flag " + one.name + ": " + done.error().message);
    }
    for (const auto& one : definition_.notify) {
      const auto done = channel(one);
      if (done) continue;
      out_.ports.channels.push_back(nullptr);  // indices keep their meaning
      wired.left_out.push_back("notify " + one.id + ": " + done.error().message);
    }
    archives();
    signing();
    wired.owned = std::move(out_);
    return wired;
  }

 private:
  template <typename Port>
  Port* keep(std::unique_ptr<Port> port) {
    std::shared_ptr<Port> shared(std::move(port));
    out_.owned.push_back(shared);
    return shared.get();
  }

  Archives* archives() {
    if (out_.ports.archives == nullptr) out_.ports.archives = keep(archives::make_archives());
    return out_.ports.archives;
  }

  // Where this train keeps files on this machine; empty: nowhere.
  std::filesystem::path work_dir() const { return event_log::work_dir_of(definition_.state, definition_.train); }

  Result<Secret> secret(const SecretRef& ref) { return definition::resolve(ref, definition_.directory); }

  Result<std::map<std::string, Secret>> secrets(const std::vector<std::pair<std::string, SecretRef>>& refs) {
    std::map<std::string, Secret> values;
    for (const auto& [name, ref] : refs) {
      auto value = secret(ref);
      if (!value) return tl::unexpected(value.error());
      values[name] = *value;
    }
    return values;
  }

  Result<Done> log() {
    const auto engine = event_log::engine_of(definition_.state);
    if (!engine) return tl::unexpected(engine.error());
    const auto warn = [](const std::string& text) { std::cerr << "train: " << text << "\n"; };
    auto opened = (*engine)->make(definition_.state, {definition_.train, snapshot_json, warn, lock_patience_});
    if (!opened) return tl::unexpected(opened.error());
    out_.ports.log = keep(std::move(*opened));
    return Done{};
  }

  Result<Done> stores() {
    for (const auto& app : definition_.apps) {
      if (auto done = store(app); !done) return done;
    }
    return Done{};
  }

  Result<Done> store(const App& app) {
    auto made = std::visit([&](const auto& own) { return make_store(app, own); }, app.part);
    if (!made) return tl::unexpected(made.error());
    out_.ports.stores[app.name] = keep(std::move(*made));
    return Done{};
  }

  // Read once per app, whatever needs it: a command behind exec: may ask a person.
  Result<auth::AppStoreKey> app_store_key(const App& app, const AppStoreCredentials& credentials) {
    const auto known = app_store_keys_.find(app.name);
    if (known != app_store_keys_.end()) return known->second;
    auth::AppStoreKey key;
    auto key_id = secret(credentials.key_id);
    if (!key_id) return tl::unexpected(key_id.error());
    key.key_id = key_id->expose();
    if (credentials.issuer_id) {
      auto issuer = secret(*credentials.issuer_id);
      if (!issuer) return tl::unexpected(issuer.error());
      key.issuer_id = issuer->expose();
    }
    auto private_key = secret(credentials.private_key);
    if (!private_key) return tl::unexpected(private_key.error());
    key.private_key = *private_key;
    return app_store_keys_[app.name] = std::move(key);
  }

  Result<stores::AppStoreSettings> app_store_settings(const App& app, const AppStoreApp& own) {
    auto key = app_store_key(app, own.credentials);
    if (!key) return tl::unexpected(key.error());
    stores::AppStoreSettings settings;
    settings.app = app;
    settings.clock = &clock_;
    settings.key = std::move(*key);
    settings.progress = uploading(app.name);
    settings.told = told_of(app, reporter_);
    return settings;
  }

  Result<std::unique_ptr<Store>> make_store(const App& app, const AppStoreApp& own) {
    auto settings = app_store_settings(app, own);
    if (!settings) return of_app(app.name, settings.error());
    auto store = stores::make_app_store(std::move(*settings));
    if (!store) return of_app(app.name, store.error());
    return store;
  }

  Result<Done> feeds() {
    for (const auto& app : definition_.apps) {
      const auto* own = app.app_store();
      if (own == nullptr || !own->webhook_feed) continue;
      auto settings = app_store_settings(app, *own);
      if (!settings) return tl::unexpected(settings.error());
      auto feed = stores::make_app_store_feed(std::move(*settings));
      if (!feed) return tl::unexpected(feed.error());
      out_.ports.feeds[app.name] = keep(std::move(*feed));
    }
    return Done{};
  }

  // Read once per app, as app_store_key is.
  Result<auth::GoogleCredentials> google_account(const App& app, const GooglePlayApp& own) {
    const auto known = google_accounts_.find(app.name);
    if (known != google_accounts_.end()) return known->second;
    auto account = google_credentials(own.credentials, definition_.directory);
    if (!account) return of_app(app.name, account.error());
    google_accounts_.emplace(app.name, *account);
    return account;
  }

  Result<std::unique_ptr<Store>> make_store(const App& app, const GooglePlayApp& own) {
    auto account = google_account(app, own);
    if (!account) return tl::unexpected(account.error());
    auto settings = google_play_settings(app, std::move(*account), clock_, reporter_);
    settings.archives = archives();
    if (const auto kept = work_dir(); !kept.empty())
      settings.kept_upload = kept / ("google-play-" + app.name + ".json");
    settings.progress = uploading(app.name);
    return stores::make_google_play(std::move(settings));
  }

  UploadProgress uploading(const AppName& app) const {
    if (!reporter_.uploading) return {};
    return [tell = reporter_.uploading, app](const std::string& what, std::uint64_t stored, std::uint64_t total) {
      tell(app, what, stored, total);
    };
  }

  Result<Done> signals() {
    for (const auto& signal : definition_.signals) {
      auto source = signal_source(signal);
      if (!source) return tl::unexpected(source.error());
      out_.ports.signals[signal.name] = keep(std::move(*source));
    }
    return Done{};
  }

  Result<std::unique_ptr<SignalSource>> signal_source(const Signal& signal) {
    const signals::Descriptor* known = signals::find(signal.source);
    TRAIN_CHECK(known != nullptr, "the definition names a signal source that is not in the catalog");
    auto site = signal_site(definition_.directory, sleep_on(clock_));
    site.app_store_readers = [this] { return app_store_readers(); };
    site.play_readers = [this](const std::optional<SecretRef>& account) {
      return account ? play_readers_with(*account) : play_readers();
    };
    return known->make(signal, site);
  }

  // One for each app on the App Store, shared by its signals.
  Result<signals::AppStoreReaders> app_store_readers() {
    for (const auto& app : definition_.apps) {
      const auto* own = app.app_store();
      if (own == nullptr || app_store_readers_.count(app.name) != 0) continue;
      auto key = app_store_key(app, own->credentials);
      if (!key) return tl::unexpected(key.error());
      auto reader = signals::open_app_store_reader({app.store_id, app.endpoint, std::move(*key)}, sleep_on(clock_));
      if (!reader) return tl::unexpected(reader.error());
      app_store_readers_[app.name] = std::move(*reader);
    }
    return app_store_readers_;
  }

  std::shared_ptr<signals::PlayReader> play_reader(const App& app, auth::GoogleCredentials account) {
    return signals::open_play_reader(
        {app.store_id, app.endpoint, signals::reporting_beside(app.endpoint), std::move(account)}, sleep_on(clock_));
  }

  // One for each app on Google Play, shared by its signals.
  Result<signals::PlayReaders> play_readers() {
    for (const auto& app : definition_.apps) {
      const auto* own = app.google_play();
      if (own == nullptr || play_readers_.count(app.name) != 0) continue;
      auto account = google_account(app, *own);
      if (!account) return tl::unexpected(account.error());
      play_readers_[app.name] = play_reader(app, std::move(*account));
    }
    return play_readers_;
  }

  // For a signal with credentials of its own.
  Result<signals::PlayReaders> play_readers_with(const SecretRef& ref) {
    const auto json = secret(ref);
    if (!json) return tl::unexpected(json.error());
    auto account = auth::parse_google_credentials(*json);
    if (!account) return tl::unexpected(account.error());
    signals::PlayReaders readers;
    for (const auto& app : definition_.apps) {
      if (app.google_play() != nullptr) readers[app.name] = play_reader(app, *account);
    }
    return readers;
  }

  Result<Done> flags() {
    for (const auto& one : definition_.flags) {
      if (auto done = flag(one); !done) return done;
    }
    return Done{};
  }

  Result<Done> flag(const Flag& one) {
    auto provider = wire_flag(one, definition_.directory, clock_, sleep_on(clock_));
    if (!provider) return tl::unexpected(provider.error());
    out_.ports.flags[one.name] = keep(std::move(*provider));
    return Done{};
  }

  // Keys are asked for when something is signed: status and plan need none.
  void signing() {
    out_.ports.signer = keep(signing::make_signer());
    out_.ports.work_dir = work_dir();
    for (const auto& rule : definition_.standby) {
      const auto kind = definition_.find_app(rule.app)->facts().signing;
      if (!kind) continue;
      out_.ports.signing_keys[rule.app] = [rule, kind = *kind, directory = definition_.directory] {
        return signing_key(rule, kind, directory);
      };
    }
  }

  // One entry per channel, so that indices keep their meaning; null where this version has no adapter.
  Result<Done> channels() {
    for (const auto& one : definition_.notify) {
      if (auto done = channel(one); !done) return done;
    }
    return Done{};
  }

  Result<Done> channel(const Channel& one) {
    Notifier* notifier = nullptr;
    if (const auto* known = notify::find(one.kind)) {
      auto target = secret(one.target);
      if (!target) return tl::unexpected(target.error());
      notifier = keep(known->make(sleep_on(clock_), *target));
    }
    out_.ports.channels.push_back(notifier);
    return Done{};
  }

  Result<Done> source() {
    if (!definition_.source) return Done{};
    out_.ports.source = keep(source::make_git(definition_.source->repository));
    if (!definition_.source->build) return Done{};
    const auto& build = *definition_.source->build;
    auto headers = build.http ? secrets(build.http->secret_headers) : Result<std::map<std::string, Secret>>{};
    if (!headers) return tl::unexpected(headers.error());
    out_.ports.builds = keep(source::make_build_service(build, definition_.directory, sleep_on(clock_), *headers));
    return Done{};
  }

  const Definition& definition_;
  Clock& clock_;
  Reporter reporter_;
  OwnedPorts out_;
  std::chrono::milliseconds lock_patience_ = event_log::k_lock_patience;
  std::map<AppName, auth::AppStoreKey> app_store_keys_;
  signals::AppStoreReaders app_store_readers_;
  std::map<AppName, auth::GoogleCredentials> google_accounts_;
  signals::PlayReaders play_readers_;
};

}  // namespace

Result<OwnedPorts> wire_aloud(const Definition& definition, Clock& clock, Reporter reporter) {
  return Wiring(definition, clock, std::move(reporter)).everything();
}
Result<OwnedPorts> wire(const Definition& definition, Clock& clock) { return wire_aloud(definition, clock, {}); }
Result<OwnedPorts> wire_log(const Definition& definition, Clock& clock) {
  return Wiring(definition, clock, {}).only_log();
}
Result<OwnedPorts> wire_flags(const Definition& definition, Clock& clock) {
  return Wiring(definition, clock, {}).log_and_flags();
}

Result<OwnedPorts> wire_store(const Definition& definition, const App& app, Clock& clock, Reporter reporter) {
  return Wiring(definition, clock, std::move(reporter)).only_store(app);
}

StopWiring wire_stop(const Definition& definition, Clock& clock, Reporter reporter) {
  return Wiring(definition, clock, std::move(reporter)).for_a_stop();
}

// A secret that cannot be read leads nowhere: whoever needs it says so, and `status` does not.
Result<std::optional<std::string>> first_foreign_host(const Definition& definition) {
  std::vector<std::string> urls;
  for (const auto& app : definition.apps) urls.push_back(app.endpoint);
  const auto site = signal_site(definition.directory, {});
  for (const auto& signal : definition.signals) {
    urls.push_back(signal.url);
    const auto addresses = signals::addresses_of(signal, site);
    if (!addresses) continue;
    urls.insert(urls.end(), addresses->begin(), addresses->end());
  }
  for (const auto& flag : definition.flags) {
    urls.push_back(flag.url);
    const auto addresses = addresses_of(flag, definition.directory);
    if (!addresses) continue;
    urls.insert(urls.end(), addresses->begin(), addresses->end());
  }
  if (definition.source && definition.source->build && definition.source->build->http)
    urls.push_back(definition.source->build->http->url);
  for (const auto& channel : definition.notify) {
    if (!channel.active) continue;
    auto target = definition::resolve(channel.target, definition.directory);
    if (!target) continue;
    // A channel's URL is itself a secret: only say which channel.
    if (!http::is_loopback_url(target->expose()))
      return std::optional<std::string>("notify channel " + std::string(to_string(channel.kind)));
  }
  for (const auto& app : definition.apps) {
    const auto* own = app.google_play();
    if (own == nullptr) continue;
    const auto account = google_credentials(own->credentials, definition.directory);
    if (!account) continue;
    for (const auto& address : auth::addresses_of(*account)) urls.push_back(address);
  }
  for (const auto& url : urls) {
    if (!url.empty() && !http::is_loopback_url(url)) return std::optional<std::string>(url);
  }
  return std::optional<std::string>();
}

}  // namespace train::cli
