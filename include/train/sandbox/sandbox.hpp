// The built-in stores: App Store Connect, Google Play, a token endpoint, Prometheus and an inbox, as programs with
// rules, over real HTTP on 127.0.0.1. What it serves: docs/sandbox.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/names.hpp"
#include "train/base/time.hpp"
#include "train/domain/definition.hpp"

namespace train::sandbox {

// An app as the stores know it at the beginning.
struct AppSetup {
  AppName name;
  StoreKind store = StoreKind::app_store;
  std::string store_id;
  std::string track = "production";
  std::optional<VersionName> live;  // nullopt: never released
  BuildNumber live_build;
  std::optional<VersionName> uploaded;  // a processed build that is already in the store
  BuildNumber uploaded_build;
  std::vector<std::string> testers{};  // TestFlight groups, those called "internal…" the team's own; or testing tracks
};

struct Options {
  int port = 0;  // 0: any free one
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> chance{};  // whom something goes wrong for is drawn from this; absent: every so many
  Instant start{std::chrono::seconds{1796029200}};  // 2026-11-30T09:00:00Z
  std::vector<AppSetup> apps;                       // empty: the example's ios and android, 3.4.0 over 3.3.0
};

// The keys the sandbox trusts: made by it, so that a client can sign and it can verify.
struct Credentials {
  std::string app_store_key_id;
  std::string app_store_issuer_id;
  std::string app_store_private_key;        // PKCS#8 PEM, P-256
  std::string app_store_individual_key_id;  // the same key as somebody's own: no issuer, sub "user"
  std::string service_account_json;         // token_uri points at this sandbox
};

struct Answer {
  int status = 0;
  std::string body;
};

// Where a request stands when the hook is called: before its effect, or after it and before the answer is sent.
enum class Moment { before_effect, after_effect };
using Hook = std::function<void(Moment, std::uint64_t request_number, std::string_view method, std::string_view path)>;

class Sandbox {
 public:
  // Serves until destroyed. `refused` when the port is taken.
  static Result<std::unique_ptr<Sandbox>> start(Options options);
  virtual ~Sandbox() = default;

  virtual int port() const = 0;
  std::string url() const;  // "http://127.0.0.1:PORT"
  virtual const Credentials& credentials() const = 0;

  virtual Instant now() const = 0;
  virtual void advance_to(Instant at) = 0;  // never back

  // The /_sandbox/… endpoints without a socket: what POST and GET there answer.
  virtual Answer control(std::string_view method, std::string_view path, std::string_view json) = 0;

  virtual void set_hook(Hook hook) = 0;  // for tests that kill a client at a chosen request
};

// A small .aab that the built-in Google Play accepts: its manifest says this package, version code and version name.
std::string example_bundle(std::string_view package, std::int64_t version_code, std::string_view version_name);

// An .ipa that the built-in App Store accepts: a stored zip whose Info.plist says this, and `padding` bytes that repeat
// nowhere nearby.
std::string example_archive(std::string_view bundle_id, std::string_view build, std::string_view version,
                            std::size_t padding = 96u << 10);

// Writes DIR/train.yaml, credentials and artifacts that run against this sandbox as they are. An earlier example is
// replaced; `refused` when DIR/train.yaml is someone's own.
Result<Done> write_example(const Sandbox& sandbox, const std::filesystem::path& directory);

}  // namespace train::sandbox
