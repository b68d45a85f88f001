#include "starter.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <vector>

#include "compose/catalog.hpp"
#include "train/base/text.hpp"
#include "train/base/time.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

constexpr std::string_view k_head = R"(# The release train `{train}`: what is released, how fast, and who says yes.
# `train check` says what is missing; `train schema` lists every key.
version: 1
train: {train} # state lives under this name

calendar:
  timezone: {timezone} # the times below are local to it
  # first_cutoff: 2026-11-30T17:00 # the first departure; without it, `train start` is the cutoff
  # every: 2w
  rollout_hours: {{ days: [mon, tue, wed, thu], from: "09:00", to: "17:00" }} # promotions only then; halts at any time

# Secrets never stand in this file: env:NAME, file:PATH (mode 0600) or exec:COMMAND.
apps:
)";

constexpr std::string_view k_ios = R"(  ios:
    store: app_store
    bundle_id: {bundle_id}
    credentials: {{ key_id: env:ASC_KEY_ID, issuer_id: env:ASC_ISSUER_ID, private_key: file:keys/AuthKey.p8 }}
    rollout: [1, 5, 20, 50, 100] # each stage soaks for 24h; without an `artifact`, train waits for a build in the store
)";

constexpr std::string_view k_android = R"(  android:
    store: google_play
    package: {package}
    credentials: {{ service_account: file:keys/play.json }}
    artifact: build/app-{{version}}.aab # uploaded once it is there
    rollout: [1, 5, 20, 50, 100] # each stage soaks for 24h
)";

constexpr std::string_view k_tail = R"(
approvals: # `train approve submission:qa`
  - {{ role: qa, before: submission }}
  - {{ role: release_manager, before: rollout }}

# Metrics move the train. Until a gate is here, each stage after the first waits for a person.
# signals:
#   crashes:
#     source: prometheus
#     url: http://127.0.0.1:9090
#     events: 'sum(app_crashed_sessions_total{{app="$app",version="$version"}})'
#     exposures: 'sum(app_sessions_total{{app="$app",version="$version"}})'
# gates:
#   - {{ signal: crashes, limit: 1%, on_breach: rollback }}
# people:
#   owners: {{ rotation: [ana, ben], every: 1w, from: 2026-11-30 }}
#   members:
#     ana: {{ roles: [release_manager] }}
#     ben: {{ roles: [qa] }}
# notify:
#   - {{ slack: env:SLACK_WEBHOOK }}
)";

constexpr std::string_view k_plain_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+";

Result<Done> check_plain(std::string_view flag, const std::string& value) {
  if (value.find_first_not_of(k_plain_characters) == std::string::npos) return Done{};
  return fail(ErrorKind::usage,
              fmt::format("{}: `{}` has characters that no such name has.", flag, printable(value, 200)));
}

Result<Done> check_complete(const Starter& starter) {
  std::vector<std::string> missing;
  if (starter.train.empty()) missing.emplace_back("--train NAME");
  if (starter.bundle_id.empty() && starter.package.empty())
    missing.emplace_back("--ios BUNDLE_ID or --android PACKAGE");
  if (missing.empty()) return Done{};
  return fail(ErrorKind::usage, "A starter definition needs " + join(missing, ", and ") + ".",
              "For example: train init --train charge --ios com.example.charge --android com.example.charge --timezone "
              "Europe/Berlin");
}

Result<Done> check_values(const Starter& starter) {
  const std::pair<std::string_view, const std::string*> values[] = {{"--train", &starter.train},
                                                                    {"--ios", &starter.bundle_id},
                                                                    {"--android", &starter.package},
                                                                    {"--timezone", &starter.timezone}};
  for (const auto& [flag, value] : values) {
    if (auto plain = check_plain(flag, *value); !plain) return plain;
  }
  if (starter.timezone.empty() || Zone::find(starter.timezone)) return Done{};
  return fail(ErrorKind::usage, fmt::format("--timezone: there is no time zone `{}`.", starter.timezone),
              "Name it like Europe/Berlin or UTC.");
}

std::string render(const Starter& starter) {
  const auto zone = starter.timezone.empty() ? std::string("UTC") : starter.timezone;
  auto text = fmt::format(fmt::runtime(k_head), fmt::arg("train", starter.train), fmt::arg("timezone", zone));
  if (!starter.bundle_id.empty()) text += fmt::format(fmt::runtime(k_ios), fmt::arg("bundle_id", starter.bundle_id));
  if (!starter.package.empty()) text += fmt::format(fmt::runtime(k_android), fmt::arg("package", starter.package));
  return text + fmt::format(fmt::runtime(k_tail));
}

}  // namespace

Result<Starter> ask_for_missing(Starter known, std::istream& answers, std::ostream& questions) {
  const auto ask = [&](std::string_view question, std::string& into) {
    questions << question << " " << std::flush;
    std::string line;
    const bool answered = static_cast<bool>(std::getline(answers, line));
    into = std::string(trim(line));
    return answered;
  };
  bool answered = true;
  if (known.train.empty()) answered = ask("Name of the train (state lives under it):", known.train);
  if (known.bundle_id.empty() && known.package.empty()) {
    answered = answered && ask("Bundle id of the iOS app (empty: none):", known.bundle_id);
    answered = answered && ask("Package of the Android app (empty: none):", known.package);
  }
  if (known.timezone.empty()) answered = answered && ask("Time zone (empty: UTC):", known.timezone);
  if (answered) return known;
  return fail(ErrorKind::usage, "The answers ended before the last question; nothing was written.");
}

Result<std::string> starter_definition(const Starter& starter) {
  if (auto complete = check_complete(starter); !complete) return tl::unexpected(complete.error());
  if (auto good = check_values(starter); !good) return tl::unexpected(good.error());
  auto text = render(starter);
  // The loader has the last word on what a name may look like.
  const auto loaded = definition::load_text(text, "train.yaml", catalog());
  if (!loaded) return fail(ErrorKind::usage, "What was given makes no definition: " + loaded.error().front().text);
  return text;
}

}  // namespace train::cli
