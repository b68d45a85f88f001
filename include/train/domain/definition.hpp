// The definition as values: what `train.yaml` says, checked and with its defaults filled in.
// Nothing here is a secret: credentials are references (SecretRef) resolved at the edge.
// Source of every key and default: docs/definition.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "train/base/names.hpp"
#include "train/base/percent.hpp"
#include "train/base/time.hpp"
#include "train/domain/channel_id.hpp"
#include "train/domain/enum_words.hpp"
#include "train/domain/gate.hpp"
#include "train/domain/log_address.hpp"
#include "train/domain/store_facts.hpp"

namespace train {

// Where a secret comes from; never the secret. `value` is the variable's name, the (absolute) path or the command line.
struct SecretRef {
  enum class From { environment, file, command };
  From from = From::environment;
  std::string value;
  bool operator==(const SecretRef&) const = default;
};
// As it is written in a definition, "env:SLACK_WEBHOOK"; a file is named from `directory`.
std::string text_of(const SecretRef& ref, const std::filesystem::path& directory);

// ---- calendar -----------------------------------------------------------------------------
struct RolloutHours {
  std::vector<Weekday> days;  // local weekdays; empty: every day
  int from_minute = 0;        // local minutes after midnight, from <= t < to
  int to_minute = 24 * 60;
};

struct Freeze {
  LocalTime from;  // whole local days, both included; only the date part counts
  LocalTime to;
  std::string reason;
};

struct CalendarRule {
  Zone zone;                              // UTC unless told
  std::optional<LocalTime> first_cutoff;  // both or neither
  std::optional<Duration> every;          // whole days: the local time of day stays the same across a clock change
  Duration stabilization{0};
  std::optional<RolloutHours> rollout_hours;
  std::vector<Freeze> freezes;
};

enum class Coupling { apart, together };

// ---- ladder -------------------------------------------------------------------------------
enum class Strategy { staged, canary, blue_green, immediate };

struct Stage {
  Percent to;
  Duration soak{0};   // how long the stage is watched before the next may open; 0 on the last
  Duration watch{0};  // only on 100 %: the watch after it
};

struct Ladder {
  Strategy strategy = Strategy::staged;
  std::vector<Stage> stages;  // rising, at least one, the last is 100 %
};

// ---- apps ---------------------------------------------------------------------------------
struct AppStoreCredentials {
  std::optional<SecretRef> issuer_id;  // absent: an individual key
  SecretRef key_id;
  SecretRef private_key;
};
struct GooglePlayCredentials {
  SecretRef service_account;         // the JSON, of whichever kind its own `type` says; unused when
  bool application_default = false;  // it is looked for where Google's tools look
};

// When a store that climbs by itself is paused on a rung that the next stage is not granted for.
enum class PausePoint {
  automatic,    // before_tick where runs are frequent and regular enough for it, else on_arrival
  on_arrival,   // at the first look that finds the rung
  before_tick,  // at the last look that comes safely before the store climbs further
};

// What only an app on the App Store has.
struct AppStoreApp {
  AppStoreCredentials credentials;
  std::optional<bool> uses_non_exempt_encryption;
  bool webhook_feed = false;  // `watch` reads the webhooks' deliveries
  PausePoint pause = PausePoint::automatic;
};
// What a halt does while Google reviews something of the app: a colleague's listing, or another release.
enum class HaltInReview { cancel, refuse };
template <>
struct EnumWords<HaltInReview> {
  static constexpr std::array all{EnumWord{HaltInReview::cancel, "cancel"}, EnumWord{HaltInReview::refuse, "refuse"}};
};
// What only an app on Google Play has.
struct GooglePlayApp {
  GooglePlayCredentials credentials;
  std::string track = "production";
  std::vector<std::string> apks;              // path patterns of further APKs of the same release
  std::optional<std::string> mapping;         // path pattern
  std::optional<std::string> native_symbols;  // path pattern
  int in_app_update_priority = 0;             // 0..5
  HaltInReview halt_in_review = HaltInReview::cancel;
  // Version codes of the live release that the next one goes on serving, or stops serving on purpose.
  std::vector<std::int64_t> retain;
  std::vector<std::int64_t> drop;
};
// One alternative a store, in the order of StoreKind.
using StorePart = std::variant<AppStoreApp, GooglePlayApp>;
StorePart part_of(StoreKind kind);  // with its defaults

struct App {
  AppName name;
  StorePart part;                            // says which store it is in
  std::string store_id;                      // bundle id or package name
  std::string endpoint;                      // no trailing slash
  std::optional<std::string> artifact;       // path pattern with {version}
  std::optional<std::string> release_notes;  // path pattern with {version} and {locale}
  std::vector<std::string> testers;          // groups or tracks, in the order in which they get the candidate
  std::optional<std::string> test_notes;     // like release_notes, for testers; absent: the release notes
  Ladder ladder;
  Duration drift_check{6 * 3600};  // 0: off
  Duration max_review{5 * 86400};  // a review that takes longer calls a person

  StoreKind store() const { return static_cast<StoreKind>(part.index()); }
  const StoreFacts& facts() const { return facts_of(store()); }
  // nullptr: it is in another store.
  const AppStoreApp* app_store() const { return std::get_if<AppStoreApp>(&part); }
  const GooglePlayApp* google_play() const { return std::get_if<GooglePlayApp>(&part); }
  // Its release is several archives.
  bool has_further_archives() const { return google_play() != nullptr && !google_play()->apks.empty(); }
};

// ---- signals and gates --------------------------------------------------------------------
// Which provider answers; those that are not active yet load, and `check` names them.
struct Signal {
  SignalName name;
  std::vector<AppName> apps;  // measured for these only; empty: for every app
  std::string source;         // "prometheus", …
  std::string url;
  SignalKind kind = SignalKind::proportion;
  std::string events;  // queries; proportion
  std::string exposures;
  std::string value;  // level
  std::string unit;
  bool absent_is_zero = false;
  Duration fresh_within{3600};
  std::optional<Exposure> exposure;     // what one exposure is; absent: taken as independent
  std::optional<double> design_effect;  // how much more counts vary than independent ones; see usual_design_effect()
  Duration matures{0};                  // events of an exposure may be reported so much later than the exposure
  Duration late{0};                     // counted so much later than it happened: asked for until then
  std::map<AppName, double> per_day;    // exposures a day that a version served to everybody would bring
  std::optional<SecretRef> token;
  std::map<std::string, std::string> options;  // what a provider needs besides: region, project, dataset, …
  std::map<std::string, SecretRef> secrets;    // secrets by their key: "api_key"
  std::vector<std::pair<std::string, SecretRef>> secret_headers;
  std::vector<std::string> exec;  // the command, without a shell

  bool is_for(const AppName& app) const;
  // What halt evidence divides its counts by; absent: nothing is known of what is counted.
  std::optional<double> inflation() const;
};

// ---- people -------------------------------------------------------------------------------
struct Member {
  std::string name;
  std::vector<std::string> roles;
  std::optional<std::string> key;
};
struct Rotation {
  std::vector<std::string> members;
  Duration every{7 * 86400};
  LocalTime from;
};
enum class Before { submission, rollout };
std::string_view to_string(Before before);

struct ChecklistItem {
  std::string id;
  std::string text;
  std::string role;  // may be empty: anyone
  Before before = Before::submission;
};
struct ApprovalRule {
  std::string role;
  Before before = Before::submission;
  int count = 1;
};

// ---- the outside ----------------------------------------------------------------------------
struct HttpCall {
  std::string url;
  std::string method = "POST";
  std::vector<std::pair<std::string, std::string>> headers;  // a value may be a secret reference: see secret_headers
  std::vector<std::pair<std::string, SecretRef>> secret_headers;
  std::string body;
};
struct BuildStarter {
  std::vector<std::string> exec;  // exactly one of the two
  std::optional<HttpCall> http;
};
struct SourceRule {
  std::filesystem::path repository;
  std::string mainline = "main";
  std::string branch = "release/{version}";
  std::string tag = "v{version}";
  std::optional<BuildStarter> build;
};

struct Flag {
  FlagName name;
  std::string provider;  // "file", "firebase_remote_config", …
  bool risky = false;
  std::string parameter;
  std::optional<std::string> value_on;
  std::optional<std::string> value_off;
  std::optional<SignalName> signal;
  Duration settle{30 * 60};            // so long may apps take to hear of a switch; what is counted then is not judged
  bool ramp = false;                   // its share of users follows the stages of the rollout
  std::vector<std::string> always_on;  // whom a share below 100 % never leaves out, in the provider's words
  std::filesystem::path path;          // file: a JSON object, `parameter` is the member
  std::string url;                     // http: GET reads, `method` sets
  std::string method = "PUT";
  std::vector<std::pair<std::string, SecretRef>> secret_headers;
  std::vector<std::string> exec;               // exec: `… get PARAMETER` prints the value, `… set PARAMETER VALUE`
  std::map<std::string, std::string> options;  // project, environment, endpoint
  std::optional<SecretRef> credentials;
};

enum class Topic { stage, breach, halt, rollback, waiting_for_people };
std::string_view to_string(Topic topic);

enum class ChannelKind { slack, teams, email, pagerduty, webhook, grafana };
template <>
struct EnumWords<ChannelKind> {
  static constexpr std::array all{
      EnumWord{ChannelKind::slack, "slack"},     EnumWord{ChannelKind::teams, "teams"},
      EnumWord{ChannelKind::email, "email"},     EnumWord{ChannelKind::pagerduty, "pagerduty"},
      EnumWord{ChannelKind::webhook, "webhook"}, EnumWord{ChannelKind::grafana, "grafana"}};
};
std::string_view to_string(ChannelKind kind);

struct Channel {
  ChannelKind kind = ChannelKind::slack;
  ChannelId id;               // unlike every other channel's; set by name_channels where the file gives none
  SecretRef target;           // the URL, or the provider's key
  std::vector<Topic> topics;  // empty in the file: all of them
  bool active = true;         // false: this version does not speak to that kind; `check` names it
};

// Gives each channel without an id one of its kind and of where its target is found ("slack:env:SLACK_WEBHOOK",
// "webhook:file:keys/hook"; paths are relative to `directory`, so that every checkout makes the same one). The second
// of the same kind and target gets "#2".
void name_channels(std::vector<Channel>& channels, const std::filesystem::path& directory);

struct HotfixRule {
  Duration stabilization{0};
  std::optional<std::vector<std::string>> approvals;  // roles that remain; absent: the regular ones
  std::optional<Ladder> rollout;                      // absent: each app's own
};

// The rollback build of an app: the archive that is live, re-versioned and signed again with this key.
struct StandbyRule {
  AppName app;
  std::string source;         // path pattern of the live build's archive ({version}: the live one), unless it was kept
  std::filesystem::path key;  // the identity or keystore; empty: none is given
  std::string alias;          // Google Play: which key of the keystore
  std::optional<SecretRef> password;
  std::map<std::string, std::filesystem::path> profiles;  // App Store: bundle id to profile
  std::optional<std::string> notes;                       // path pattern with {locale}, {version}: the standby's
};

// What users must have at least, held where a flag is.
// How bad it is to stay on a version, and how hard people are asked to leave it. Rising.
enum class Severity { low, medium, high, critical };
std::string_view to_string(Severity severity);
std::optional<Severity> parse_severity(std::string_view word);
enum class Degree { none, nudge, soft, hard };  // soft: can be put off; hard: the app waits for the update
std::string_view to_string(Degree degree);
std::optional<Degree> parse_degree(std::string_view word);

// The first row of the table that fits decides.
struct ForceUpdateRow {
  Severity severity = Severity::low;  // at least
  Percent share;                      // of the users on the bad version, at least
  bool legal = false;                 // only where law or safety asks for it
  Degree degree = Degree::none;
};
struct ForceUpdateRule {
  std::optional<Flag> minimum_version;
  std::string policy_parameter;     // beside it: degree, grace and exempt sessions as JSON; empty: not written
  Duration grace{24 * 3600};        // before a soft request becomes pressing, or a hard one blocks
  std::vector<std::string> exempt;  // sessions that are not interrupted: "in_trip"
  std::map<Degree, std::vector<std::string>> approvals;  // roles, each of which must have approved
  std::vector<ForceUpdateRow> table;                     // empty in the file: the default table, filled in
};
// docs/force-update.md explains its rows.
std::vector<ForceUpdateRow> default_force_update_table();

// A part of the file that loads but that this version does not act on.
struct Inactive {
  std::string where;  // "gates[0].regress", "standby"
  std::string what;   // one sentence for `train check`
  int line = 0;
};

struct Definition {
  std::filesystem::path file;       // absolute
  std::filesystem::path directory;  // of the file; relative paths start here
  std::string train;
  CalendarRule calendar;
  Bump next = Bump::minor;
  Coupling start_rollout = Coupling::apart;
  HotfixRule hotfix;
  std::optional<SourceRule> source;
  std::vector<App> apps;  // in the file's order
  std::vector<Signal> signals;
  std::vector<Gate> gates;
  std::optional<Rotation> rotation;
  std::vector<Member> members;
  std::vector<ChecklistItem> checklist;
  std::vector<ApprovalRule> approvals;
  bool require_signed_approvals = false;
  std::vector<Flag> flags;
  ForceUpdateRule force_update;
  std::vector<StandbyRule> standby;
  std::vector<Channel> notify;
  LogAddress state;  // of `file`, the directory is absolute
  std::vector<Inactive> inactive;

  const App* find_app(const AppName& name) const;
  const Signal* find_signal(const SignalName& name) const;
  const Flag* find_flag(const FlagName& name) const;
  const StandbyRule* find_standby(const AppName& app) const;
  const Member* find_member(std::string_view name) const;
  // Whether the gate's signal is measured for that app; where it is not, the gate asks nothing of it.
  bool applies(const Gate& gate, const AppName& app) const;
  // The ladder that applies to an app in a regular release or a hotfix.
  const Ladder& ladder_of(const App& app, bool hotfix_release) const;
};

}  // namespace train
