// What is wrong in the parts about signals, gates, people, flags and channels, and where it is said to be.
#include "snippets.hpp"

namespace train::definition {
namespace {

class HealthProblems : public testing::TestWithParam<BadSnippet> {};
TEST_P(HealthProblems, AreSaidWithTheirPlace) { expect_one_problem(GetParam()); }

// A proportion `c` and a level `p`, on line 12.
std::string with_signals(const std::string& rest) {
  return "signals: { c: { source: prometheus, url: 'http://[::1]:9090', events: e, exposures: n }, p: { source: "
         "prometheus, url: 'https://m.example', value: v } }\n" +
         rest;
}
std::string with_members(const std::string& rest) {
  return "people: { members: { ana: { roles: [qa, product] }, ben: { roles: [qa] } } }\n" + rest;
}

const std::vector<BadSnippet> k_signals = {
    {"source_word", "signals: { c: { source: promtheus } }\n",
     "train.yaml:12:25: signals.c.source: \"promtheus\" is not known; did you mean \"prometheus\"? Allowed: "
     "prometheus, "
     "grafana"},
    {"source_missing", "signals: { c: {} }\n", "train.yaml:12:15: signals.c: the key \"source\" is missing"},
    {"url_missing", "signals: { c: { source: prometheus, value: v } }\n",
     "train.yaml:12:15: signals.c: the key \"url\" is missing"},
    {"nothing_measured", "signals: { c: { source: prometheus, url: https://m } }\n",
     "train.yaml:12:15: signals.c: what is measured is missing"},
    {"half_a_proportion", "signals: { c: { source: prometheus, url: https://m, events: e } }\n",
     "train.yaml:12:15: signals.c: a proportion is `events` out of `exposures`; `exposures` is missing"},
    {"both_kinds", "signals: { c: { source: prometheus, url: https://m, events: e, exposures: n, value: v } }\n",
     "train.yaml:12:15: signals.c: give either `events` and `exposures`"},
    {"variable", "signals: { c: { source: prometheus, url: https://m, value: 'x{v=\"$versoin\"}' } }\n",
     "train.yaml:12:60: signals.c.value: $versoin is not a query variable; did you mean \"version\"?"},
    {"foreign_key", "signals: { c: { source: prometheus, url: https://m, value: v, region: eu } }\n",
     "train.yaml:12:63: the key \"region\" in signals.c is not used by the source prometheus. Allowed: source"},
    {"level_unit", "signals: { c: { source: prometheus, url: https://m, events: e, exposures: n, unit: s } }\n",
     "train.yaml:12:84: signals.c.unit: belongs to levels"},
    {"level_zero", "signals: { c: { source: prometheus, url: https://m, value: v, absent_is_zero: true } }\n",
     "train.yaml:12:79: signals.c.absent_is_zero: belongs to proportions"},
    {"literal_token", "signals: { c: { source: prometheus, url: https://m, value: v, token: abc123 } }\n",
     "train.yaml:12:70: signals.c.token: a secret never stands in the file"},
    {"apps_unknown", "signals: { c: { source: prometheus, url: https://m, value: v, apps: [andriod] } }\n",
     "train.yaml:12:70: signals.c.apps[0]: \"andriod\" is not under `apps`; did you mean \"android\"?"},
    {"apps_empty", "signals: { c: { source: prometheus, url: https://m, value: v, apps: [] } }\n",
     "train.yaml:12:69: signals.c.apps: at least one app is wanted"},
    {"apple_of_android", "signals: { c: { source: app_store_reviews, apps: [ios, android] } }\n",
     "train.yaml:12:56: signals.c.apps[1]: \"android\" is not on the App Store, so app_store_reviews cannot be asked"},
    {"apple_query", "signals: { c: { source: app_store_reviews, absent_is_zero: true } }\n",
     "train.yaml:12:44: the key \"absent_is_zero\" in signals.c is not used by the source app_store_reviews. Allowed: "
     "source"},
    {"apple_url", "signals: { c: { source: app_store_metrics, metric: launch, url: https://m } }\n",
     "train.yaml:12:60: the key \"url\" in signals.c is not used by the source app_store_metrics"},
    {"google_of_ios", "signals: { c: { source: play_reviews, apps: [ios] } }\n",
     "train.yaml:12:46: signals.c.apps[0]: \"ios\" is not on Google Play, so play_reviews cannot be asked about it"},
    {"vital_missing", "signals: { c: { source: play_vitals } }\n",
     "train.yaml:12:15: signals.c: the key \"metric\" is missing; one of crashRate, userPerceivedCrashRate"},
    {"vital_unknown", "signals: { c: { source: play_vitals, metric: crashrate } }\n",
     "train.yaml:12:46: signals.c.metric: \"crashrate\" is not known; did you mean \"crashRate\"?"},
    {"vital_hourly", "signals: { c: { source: play_vitals, metric: slowStartRate, period: hourly } }\n",
     "train.yaml:12:69: signals.c.period: Google counts slowStartRate by the day only; by the hour: crashRate"},
    {"vital_period", "signals: { c: { source: play_vitals, metric: crashRate, period: weekly } }\n",
     "train.yaml:12:65: signals.c.period: \"weekly\" is not known"},
    {"vital_unit", "signals: { c: { source: play_vitals, metric: crashRate, unit: s } }\n",
     "train.yaml:12:63: signals.c.unit: belongs to levels"},
    {"vital_query", "signals: { c: { source: play_vitals, metric: crashRate, events: e } }\n",
     "train.yaml:12:57: the key \"events\" in signals.c is not used by the source play_vitals"},
    {"stars_unit", "signals: { c: { source: play_reviews, unit: stars } }\n",
     "train.yaml:12:45: signals.c.unit: is always %"},
    {"stars_metric", "signals: { c: { source: play_reviews, metric: average } }\n",
     "train.yaml:12:47: signals.c.metric: \"average\" is not known"},
    {"metric_missing", "signals: { c: { source: app_store_metrics } }\n",
     "train.yaml:12:15: signals.c: the key \"metric\" is missing; one of launch, hang"},
    {"metric_unknown", "signals: { c: { source: app_store_metrics, metric: lauch } }\n",
     "train.yaml:12:52: signals.c.metric: \"lauch\" is not measured by Apple; did you mean \"launch\"?"},
    {"metric_odd", "signals: { c: { source: app_store_metrics, metric: 'launch/a b' } }\n",
     "train.yaml:12:52: signals.c.metric: \"launch/a b\" is not a metric"},
    {"percentile", "signals: { c: { source: app_store_metrics, metric: launch, percentile: p99 } }\n",
     "train.yaml:12:72: signals.c.percentile: \"p99\" is not known; did you mean \"p90\"? Allowed: p50, p90"},
    {"beta_percentile", "signals: { c: { source: app_store_metrics, metric: beta_crashes, percentile: p50 } }\n",
     "train.yaml:12:78: signals.c.percentile: belongs to Apple's metrics; beta_crashes has none"},
    {"beta_unit", "signals: { c: { source: app_store_metrics, metric: beta_crashes, unit: ms } }\n",
     "train.yaml:12:72: signals.c.unit: belongs to levels"},
    {"territory", "signals: { c: { source: app_store_reviews, territory: [DEU, de] } }\n",
     "train.yaml:12:61: signals.c.territory[1]: \"de\" is not a storefront; three capital letters such as DEU"},
    {"http_url", "signals: { c: { source: http, value: /v } }\n",
     "train.yaml:12:15: signals.c: the key \"url\" is missing; the source http needs it"},
    {"http_variable", "signals: { c: { source: http, url: 'https://m/$versoin', value: /v } }\n",
     "train.yaml:12:36: signals.c.url: $versoin is not a query variable"},
    {"http_host", "signals: { c: { source: http, url: 'https://$app.example', value: /v } }\n",
     "train.yaml:12:36: signals.c.url: \"https://$app.example\": the host"},
    {"http_pointer", "signals: { c: { source: http, url: https://m, value: data.v } }\n",
     "train.yaml:12:54: signals.c.value: \"data.v\" is no JSON pointer; such as /data/crashes"},
    {"http_tilde", "signals: { c: { source: http, url: https://m, value: /v, as_of: /a~b } }\n",
     "train.yaml:12:65: signals.c.as_of: \"/a~b\" is no JSON pointer"},
    {"http_method", "signals: { c: { source: http, url: https://m, value: /v, method: PUT } }\n",
     "train.yaml:12:66: signals.c.method: \"PUT\" is not known"},
    {"http_get_body", "signals: { c: { source: http, url: https://m, value: /v, method: GET, body: a } }\n",
     "train.yaml:12:66: signals.c.method: a GET has no body"},
    {"http_body_variable", "signals: { c: { source: http, url: https://m, value: /v, body: 'a=$ap' } }\n",
     "train.yaml:12:64: signals.c.body: $ap is not a query variable"},
    {"http_header", "signals: { c: { source: http, url: https://m, value: /v, headers: { A: b } } }\n",
     "train.yaml:12:72: signals.c.headers.A: a secret never stands in the file"},
    {"http_nothing", "signals: { c: { source: http, url: https://m } }\n",
     "train.yaml:12:15: signals.c: what is measured is missing"},
    {"exec_missing", "signals: { c: { source: exec } }\n",
     "train.yaml:12:15: signals.c: the key \"exec\" is missing; the source exec needs it"},
    {"exec_text", "signals: { c: { source: exec, exec: a b } }\n",
     "train.yaml:12:37: signals.c.exec: \"a b\" stands here"},
    {"exec_half", "signals: { c: { source: exec, exec: [a], events: /x } }\n",
     "train.yaml:12:15: signals.c: a proportion is `events` out of `exposures`; `exposures` is missing"},
    {"signal_name", "signals: { 'a b': { source: prometheus, url: https://m, value: v } }\n",
     "train.yaml:12:12: signals: \"a b\" is not a name"},
};
INSTANTIATE_TEST_SUITE_P(Signals, HealthProblems, testing::ValuesIn(k_signals),
                         [](const auto& row) { return row.param.name; });

const std::vector<BadSnippet> k_gates = {
    {"unknown_signal", with_signals("gates: [{ signal: d, limit: 1% }]\n"),
     "train.yaml:13:19: gates[0].signal: \"d\" is not under `signals`"},
    {"no_signal", with_signals("gates: [{ limit: 1% }]\n"), "train.yaml:13:9: gates[0]: the key \"signal\" is missing"},
    {"no_limit", with_signals("gates: [{ signal: c }]\n"), "train.yaml:13:9: gates[0]: the key \"limit\" is missing"},
    {"level_no_limit", with_signals("gates: [{ signal: p }]\n"),
     "train.yaml:13:9: gates[0]: the key \"limit\" is missing; a level is judged by it"},
    {"limit_zero", with_signals("gates: [{ signal: c, limit: 0% }]\n"),
     "train.yaml:13:29: gates[0].limit: \"0%\" is not allowed; a percentage such as 1% or 0.5"},
    {"limit_above", with_signals("gates: [{ signal: c, limit: 101 }]\n"),
     "train.yaml:13:29: gates[0].limit: \"101\" is not allowed"},
    {"level_in_percent", with_signals("gates: [{ signal: p, limit: 2% }]\n"),
     "train.yaml:13:29: gates[0].limit: \"2%\" is not allowed; a number above 0"},
    {"limit_infinite", with_signals("gates: [{ signal: p, limit: .inf }]\n"),
     "train.yaml:13:29: gates[0].limit: \".inf\" is not allowed"},
    {"for_of_a_proportion", with_signals("gates: [{ signal: c, limit: 1%, for: 3 }]\n"),
     "train.yaml:13:38: gates[0].for: counts the samples of a level"},
    {"for_zero", with_signals("gates: [{ signal: p, limit: 1, for: 0 }]\n"),
     "train.yaml:13:37: gates[0].for: \"0\" is not allowed; a whole number from 1 to 1000"},
    {"reaction", with_signals("gates: [{ signal: c, limit: 1%, on_breach: rolback }]\n"),
     "train.yaml:13:44: gates[0].on_breach: \"rolback\" is not known; did you mean \"rollback\"?"},
    {"auto_without_rollback", with_signals("gates: [{ signal: c, limit: 1%, auto: true }]\n"),
     "train.yaml:13:39: gates[0].auto: only a gate with `on_breach: rollback`"},
    {"alpha", with_signals("gates: [{ signal: c, limit: 1%, alpha: { halt: 1% } }]\n"),
     "train.yaml:13:48: gates[0].alpha.halt: \"1%\" is not allowed; a number above 0 and at most 0.5"},
    {"promote_rises", with_signals("gates: [{ signal: c, limit: 1%, promote: [1.5, 2] }]\n"),
     "train.yaml:13:48: gates[0].promote[1]: rises above the one before"},
    {"promote_empty", with_signals("gates: [{ signal: c, limit: 1%, promote: [] }]\n"),
     "train.yaml:13:42: gates[0].promote: at least one multiple"},
    {"exposures_not_whole", with_signals("gates: [{ signal: c, limit: 1%, min_exposures: 1e3 }]\n"),
     "train.yaml:13:48: gates[0].min_exposures: \"1e3\" is not allowed"},
    {"defaults_key", "gate_defaults: { limit: 1% }\n", "train.yaml:12:18: unknown key \"limit\" in gate_defaults"},
};
INSTANTIATE_TEST_SUITE_P(Gates, HealthProblems, testing::ValuesIn(k_gates),
                         [](const auto& row) { return row.param.name; });

const std::vector<BadSnippet> k_people = {
    {"rotation_stranger", with_members("").substr(0, 75) + ", owners: { rotation: [bem], from: 2026-11-30 } }\n",
     "train.yaml:12:99: people.owners.rotation[0]: \"bem\" is not under people.members; did you mean \"ben\"?"},
    {"rotation_hours", "people: { owners: { rotation: [x], every: 12h, from: 2026-11-30 } }\n",
     "train.yaml:12:43: people.owners.every: \"12h\" is not a number of whole days"},
    {"private_member_key", "people: { members: { ana: { roles: [qa], key: AAAA } } }\n",
     "train.yaml:12:47: people.members.ana.key: is not a public SSH key"},
    {"no_member", "people: { members: {} }\n", "train.yaml:12:20: people.members: no member is given"},
    {"role_nobody_has", with_members("approvals: [{ role: qq, before: rollout }]\n"),
     "train.yaml:13:21: approvals[0].role: no member has the role \"qq\"; did you mean \"qa\"? Roles: product, qa"},
    {"too_many_sign_offs", with_members("approvals: [{ role: product, before: rollout, count: 2 }]\n"),
     "train.yaml:13:54: approvals[0].count: 2 sign-offs are wanted, but 1 member(s) have the role \"product\""},
    {"approval_twice", "approvals: [{ role: qa, before: rollout }, { role: qa, before: rollout }]\n",
     "train.yaml:12:44: approvals[1]: the role \"qa\" stands here a second time"},
    {"before_word", "approvals: [{ role: qa, before: submision }]\n",
     "train.yaml:12:33: approvals[0].before: \"submision\" is not known; did you mean \"submission\"?"},
    {"count_zero", "approvals: [{ role: qa, before: rollout, count: 0 }]\n",
     "train.yaml:12:49: approvals[0].count: \"0\" is not allowed"},
    {"item_id_twice", "checklist: [{ id: a, text: x, before: rollout }, { id: a, text: y, before: rollout }]\n",
     "train.yaml:12:56: checklist[1].id: \"a\" is the id of an earlier item"},
    {"item_id_colon", "checklist: [{ id: 'a:b', text: x, before: rollout }]\n",
     "train.yaml:12:19: checklist[0].id: \"a:b\" is not a name"},
    {"hotfix_role", "hotfix: { approvals: [qa] }\n",
     "train.yaml:12:23: hotfix.approvals[0]: \"qa\" has no rule under `approvals`"},
    {"hotfix_ladder", "hotfix: { rollout: [5, 50] }\n",
     "train.yaml:12:24: hotfix.rollout[1]: the last stage is 50 %; it must be 100 %"},
};
INSTANTIATE_TEST_SUITE_P(People, HealthProblems, testing::ValuesIn(k_people),
                         [](const auto& row) { return row.param.name; });

const std::vector<BadSnippet> k_hands = {
    {"flag_provider", "flags: { f: { provider: firebase } }\n",
     "train.yaml:12:25: flags.f.provider: \"firebase\" is not known"},
    {"flag_signal", "flags: { f: { provider: file, path: f.json, signal: c } }\n",
     "train.yaml:12:53: flags.f.signal: \"c\" is not under `signals`"},
    {"flag_file_without_path", "flags: { f: { provider: file } }\n",
     "train.yaml:12:13: flags.f: the key \"path\" is missing"},
    {"flag_foreign_key", "flags: { f: { provider: file, path: f.json, url: https://x } }\n",
     "train.yaml:12:45: the key \"url\" in flags.f is not used by the provider file. Allowed: provider"},
    {"flag_header_literal", "flags: { f: { provider: http, url: https://x, headers: { Authorization: Bearer } } }\n",
     "train.yaml:12:73: flags.f.headers.Authorization: a secret never stands in the file"},
    {"flag_plain_http", "flags: { f: { provider: http, url: http://x } }\n",
     "train.yaml:12:36: flags.f.url: \"http://x\": plain"},
    {"flag_same_values", "flags: { f: { provider: file, path: f, value_on: 1, value_off: 1 } }\n",
     "train.yaml:12:64: flags.f.value_off: is the same as `value_on`"},
    {"flag_exec_text", "flags: { f: { provider: exec, exec: ./flag.sh get } }\n",
     "train.yaml:12:37: flags.f.exec: \"./flag.sh get\" stands here; the command is wanted as a list"},
    {"build_both", "source: { build: { exec: [a], http: { url: https://x } } }\n",
     "train.yaml:12:18: source.build: exactly one of `exec` and `http`"},
    {"build_none", "source: { build: {} }\n", "train.yaml:12:18: source.build: exactly one of `exec` and `http`"},
    {"build_http", "source: { build: { http: { url: http://ci } } }\n",
     "train.yaml:12:33: source.build.http.url: \"http://ci\": plain http"},
    {"build_header_literal", "source: { build: { http: { url: https://ci, headers: { X-Api-Key: abc } } } }\n",
     "train.yaml:12:67: source.build.http.headers.X-Api-Key: a secret never stands in the file"},
    {"branch_without_version", "source: { branch: release }\n",
     "train.yaml:12:19: source.branch: \"release\" has no {version}"},
    {"branch_like_an_option", "source: { branch: '--upload-pack={version}' }\n",
     "train.yaml:12:19: source.branch: \"--upload-pack={version}\" is not a git name"},
    {"standby_app", "standby: { io: { source: a } }\n",
     "train.yaml:12:12: standby: \"io\" is not under `apps`; did you mean \"ios\"? Known: ios, android"},
    {"standby_key", "standby: { ios: { source: a, keystore: file:k } }\n",
     "train.yaml:12:30: unknown key \"keystore\" in standby.ios; it belongs to apps with `store: google_play`"},
    {"standby_password", "standby: { ios: { source: a, password: hunter2 } }\n",
     "train.yaml:12:40: standby.ios.password: a secret never stands in the file"},
    {"force_update", "force_update: { minimum_version: { provider: http, url: https://x } }\n",
     "train.yaml:12:34: force_update.minimum_version: the key \"parameter\" is missing"},
    {"force_update_risky", "force_update: { minimum_version: { provider: unleash, parameter: p, risky: true } }\n",
     "train.yaml:12:69: unknown key \"risky\" in force_update.minimum_version"},
    {"channel_literal", "notify: [{ slack: 'https://hooks.example/T0/B0' }]\n",
     "train.yaml:12:19: notify[0].slack: a secret never stands in the file"},
    {"channel_none", "notify: [{ events: [halt] }]\n", "train.yaml:12:10: notify[0]: exactly one channel is wanted"},
    {"channel_two", "notify: [{ slack: env:A, webhook: env:B }]\n", "train.yaml:12:10: notify[0]: exactly one channel"},
    {"topic", "notify: [{ slack: env:A, events: [halts] }]\n",
     "train.yaml:12:35: notify[0].events[0]: \"halts\" is not known; did you mean \"halt\"?"},
    {"state_scheme", "state: s3://bucket\n",
     "train.yaml:12:8: state: \"s3://bucket\" is not a place for the log. Allowed: file:DIR"},
    {"state_no_dir", "state: 'file:'\n", "train.yaml:12:8: state: file: is followed by where the log lives"},
    {"state_git", "state: git:origin\n", "train.yaml:12:8: state: git:REMOTE#REF is wanted"},
    {"state_password", "state: postgres://u:hunter2@h/db\n",
     "train.yaml:12:8: state: a password never stands in the file"},
    {"state_etcd", "state: etcd:http://etcd.example\n", "train.yaml:12:8: state: plain http is only for this machine"},
    {"env_name", "notify: [{ slack: 'env:A B' }]\n", "train.yaml:12:19: notify[0].slack: env: is followed by the name"},
    {"file_empty", "notify: [{ slack: 'file:' }]\n", "train.yaml:12:19: notify[0].slack: file: is followed by a path"},
    {"exec_open_quote", "notify: [{ slack: \"exec:pass 'show\" }]\n",
     "train.yaml:12:19: notify[0].slack: exec: is followed by"},
};
INSTANTIATE_TEST_SUITE_P(Hands, HealthProblems, testing::ValuesIn(k_hands),
                         [](const auto& row) { return row.param.name; });

// A problem never repeats what may be a secret.
TEST(SecretProblems, DoNotRepeatTheValue) {
  const std::string pem = "\"-----BEGIN PRIVATE KEY-----\\nMIGTAgEAhunter2\\n-----END PRIVATE KEY-----\"";
  const std::vector<std::string> files = {
      std::string(k_base) + "notify: [{ slack: hunter2 }]\n",
      std::string(k_base) + "notify: [{ slack: " + pem + " }]\n",
      std::string(k_base) + "state: " + pem + "\n",
      std::string(k_base) + "    track: " + pem + "\n",
      std::string(k_base) + "state: postgres:postgres://u:hunter2@h/db\n",
      std::string(k_base) + "    endpoint: 'https://u:hunter2@h'\n",
      std::string(k_base) + "    endpoint: 'hunter2@h'\n",
      std::string(k_base) + "state: 's3://u:hunter2@h'\n",
      std::string(k_base) + "notify: [{ slack: '{\"private_key\": \"hunter2\"}' }]\n",
      std::string(k_base) + "signals: { c: { source: datadog, api_key: hunter2 } }\n",
  };
  for (const std::string& file : files) {
    const auto problems = problems_of(file);
    EXPECT_FALSE(problems.empty()) << file;
    for (const std::string& problem : problems) {
      EXPECT_EQ(problem.find("hunter2"), std::string::npos) << problem;
      EXPECT_EQ(problem.find("MIGT"), std::string::npos) << problem;
    }
  }
}

}  // namespace
}  // namespace train::definition
