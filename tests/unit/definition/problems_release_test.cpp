// What is wrong in the parts about the release, the calendar and the apps, and where it is said to be.
#include "snippets.hpp"

namespace train::definition {
namespace {

class ReleaseProblems : public testing::TestWithParam<BadSnippet> {};
TEST_P(ReleaseProblems, AreSaidWithTheirPlace) { expect_one_problem(GetParam()); }

const std::vector<BadSnippet> k_heading = {
    {"unknown_key_near", "signls: {}\n",
     "train.yaml:12:1: unknown key \"signls\" in the definition; did you mean \"signals\"? Allowed: version, train"},
    {"unknown_key_far", "zzzzzzzz: 1\n",
     "train.yaml:12:1: unknown key \"zzzzzzzz\" in the definition. Allowed: version"},
    {"merge_key", "<<: {}\n", "train.yaml:12:1: unknown key \"<<\" in the definition; maps are not merged"},
    {"repeated_key", "train: u\n", "train.yaml:12:1: the key \"train\" stands here twice; keep one"},
    {"second_document", "---\nversion: 1\n", "train.yaml:12:1: a second document starts here"},
    {"syntax", "gates: [\n", "train.yaml:13:1: not valid YAML: "},
    {"tag", "state: !!str file:x\n", "train.yaml:12:8: the tag \"tag:yaml.org,2002:str\" is not allowed"},
    {"key_not_a_word", "[a, b]: 1\n", "train.yaml:12:1: a key must be a word"},
    {"empty_value", "state:\ngates: []\n", "train.yaml:12:1: state: nothing stands here; text is wanted"},
    {"versioning_word", "versioning: { next: minr }\n",
     "train.yaml:12:21: versioning.next: \"minr\" is not known; did you mean \"minor\"? Allowed: major, minor, patch"},
    {"coupling_word", "coupling: { start_rollout: both }\n",
     "train.yaml:12:28: coupling.start_rollout: \"both\" is not known. Allowed: apart, together"},
    {"signed_yes", "require_signed_approvals: yes\n",
     "train.yaml:12:27: require_signed_approvals: \"yes\" is not a truth value; write true or false"},
    {"signed_quoted", "require_signed_approvals: \"true\"\n",
     "train.yaml:12:27: require_signed_approvals: \"true\" is quoted text; write true or false, without quotes"},
};
INSTANTIATE_TEST_SUITE_P(Heading, ReleaseProblems, testing::ValuesIn(k_heading),
                         [](const auto& row) { return row.param.name; });

const std::vector<BadSnippet> k_calendar = {
    {"zone", "calendar: { timezone: Europe/Berlim }\n",
     "train.yaml:12:23: calendar.timezone: \"Europe/Berlim\" is not a time zone"},
    {"cutoff_alone", "calendar: { first_cutoff: 2026-11-30T17:00 }\n",
     "train.yaml:12:27: calendar.first_cutoff: stands alone; `first_cutoff` and `every` belong together, `every` is "
     "missing"},
    {"every_alone", "calendar: { every: 2w }\n", "train.yaml:12:20: calendar.every: stands alone"},
    {"every_not_days", "calendar: { first_cutoff: 2026-11-30T17:00, every: 36h }\n",
     "train.yaml:12:52: calendar.every: \"36h\" is not a number of whole days"},
    {"every_no_unit", "calendar: { first_cutoff: 2026-11-30T17:00, every: 14 }\n",
     "train.yaml:12:52: calendar.every: \"14\" is not a duration"},
    {"cutoff_no_date", "calendar: { first_cutoff: monday, every: 1w }\n",
     "train.yaml:12:27: calendar.first_cutoff: \"monday\" is not a time; a local time such as 2026-11-30T17:00"},
    {"hours_turned", "calendar: { rollout_hours: { from: \"17:00\", to: \"09:00\" } }\n",
     "train.yaml:12:28: calendar.rollout_hours: `from` must be before `to`"},
    {"hours_past_midnight", "calendar: { rollout_hours: { to: \"24:01\" } }\n",
     "train.yaml:12:34: calendar.rollout_hours.to: \"24:01\" is not a time of day"},
    {"hours_letters", "calendar: { rollout_hours: { to: \"ab:cd\" } }\n",
     "train.yaml:12:34: calendar.rollout_hours.to: \"ab:cd\" is not a time of day"},
    {"weekday", "calendar: { rollout_hours: { days: [mon, tues] } }\n",
     "train.yaml:12:42: calendar.rollout_hours.days[1]: \"tues\" is not known; did you mean \"tue\"?"},
    {"weekday_twice", "calendar: { rollout_hours: { days: [mon, mon] } }\n",
     "train.yaml:12:42: calendar.rollout_hours.days[1]: \"mon\" stands here twice"},
    {"freeze_turned", "calendar: { freezes: [{ from: 2027-01-04, to: 2026-12-18 }] }\n",
     "train.yaml:12:23: calendar.freezes[0]: `from` is after `to`"},
    {"freeze_hours", "calendar: { freezes: [{ from: 2027-01-04T10:00, to: 2027-01-05 }] }\n",
     "train.yaml:12:31: calendar.freezes[0].from: \"2027-01-04T10:00\" is not a day"},
    {"freeze_no_such_day", "calendar: { freezes: [{ from: 2027-02-30, to: 2027-03-05 }] }\n",
     "train.yaml:12:31: calendar.freezes[0].from: \"2027-02-30\" is not a day"},
    {"freeze_missing_to", "calendar: { freezes: [{ from: 2027-01-04 }] }\n",
     "train.yaml:12:23: calendar.freezes[0]: the key \"to\" is missing"},
};
INSTANTIATE_TEST_SUITE_P(Calendar, ReleaseProblems, testing::ValuesIn(k_calendar),
                         [](const auto& row) { return row.param.name; });

const std::vector<BadSnippet> k_apps = {
    {"key_of_the_other_store", "    bundle_id: com.example\n",
     "train.yaml:12:5: unknown key \"bundle_id\" in apps.android; it belongs to apps with `store: app_store`."},
    {"endpoint_plain_http", "    endpoint: http://example.com\n",
     "train.yaml:12:15: apps.android.endpoint: \"http://example.com\": plain http is only for this machine"},
    {"endpoint_looks_like_loopback", "    endpoint: http://127.0.0.1.example.com\n",
     "train.yaml:12:15: apps.android.endpoint: \"http://127.0.0.1.example.com\": plain http is only for this machine"},
    {"endpoint_password", "    endpoint: https://me:hunter2@example.com\n",
     "train.yaml:12:15: apps.android.endpoint: a URL here has no user or password in it"},
    {"endpoint_scheme", "    endpoint: ftp://example.com\n",
     "train.yaml:12:15: apps.android.endpoint: \"ftp://example.com\": a URL that starts with https:// is wanted"},
    {"endpoint_port", "    endpoint: https://example.com:99999\n",
     "train.yaml:12:15: apps.android.endpoint: \"https://example.com:99999\": the host or the port is not valid"},
    {"priority", "    in_app_update_priority: 6\n",
     "train.yaml:12:29: apps.android.in_app_update_priority: \"6\" is not allowed; a whole number from 0 to 5"},
    {"priority_octal", "    in_app_update_priority: 05\n",
     "train.yaml:12:29: apps.android.in_app_update_priority: \"05\" is not allowed"},
    {"track", "    track: a b\n", "train.yaml:12:12: apps.android.track: \"a b\" is not a track"},
    {"track_internal", "    track: wear:internal\n",
     "train.yaml:12:12: apps.android.track: \"wear:internal\" is no track of Google's; the internal track there is "
     "wear:qa"},
    {"testers_internal", "    testers: [internal, tv:internal]\n",
     "train.yaml:12:25: apps.android.testers[1]: \"tv:internal\" is no track of Google's; the internal track there is "
     "tv:qa"},
    {"drift", "    drift_check: never\n", "train.yaml:12:18: apps.android.drift_check: \"never\" is not a duration"},
    {"placeholder", "    artifact: build/{verison}.aab\n",
     "train.yaml:12:15: apps.android.artifact: \"build/{verison}.aab\" has a placeholder that is not known; did you "
     "mean "
     "\"version\"? Allowed: {version}"},
    {"testers_not_a_list", "    testers: internal\n",
     "train.yaml:12:14: apps.android.testers: \"internal\" stands here; a list such as [a, b] is wanted"},
    {"testers_are_the_users", "    testers: [internal, production]\n",
     "train.yaml:12:25: apps.android.testers[1]: \"production\" is the track that is rolled out"},
    {"testers_twice", "    testers: [a, b, a]\n", "train.yaml:12:21: apps.android.testers[2]: \"a\" stands here twice"},
    {"ladder_falls", "    rollout: [1, 20, 5, 100]\n",
     "train.yaml:12:22: apps.android.rollout[2]: 5 % does not rise above the stage before it, 20 %"},
    {"ladder_repeats", "    rollout: [5, 5, 100]\n", "train.yaml:12:18: apps.android.rollout[1]: 5 % does not rise"},
    {"ladder_stops_early", "    rollout: [1, 50]\n",
     "train.yaml:12:18: apps.android.rollout[1]: the last stage is 50 %; it must be 100 %"},
    {"ladder_above", "    rollout: [1, 101]\n", "train.yaml:12:18: apps.android.rollout[1]: \"101\" is not allowed"},
    {"ladder_zero", "    rollout: [0, 100]\n", "train.yaml:12:15: apps.android.rollout[0]: \"0\" is not allowed"},
    {"ladder_empty", "    rollout: []\n", "train.yaml:12:14: apps.android.rollout: a ladder needs at least one stage"},
    {"ladder_word", "    rollout: fast\n", "train.yaml:12:14: apps.android.rollout: a list of percentages such as"},
    {"strategy", "    rollout: { strategy: blue-green }\n",
     "train.yaml:12:26: apps.android.rollout.strategy: \"blue-green\" is not known; did you mean \"blue_green\"?"},
    {"staged_without_stages", "    rollout: { strategy: staged }\n",
     "train.yaml:12:14: apps.android.rollout: a staged rollout needs `stages`"},
    {"soak_at_the_end", "    rollout: { stages: [{ to: 5% }, { to: 100%, soak: 1h }] }\n",
     "train.yaml:12:55: apps.android.rollout.stages[1].soak: nothing follows 100 %"},
    {"watch_in_the_middle", "    rollout: { stages: [{ to: 5%, watch: 1h }, { to: 100% }] }\n",
     "train.yaml:12:42: apps.android.rollout.stages[0].watch: only 100 % has a watch"},
    {"stage_without_to", "    rollout: { stages: [{ soak: 1h }, { to: 100% }] }\n",
     "train.yaml:12:25: apps.android.rollout.stages[0]: the key \"to\" is missing"},
    {"immediate_in_steps", "    rollout: { strategy: immediate, stages: [{ to: 5% }, { to: 100% }] }\n",
     "train.yaml:12:45: apps.android.rollout.stages: this strategy goes to 100 % at once"},
    {"app_name", "  -x: { store: google_play, package: a.b, credentials: { service_account: env:C } }\n",
     "train.yaml:12:3: apps: \"-x\" is not a name; a name has 1 to 64 of A-Z a-z 0-9 . _ -"},
    {"store_missing", "  web: {}\n", "train.yaml:12:8: apps.web: the key \"store\" is missing"},
    {"store_word", "  web: { store: appstore }\n",
     "train.yaml:12:17: apps.web.store: \"appstore\" is not known; did you mean \"app_store\"? Allowed: app_store, "
     "google_play"},
    {"same_app_twice",
     "  b: { store: google_play, package: com.example.charge, credentials: { service_account: env:C } }\n",
     "train.yaml:12:6: apps.b: is the same app in the same store as \"android\""},
    {"package_charset", "  b: { store: google_play, package: charge, credentials: { service_account: env:C } }\n",
     "train.yaml:12:37: apps.b.package: \"charge\" is not a package name"},
    {"bundle_charset",
     "  b: { store: app_store, bundle_id: a_b, credentials: { key_id: env:A, private_key: env:B } }\n",
     "train.yaml:12:37: apps.b.bundle_id: \"a_b\" is not a bundle id"},
    {"no_credentials", "  b: { store: google_play, package: a.b }\n",
     "train.yaml:12:6: apps.b: the key \"credentials\" is missing"},
    {"no_private_key", "  b: { store: app_store, bundle_id: a.b, credentials: { key_id: env:A } }\n",
     "train.yaml:12:55: apps.b.credentials: the key \"private_key\" is missing"},
    {"no_account", "  b: { store: google_play, package: a.b, credentials: {} }\n",
     "train.yaml:12:55: apps.b.credentials: the key \"service_account\" is missing"},
    {"two_accounts",
     "  b: { store: google_play, package: a.b, credentials: { service_account: env:C, authorized_user: env:C } }\n",
     "train.yaml:12:55: apps.b.credentials: give one of `service_account`"},
    {"no_default_after_all", "  b: { store: google_play, package: a.b, credentials: { application_default: false } }\n",
     "train.yaml:12:78: apps.b.credentials.application_default: only `true` makes sense here"},
    {"apks_alone",
     "  b: { store: google_play, package: a.b, credentials: { service_account: env:C }, apks: [a.apk] }\n",
     "train.yaml:12:89: apps.b.apks: `apks` stand beside `artifact`"},
    {"rung_below_the_first",
     "  b: { store: app_store, bundle_id: a.b, credentials: { key_id: env:A, private_key: env:B }, rollout: [0.5, 100] "
     "}\n",
     "train.yaml:12:103: apps.b.rollout: the App Store's first rung is 1 %"},
};
INSTANTIATE_TEST_SUITE_P(Apps, ReleaseProblems, testing::ValuesIn(k_apps),
                         [](const auto& row) { return row.param.name; });

struct WholeFile {
  const char* name;
  std::string yaml;
  std::vector<std::string> starts;
};
void PrintTo(const WholeFile& row, std::ostream* out) { *out << row.name; }

class WholeFileProblems : public testing::TestWithParam<WholeFile> {};
TEST_P(WholeFileProblems, AreAllSaidInOrder) {
  const auto problems = problems_of(GetParam().yaml);
  ASSERT_EQ(problems.size(), GetParam().starts.size()) << testing::PrintToString(problems);
  for (std::size_t i = 0; i < problems.size(); ++i) {
    EXPECT_EQ(problems[i].substr(0, GetParam().starts[i].size()), GetParam().starts[i]);
  }
}
INSTANTIATE_TEST_SUITE_P(
    , WholeFileProblems,
    testing::Values(
        WholeFile{"empty", "", {"train.yaml: empty; `train init` writes a starter definition"}},
        WholeFile{"only_a_comment", "# later\n", {"train.yaml: empty;"}},
        WholeFile{
            "a_word", "hello\n", {"train.yaml:1:1: the definition: a map is wanted with the keys version, train"}},
        WholeFile{"an_empty_map",
                  "{}\n",
                  {"train.yaml:1:1: the definition: the key \"version\" is missing",
                   "train.yaml:1:1: the definition: the key \"train\" is missing",
                   "train.yaml:1:1: the definition: the key \"apps\" is missing"}},
        WholeFile{"nothing_in_apps",
                  "version: 2\ntrain: .hidden\napps: {}\n",
                  {"train.yaml:1:10: version: this is version 1 of the format",
                   "train.yaml:2:8: train: \".hidden\" is not", "train.yaml:3:7: apps: at least one app is wanted"}},
        WholeFile{"not_utf8", "version: 1\ntrain: \xff\n", {"train.yaml:2:1: this line is not UTF-8"}},
        WholeFile{"a_null_byte", std::string("version: 1\nt\0", 13), {"train.yaml:2:2: the control character 0x00"}},
        WholeFile{"five_at_once",
                  "version: 1\n"
                  "train: my train\n"
                  "calendar: { timezone: Mars/Olympus }\n"
                  "apps:\n"
                  "  ios:\n"
                  "    store: app_store\n"
                  "    bundle_id: com.example\n"
                  "    credentials: { key_id: SECRET123, private_key: file:k }\n"
                  "    rollout: [1, 5, 50]\n"
                  "gates: [{ signal: crashes, limit: 1% }]\n",
                  {"train.yaml:2:8: train: \"my train\" is not a name",
                   "train.yaml:3:23: calendar.timezone: \"Mars/Olympus\"",
                   "train.yaml:8:28: apps.ios.credentials.key_id: a secret never stands in the file",
                   "train.yaml:9:21: apps.ios.rollout[2]: the last stage is 50 %",
                   "train.yaml:10:19: gates[0].signal: \"crashes\" is not under `signals`"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace train::definition
