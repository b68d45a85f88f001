#include "asking.hpp"

#include <functional>
#include <thread>

#include "train/auth/app_store_token.hpp"
#include "train/auth/google_token.hpp"
#include "train/base/files.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/engine/source.hpp"
#include "train/orders/start_release.hpp"
#include "train/runner/archive_check.hpp"
#include "train/runner/waiting.hpp"

namespace train::cli {
namespace {

using preflight::asked;
using preflight::Asked;
using preflight::not_asked;

// Each by a thread of its own: a slow one costs its own time only, and all are given up together.
void at_the_same_time(const std::vector<std::function<void()>>& questions) {
  std::vector<std::thread> threads;
  threads.reserve(questions.size());
  const Patience patience = patience_within(runner::k_look_patience);
  for (const auto& question : questions) {
    threads.emplace_back([&question, &patience] {
      const WithPatience bound(patience);
      question();
    });
  }
  for (auto& thread : threads) thread.join();
}

preflight::StoreAnswers ask_store(Store& store) {
  auto account = asked(store.probe());
  if (!account) return {account, tl::unexpected(account.error())};
  return {std::move(account), asked(store.observe(VersionName(), Depth::summary))};
}

Asked<Done> ask_key(const StandbyRule& rule, const runner::Ports& ports, Instant now) {
  constexpr std::size_t key_bytes_max = 1 << 20;
  if (auto file = read_private_file(rule.key, key_bytes_max); !file)
    return tl::unexpected(preflight::no_answer(file.error()));
  const auto key = ports.signing_keys.find(rule.app);
  if (key == ports.signing_keys.end() || ports.signer == nullptr) return not_asked("nothing signs here");
  return asked(key->second().and_then([&](const SigningKey& given) { return ports.signer->try_key(given, now); }));
}

Asked<Notes> ask_notes(const StandbyRule& rule) {
  if (!rule.notes) return not_asked("the definition names none");
  if (rule.notes->find("{version}") != std::string::npos)
    return not_asked("their place depends on the version of the standby, which is chosen when it is built");
  return asked(runner::read_notes(*rule.notes, VersionName()));
}

Asked<ArchiveIdentity> ask_archive(const StandbyRule& rule, const runner::Ports& ports,
                                   const Asked<LiveVersion>& live) {
  if (!live) return tl::unexpected(live.error());
  if (ports.archives == nullptr) return not_asked("nothing reads archives here");
  const auto path = with_version(rule.source, live->version);
  auto identity = ports.archives->inspect(path);
  if (!identity) return tl::unexpected(preflight::no_answer(identity.error()));
  if (!*identity)
    return tl::unexpected(preflight::no_answer({ErrorKind::not_found, "There is no file " + path + ".", ""}));
  return std::move(**identity);
}

void ask_for_standbys(const Definition& definition, const runner::Ports& ports, Instant now,
                      preflight::Answers& answers) {
  for (const auto& rule : definition.standby) {
    auto& answer = answers.standbys.at(rule.app);
    answer.key = ask_key(rule, ports, now);
    answer.notes = ask_notes(rule);
    answer.archive = ask_archive(rule, ports, preflight::live_version(answers.stores.at(rule.app).view));
  }
}

// The release that is open, else the one that `train start` would open.
std::optional<VersionName> release_in_question(const Definition& definition, const engine::State& state,
                                               const preflight::Answers& answers) {
  if (const auto* focus = state.focus(); focus != nullptr && focus->is_open()) return focus->version;
  std::optional<VersionName> newest_live;
  for (const auto& [app, store] : answers.stores) {
    const auto live = preflight::live_version(store.view);
    if (live && (!newest_live || *newest_live < live->version)) newest_live = live->version;
  }
  const auto next = orders::next_version(definition, state, false, newest_live);
  return next ? std::optional(*next) : std::nullopt;
}

enum class Repository { asked, left_alone };

Asked<std::vector<std::string>> ask_repository(const Definition& definition, const runner::Ports& ports,
                                               const VersionName& version, const engine::Release* release) {
  if (ports.source == nullptr) return not_asked("the definition names no repository");
  if (release != nullptr && release->tagged) return std::vector<std::string>{};
  const auto names = release != nullptr ? engine::source_names(*definition.source, *release)
                                        : engine::source_names(*definition.source, version, std::nullopt);
  return asked(
      ports.source->obstacles({names.branch, names.tag, names.start, release != nullptr && release->branch_cut}));
}

std::optional<ArchiveIdentity> inspected(Archives& archives, const std::filesystem::path& file) {
  auto identity = archives.inspect(file);
  return identity ? std::move(*identity) : std::nullopt;
}

// The archives that lie there already.
void ask_for_archives(const Definition& definition, const runner::Ports& ports, Instant now,
                      preflight::Answers& answers) {
  if (ports.signer == nullptr) return;
  const std::array values{Substitution{"version", answers.release.version->text()}};
  for (const auto& app : definition.apps) {
    const auto path = app.artifact ? substitute(*app.artifact, values) : std::string();
    std::error_code ignored;
    if (path.empty() || !std::filesystem::exists(path, ignored)) continue;
    const auto live = preflight::live_version(answers.stores.at(app.name).view);
    auto findings = runner::examine_archive(*ports.signer, app, path, live ? std::optional(*live) : std::nullopt, now);
    std::vector<ArchiveFinding> all;
    if (findings) all = std::move(*findings);
    const auto identity = ports.archives == nullptr ? std::nullopt : inspected(*ports.archives, path);
    const auto number = identity ? runner::number_finding(app, *identity) : std::nullopt;
    if (number) all.push_back(*number);
    if (findings || number) answers.release.archives.emplace(app.name, std::move(all));
  }
}

void ask_for_release(const Definition& definition, const runner::Ports& ports, Repository repository, Instant now,
                     preflight::Answers& answers) {
  if (!answers.log) return;
  const auto state = engine::fold(*answers.log);
  auto& release = answers.release;
  release.version = release_in_question(definition, state, answers);
  if (!release.version) return;
  for (const auto& app : definition.apps) {
    if (app.release_notes)
      release.notes.emplace(app.name, asked(runner::read_notes(*app.release_notes, *release.version)));
    if (app.test_notes && !app.testers.empty())
      release.test_notes.emplace(app.name, asked(runner::read_notes(*app.test_notes, *release.version)));
  }
  ask_for_archives(definition, ports, now, answers);
  if (!definition.source) return;
  release.obstacles = repository == Repository::left_alone
                          ? Asked<std::vector<std::string>>(not_asked("--offline"))
                          : ask_repository(definition, ports, *release.version, state.find(*release.version));
}

constexpr Duration k_traffic_day{24 * 3600};

Subject about_live(const App& app, const Signal& signal, const LiveVersion& live, Instant now) {
  Subject subject;
  subject.app = app.name;
  subject.store_id = app.store_id;
  subject.version = live.version;
  subject.build = live.build;
  subject.baseline_version = live.version;
  subject.platform = app.facts().platform;
  subject.start = now - 2 * k_traffic_day;
  subject.now = now;
  subject.late = signal.late;
  return subject;
}

struct SignalQuestion {
  const Signal* signal = nullptr;
  Subject subject;
  Asked<Measurement>* answer = nullptr;               // an element of a map: it stays where it is
  std::optional<engine::Traffic>* traffic = nullptr;  // likewise; nullptr: nothing depends on it
  std::string* cost = nullptr;                        // likewise
};

bool wants_traffic(const Definition& definition, const Signal& signal) {
  const bool counts = signal.kind == SignalKind::proportion || signal.kind == SignalKind::rate;
  return counts && std::any_of(definition.gates.begin(), definition.gates.end(),
                               [&](const Gate& gate) { return gate.signal == signal.name && !gate.advisory; });
}

// What is counted from the same start on until now and until a day ago, whether the source counts since then or ever.
void ask_signal(SignalSource& source, const SignalQuestion& question) {
  const Measurement now = source.measure(*question.signal, question.subject);
  *question.answer = now;
  *question.cost = source.cost(*question.signal, question.subject);
  if (question.traffic == nullptr || now.state != Measurement::State::measured) return;
  Subject a_day_ago = question.subject;
  a_day_ago.late += k_traffic_day;
  *question.traffic = preflight::traffic_between(source.measure(*question.signal, a_day_ago), now, k_traffic_day);
}

void ask_signals(const Definition& definition, const runner::Ports& ports, Instant now, preflight::Answers& answers) {
  std::map<SignalSource*, std::vector<SignalQuestion>> by_source;
  std::map<std::pair<AppName, SignalName>, std::optional<engine::Traffic>> traffic;
  for (const auto& app : definition.apps) {
    const auto live = preflight::live_version(answers.stores.at(app.name).view);
    if (!live) continue;
    for (const auto& signal : definition.signals) {
      const auto source = ports.signals.find(signal.name);
      if (!signal.is_for(app.name) || source == ports.signals.end()) continue;
      const auto place = answers.signals.emplace(std::pair(app.name, signal.name), not_asked("")).first;
      auto* counted = wants_traffic(definition, signal) ? &traffic[{app.name, signal.name}] : nullptr;
      auto& cost = answers.signal_costs[{app.name, signal.name}];
      by_source[source->second].push_back(
          {&signal, about_live(app, signal, *live, now), &place->second, counted, &cost});
    }
  }
  std::vector<std::function<void()>> questions;
  for (const auto& entry : by_source) {
    questions.emplace_back([source = entry.first, &ours = entry.second] {
      for (const auto& question : ours) ask_signal(*source, question);
    });
  }
  at_the_same_time(questions);
  for (const auto& [signal, counted] : traffic) {
    if (counted) answers.traffic[signal] = *counted;
  }
}

void ask_stores_and_flags(const Definition& definition, const runner::Ports& ports, preflight::Answers& answers) {
  std::vector<std::function<void()>> questions;
  for (const auto& app : definition.apps) {
    const auto store = ports.stores.find(app.name);
    if (store == ports.stores.end()) continue;
    auto& answer = answers.stores.at(app.name);
    questions.emplace_back([&answer, port = store->second] { answer = ask_store(*port); });
  }
  std::map<FlagProvider*, std::vector<const Flag*>> by_provider;
  for (const auto& flag : definition.flags) {
    const auto provider = ports.flags.find(flag.name);
    if (provider != ports.flags.end()) by_provider[provider->second].push_back(&flag);
  }
  for (const auto& entry : by_provider) {
    questions.emplace_back([&answers, provider = entry.first, &ours = entry.second] {
      for (const auto* flag : ours) answers.flags.at(flag->name) = asked(provider->get(*flag));
    });
  }
  at_the_same_time(questions);
}

Result<Done> check_form(preflight::SecretForm form, const Secret& text) {
  switch (form) {
    case preflight::SecretForm::any:
      return Done{};
    case preflight::SecretForm::google_credentials:
      return auth::parse_google_credentials(text).map([](const auto&) { return Done{}; });
    case preflight::SecretForm::app_store_key_id:
      return auth::check_app_store_key_id(text.expose());
    case preflight::SecretForm::app_store_issuer_id:
      return auth::check_app_store_issuer_id(text.expose());
    case preflight::SecretForm::app_store_private_key:
      return auth::check_app_store_private_key(text);
  }
  return Done{};
}

}  // namespace

std::vector<preflight::SecretAnswer> ask_secrets(const Definition& definition) {
  std::vector<preflight::SecretAnswer> answers;
  for (auto& secret : preflight::needed_secrets(definition)) {
    auto answer = asked(definition::resolve(secret.ref, definition.directory).and_then([&](const Secret& text) {
      return check_form(secret.form, text);
    }));
    answers.push_back({std::move(secret), std::move(answer)});
  }
  return answers;
}

preflight::Answers ask_everybody(const Definition& definition, const runner::Ports& ports, Instant now) {
  auto answers = preflight::nobody_asked(definition, "there is nothing here that asks");
  ask_stores_and_flags(definition, ports, answers);
  ask_signals(definition, ports, now, answers);
  ask_for_standbys(definition, ports, now, answers);
  answers.log = asked(ports.log->read(0));
  ask_for_release(definition, ports, Repository::asked, now, answers);
  return answers;
}

preflight::Answers ask_this_machine(const Definition& definition, const runner::Ports& ports, Instant now) {
  auto answers = preflight::nobody_asked(definition, "--offline");
  ask_for_standbys(definition, ports, now, answers);
  answers.log = asked(ports.log->read(0));
  ask_for_release(definition, ports, Repository::left_alone, now, answers);
  return answers;
}

}  // namespace train::cli
