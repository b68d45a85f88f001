#include "asking.hpp"

#include <functional>
#include <thread>

#include "train/base/files.hpp"
#include "train/base/placeholders.hpp"

namespace train::cli {
namespace {

using preflight::asked;
using preflight::Asked;
using preflight::not_asked;

// Each by a thread of its own: a slow one costs its own time only.
void at_the_same_time(const std::vector<std::function<void()>>& questions) {
  std::vector<std::thread> threads;
  threads.reserve(questions.size());
  for (const auto& question : questions) threads.emplace_back(question);
  for (auto& thread : threads) thread.join();
}

preflight::StoreAnswers ask_store(Store& store) {
  auto account = asked(store.probe());
  if (!account) return {account, tl::unexpected(account.error())};
  return {std::move(account), asked(store.observe(VersionName(), Depth::summary))};
}

Asked<Done> ask_key(const StandbyRule& rule, const runner::Ports& ports) {
  constexpr std::size_t key_bytes_max = 1 << 20;
  if (auto file = read_private_file(rule.key, key_bytes_max); !file)
    return tl::unexpected(preflight::no_answer(file.error()));
  const auto key = ports.signing_keys.find(rule.app);
  if (key == ports.signing_keys.end()) return not_asked("nothing signs here");
  return asked(key->second().map([](const SigningKey&) { return Done{}; }));
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

void ask_for_standbys(const Definition& definition, const runner::Ports& ports, preflight::Answers& answers) {
  for (const auto& rule : definition.standby) {
    auto& answer = answers.standbys.at(rule.app);
    answer.key = ask_key(rule, ports);
    answer.notes = ask_notes(rule);
    answer.archive = ask_archive(rule, ports, preflight::live_version(answers.stores.at(rule.app).view));
  }
}

Subject about_live(const App& app, const Signal& signal, const LiveVersion& live, Instant now) {
  Subject subject;
  subject.app = app.name;
  subject.version = live.version;
  subject.build = live.build;
  subject.baseline_version = live.version;
  subject.platform = app.facts().platform;
  subject.start = now;
  subject.now = now;
  subject.late = signal.late;
  return subject;
}

struct SignalQuestion {
  const Signal* signal = nullptr;
  Subject subject;
  Asked<Measurement>* answer = nullptr;  // an element of a map: it stays where it is
};

void ask_signals(const Definition& definition, const runner::Ports& ports, Instant now, preflight::Answers& answers) {
  std::map<SignalSource*, std::vector<SignalQuestion>> by_source;
  for (const auto& app : definition.apps) {
    const auto live = preflight::live_version(answers.stores.at(app.name).view);
    if (!live) continue;
    for (const auto& signal : definition.signals) {
      const auto source = ports.signals.find(signal.name);
      if (!signal.is_for(app.name) || source == ports.signals.end()) continue;
      const auto place = answers.signals.emplace(std::pair(app.name, signal.name), not_asked("")).first;
      by_source[source->second].push_back({&signal, about_live(app, signal, *live, now), &place->second});
    }
  }
  std::vector<std::function<void()>> questions;
  for (const auto& entry : by_source) {
    questions.emplace_back([source = entry.first, &ours = entry.second] {
      for (const auto& question : ours) *question.answer = source->measure(*question.signal, question.subject);
    });
  }
  at_the_same_time(questions);
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

}  // namespace

std::vector<preflight::SecretAnswer> ask_secrets(const Definition& definition) {
  std::vector<preflight::SecretAnswer> answers;
  for (auto& secret : preflight::needed_secrets(definition)) {
    auto answer =
        asked(definition::resolve(secret.ref, definition.directory).map([](const Secret&) { return Done{}; }));
    answers.push_back({std::move(secret), std::move(answer)});
  }
  return answers;
}

preflight::Answers ask_everybody(const Definition& definition, const runner::Ports& ports, Instant now) {
  auto answers = preflight::nobody_asked(definition, "there is nothing here that asks");
  ask_stores_and_flags(definition, ports, answers);
  ask_signals(definition, ports, now, answers);
  ask_for_standbys(definition, ports, answers);
  answers.log = asked(ports.log->read(0));
  return answers;
}

preflight::Answers ask_this_machine(const Definition& definition, const runner::Ports& ports) {
  auto answers = preflight::nobody_asked(definition, "--offline");
  ask_for_standbys(definition, ports, answers);
  answers.log = asked(ports.log->read(0));
  return answers;
}

}  // namespace train::cli
