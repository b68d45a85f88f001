// The example: a definition and what it needs, so that `train` runs against a sandbox as it is.
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_first_line =
    "# Written by `train sandbox --init`: it runs against that sandbox as it is.\n";
constexpr std::size_t k_definition_limit_bytes = 1 << 20;

constexpr std::string_view k_definition = R"(version: 1
train: charge

apps:
  ios:
    store: app_store
    bundle_id: com.example.charge
    credentials: {{ key_id: "file:keys/key-id", issuer_id: "file:keys/issuer-id", private_key: "file:keys/AuthKey.p8" }}
    endpoint: {url}/app-store
    testers: [internal-qa, field-beta]
    release_notes: "notes/{{version}}/{{locale}}.txt"
    export_compliance: {{ uses_non_exempt_encryption: false }}
    rollout: [1, 5, 20, 50, 100]             # each stage soaks for 24h
  android:
    store: google_play
    package: com.example.charge
    credentials: {{ service_account: "file:keys/play.json" }}
    endpoint: {url}/play
    artifact: "build/charge-{{version}}.aab"
    release_notes: "notes/{{version}}/{{locale}}.txt"
    rollout: [1, 5, 20, 50, 100]

signals:
  crashes:
    source: prometheus
    url: {url}/prometheus
    events:    'sum(app_crashed_sessions_total{{app="$app",version="$version"}})'
    exposures: 'sum(app_sessions_total{{app="$app",version="$version"}})'

gates:
  - {{ signal: crashes, limit: 1%, on_breach: rollback }}

approvals:
  - {{ role: qa, before: submission }}
  - {{ role: release_manager, before: rollout }}

flags:
  new_checkout:
    provider: file
    path: flags.json
    parameter: new_checkout
    value_on: "true"
    value_off: "false"

notify:
  - {{ webhook: "file:keys/inbox.url" }}

state: "file:.train"
)";

struct Written {
  std::string_view path;
  std::string bytes;
  int mode = 0644;
};

Result<Done> make_directories(const fs::path& directory) {
  std::error_code problem;
  for (const auto* name : {"keys", "build", "notes/3.4.0"}) {
    fs::create_directories(directory / name, problem);
    if (problem) break;
  }
  if (!problem) fs::permissions(directory / "keys", fs::perms::owner_all, problem);
  if (problem) {
    return fail(ErrorKind::storage,
                fmt::format("Cannot make {}: {}.", printable(directory.string()), problem.message()));
  }
  return Done{};
}

// Somebody's own definition is never replaced; the sandbox's earlier one is, because its keys have changed.
Result<Done> check_overwrite(const fs::path& definition) {
  const auto present = read_file(definition, k_definition_limit_bytes);
  if (!present && present.error().kind == ErrorKind::not_found) return Done{};
  if (present && starts_with(*present, k_first_line)) return Done{};
  return fail(ErrorKind::refused,
              fmt::format("{} is there already and not the sandbox's own.", printable(definition.string())),
              "Choose an empty directory.");
}

}  // namespace

Result<Done> write_example(const Sandbox& sandbox, const fs::path& directory) {
  if (auto free = check_overwrite(directory / "train.yaml"); !free) return free;
  if (auto made = make_directories(directory); !made) return made;
  const auto& keys = sandbox.credentials();
  const auto definition = fmt::format(fmt::runtime(k_definition), fmt::arg("url", sandbox.url()));
  const Written files[] = {
      {"keys/AuthKey.p8", keys.app_store_private_key, 0600},
      {"keys/key-id", keys.app_store_key_id + "\n", 0600},
      {"keys/issuer-id", keys.app_store_issuer_id + "\n", 0600},
      {"keys/play.json", keys.service_account_json, 0600},
      {"keys/inbox.url", sandbox.url() + "/_sandbox/inbox\n", 0600},
      {"build/charge-3.4.0.aab", example_bundle("com.example.charge", 340, "3.4.0")},
      {"notes/3.4.0/en-US.txt", "Find a free charger faster: the map now shows what is occupied.\n"},
      {"notes/3.4.0/de-DE.txt", "Schneller zur freien Ladesäule: Die Karte zeigt jetzt, was belegt ist.\n"},
      {"flags.json", "{\"new_checkout\": \"true\"}\n"},
      // Last: a definition that is there has everything it names.
      {"train.yaml", std::string(k_first_line) + definition},
  };
  for (const auto& file : files) {
    if (auto written = write_file_atomically(directory / file.path, file.bytes, file.mode); !written) return written;
  }
  return Done{};
}

}  // namespace train::sandbox
