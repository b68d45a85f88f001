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
    {"http_two_tokens",
     "signals: { c: { source: http, url: https://m, value: /v, token: env:A, token_url: https://t, client_id: i, "
     "client_secret: env:B } }\n",
     "train.yaml:12:83: signals.c.token_url: give either `token` or `token_url`"},
    {"http_no_scope", "signals: { c: { source: http, url: https://m, value: /v, google_credentials: env:A } }\n",
     "train.yaml:12:78: signals.c.google_credentials: Google gives tokens for a `scope` only"},
    {"http_half_a_client",
     "signals: { c: { source: http, url: https://m, value: /v, token_url: https://t, client_id: i } }\n",
     "train.yaml:12:15: signals.c: the key \"client_secret\" is missing"},
    {"bigquery_missing", "signals: { c: { source: bigquery, project: p, query: q } }\n",
     "train.yaml:12:15: signals.c: the key \"credentials\" is missing; the source bigquery needs it"},
    {"bigquery_project", "signals: { c: { source: bigquery, project: My Project, query: q, credentials: env:A } }\n",
     "train.yaml:12:44: signals.c.project: \"My Project\" is no id of a Google Cloud project"},
    {"slower_than_both",
     "signals: { c: { source: prometheus, url: https://m, histogram: h, slower_than: 2, slower_than_live: 20% } }\n",
     "train.yaml:12:80: signals.c.slower_than: give either `slower_than` or `slower_than_live`"},
    {"slower_than_live_alone",
     "signals: { c: { source: prometheus, url: https://m, value: v, slower_than_live: 20% } }\n",
     "train.yaml:12:81: signals.c.slower_than_live: belongs to `histogram`, which is not given"},
    {"slower_than_live_share",
     "signals: { c: { source: prometheus, url: https://m, histogram: h, slower_than_live: fast } }\n",
     "train.yaml:12:85: signals.c.slower_than_live: \"fast\" is no share above zero; such as 20%"},
    {"quantile_alone",
     "signals: { c: { source: prometheus, url: https://m, histogram: h, slower_than: 2, quantile: 95% } }\n",
     "train.yaml:12:93: signals.c.quantile: belongs to `slower_than_live`"},
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
    {"sentry_missing", "signals: { c: { source: sentry, organization: o, project: 1 } }\n",
     "train.yaml:12:15: signals.c: the key \"token\" is missing; the source sentry needs it"},
    {"sentry_project", "signals: { c: { source: sentry, organization: o, project: web, token: env:T } }\n",
     "train.yaml:12:59: signals.c.project: Sentry's id of the project is wanted, a whole number"},
    {"sentry_metric", "signals: { c: { source: sentry, organization: o, project: 1, token: env:T, metric: user } }\n",
     "train.yaml:12:84: signals.c.metric: \"user\" is not known; did you mean \"users\"? Allowed: sessions, users"},
    {"sentry_release", "signals: { c: { source: sentry, organization: o, project: 1, token: env:T, release: $ver } }\n",
     "train.yaml:12:85: signals.c.release: $ver is not a query variable"},
    {"sentry_query", "signals: { c: { source: sentry, organization: o, project: 1, token: env:T, value: x } }\n",
     "train.yaml:12:76: the key \"value\" in signals.c is not used by the source sentry"},
    {"datadog_missing", "signals: { c: { source: datadog, api_key: env:A, value: x } }\n",
     "train.yaml:12:15: signals.c: the key \"application_key\" is missing; the source datadog needs it"},
    {"datadog_site",
     "signals: { c: { source: datadog, api_key: env:A, application_key: env:B, site: 'a b', value: x } }\n",
     "train.yaml:12:80: signals.c.site: \"a b\" is no site"},
    {"new_relic_account", "signals: { c: { source: new_relic, api_key: env:A, account: me, value: x } }\n",
     "train.yaml:12:61: signals.c.account: New Relic's account id is wanted, a whole number"},
    {"new_relic_region", "signals: { c: { source: new_relic, api_key: env:A, account: 7, region: asia, value: x } }\n",
     "train.yaml:12:72: signals.c.region: \"asia\" is not known"},
    {"grafana_datasource", "signals: { c: { source: grafana, url: https://g, token: env:T, value: x } }\n",
     "train.yaml:12:15: signals.c: the key \"datasource\" is missing; the source grafana needs it"},
    {"grafana_alarms_and_more",
     "signals: { c: { source: grafana, url: https://g, token: env:T, alarms: [a], datasource: d } }\n",
     "train.yaml:12:89: signals.c.datasource: belongs to queries"},
    {"alarms_empty", "signals: { c: { source: prometheus, url: https://m, alarms: [] } }\n",
     "train.yaml:12:61: signals.c.alarms: at least one alarm is wanted"},
    {"alarms_and_queries", "signals: { c: { source: prometheus, url: https://m, alarms: [a], value: v } }\n",
     "train.yaml:12:15: signals.c: give either queries, or `alarms`, or `histogram`"},
    {"histogram_limit", "signals: { c: { source: prometheus, url: https://m, histogram: h } }\n",
     "train.yaml:12:15: signals.c: the key \"slower_than\" is missing"},
    {"histogram_number", "signals: { c: { source: prometheus, url: https://m, histogram: h, slower_than: 0 } }\n",
     "train.yaml:12:80: signals.c.slower_than: \"0\" is not allowed"},
    {"histogram_missing", "signals: { c: { source: prometheus, url: https://m, value: v, slower_than: 2 } }\n",
     "train.yaml:12:76: signals.c.slower_than: belongs to `histogram`"},
    {"alarm_unit", "signals: { c: { source: prometheus, url: https://m, alarms: [a], unit: s } }\n",
     "train.yaml:12:72: signals.c.unit: belongs to levels"},
    {"ga4_missing", "signals: { c: { source: ga4, property: 1 } }\n",
     "train.yaml:12:15: signals.c: the key \"credentials\" is missing; the source ga4 needs it"},
    {"ga4_property", "signals: { c: { source: ga4, property: G-1, credentials: env:A } }\n",
     "train.yaml:12:40: signals.c.property: the id of the Analytics property is wanted, a whole number"},
    {"ga4_metric", "signals: { c: { source: ga4, property: 1, credentials: env:A, metric: crashFreeUsersRate } }\n",
     "train.yaml:12:71: signals.c.metric: two of Google's metrics are wanted"},
    {"exposure_word",
     "signals: { c: { source: prometheus, url: https://m, events: e, exposures: n, exposure: sesion } }\n",
     "train.yaml:12:88: signals.c.exposure: \"sesion\" is not known; did you mean \"session\"?"},
    {"exposure_of_a_level", "signals: { c: { source: prometheus, url: https://m, value: v, exposure: user } }\n",
     "train.yaml:12:73: signals.c.exposure: is about exposures; what is measured here has none"},
    {"matures_of_a_level", "signals: { c: { source: prometheus, url: https://m, value: v, matures: 24h } }\n",
     "train.yaml:12:72: signals.c.matures: is about exposures; what is measured here has none"},
    {"design_effect_below_one",
     "signals: { c: { source: prometheus, url: https://m, events: e, exposures: n, design_effect: 0.5 } }\n",
     "train.yaml:12:93: signals.c.design_effect: is 1 for independent exposures"},
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
     "train.yaml:13:9: gates[0]: the key \"limit\" is missing; without it and `regress`"},
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
    {"for_that_acts", with_signals("gates: [{ signal: p, limit: 1, for: 3, on_breach: pause }]\n"),
     "train.yaml:13:37: gates[0].for: only calls somebody, with `on_breach: investigate`"},
    {"alarm_limit",
     "signals: { a: { source: prometheus, url: https://m, alarms: [x] } }\ngates: [{ signal: a, limit: 1% }]\n",
     "train.yaml:13:29: gates[0].limit: belongs to numbers; an alarm is raised or it is not"},
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
    {"margin_in_percent", with_signals("gates: [{ signal: c, limit: 1%, regress: 20%, margin: 0.2% }]\n"),
     "train.yaml:13:55: gates[0].margin: \"0.2%\" is not allowed; percentage points such as 0.2pp"},
    {"margin_of_nothing", with_signals("gates: [{ signal: c, limit: 1%, margin: 0.2pp }]\n"),
     "train.yaml:13:41: gates[0].margin: widens what `regress` lets pass, and there is no `regress`"},
    {"margin_of_a_level", with_signals("gates: [{ signal: p, regress: 20%, margin: 0.2pp }]\n"),
     "train.yaml:13:44: gates[0].margin: is a difference of two percentages; a level has none"},
    {"spikes_of_a_proportion", with_signals("gates: [{ signal: c, limit: 1%, spikes: { of: 2 } }]\n"),
     "train.yaml:13:41: gates[0].spikes: counts the samples of a level over its `limit`"},
    {"spikes_without_a_limit", with_signals("gates: [{ signal: p, regress: 20%, spikes: {} }]\n"),
     "train.yaml:13:44: gates[0].spikes: counts the samples of a level over its `limit`"},
    {"spikes_of_none", with_signals("gates: [{ signal: p, limit: 2, spikes: { of: 0 } }]\n"),
     "train.yaml:13:46: gates[0].spikes.of: \"0\" is not allowed; a whole number from 1 to 1000"},
    {"two_of_one_name", with_signals("gates: [{ signal: c, limit: 1%, name: x }, { signal: p, limit: 2, name: x }]\n"),
     "train.yaml:13:44: gates[1]: \"x\" is the name of an earlier gate; each has its own"},
    {"too_small_for_nobody",
     "signals: { c: { source: prometheus, url: https://m, events: e, exposures: n } }\n" +
         with_members("gates: [{ signal: c, limit: 1%, when_too_small: boss }]\n"),
     "train.yaml:14:49: gates[0].when_too_small: no member has the role \"boss\""},
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

const std::vector<BadSnippet> k_amazon = {
    {"region_missing", "signals: { s: { source: cloudwatch, value: v } }\n",
     "train.yaml:12:15: signals.s: the key \"region\" is missing"},
    {"region_odd", "signals: { s: { source: cloudwatch, region: 'evil.example/', value: v } }\n",
     "train.yaml:12:45: signals.s.region: \"evil.example/\" is not a region"},
    {"period_odd", "signals: { s: { source: cloudwatch, region: r, period: 90s, value: v } }\n",
     "train.yaml:12:56: signals.s.period: a period of CloudWatch is whole minutes"},
    {"period_no_duration", "signals: { s: { source: cloudwatch, region: r, period: 300, value: v } }\n",
     "train.yaml:12:56: signals.s.period: "},
    {"nothing_measured", "signals: { s: { source: cloudwatch, region: r } }\n",
     "train.yaml:12:15: signals.s: what is measured is missing"},
    {"alarms_missing", "signals: { s: { source: cloudwatch_alarm, region: r } }\n",
     "train.yaml:12:15: signals.s: the key \"alarms\" is missing"},
    {"alarms_empty", "signals: { s: { source: cloudwatch_alarm, region: r, alarms: [] } }\n",
     "train.yaml:12:62: signals.s.alarms: at least one alarm is wanted"},
    {"alarm_value", "signals: { s: { source: cloudwatch_alarm, region: r, alarms: [a], value: v } }\n",
     "train.yaml:12:67: the key \"value\" in signals.s is not used by the source cloudwatch_alarm"},
    {"alarm_unit", "signals: { s: { source: cloudwatch_alarm, region: r, alarms: [a], unit: s } }\n",
     "train.yaml:12:73: signals.s.unit: belongs to levels"},
    {"log_group_missing", "signals: { s: { source: cloudwatch_logs, region: r, value: v } }\n",
     "train.yaml:12:15: signals.s: the key \"log_group\" is missing"},
    {"aws_key_literal", "signals: { s: { source: cloudwatch, region: r, value: v, credentials: AKID } }\n",
     "train.yaml:12:71: signals.s.credentials: a secret never stands in the file"},
};
INSTANTIATE_TEST_SUITE_P(Amazon, HealthProblems, testing::ValuesIn(k_amazon),
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
    {"standby_key_elsewhere", "standby: { ios: { source: a, identity: env:P12 } }\n",
     "train.yaml:12:40: standby.ios.identity: a signing key is a file: give `file:PATH`, readable by you alone"},
    {"standby_password", "standby: { ios: { source: a, password: hunter2 } }\n",
     "train.yaml:12:40: standby.ios.password: a secret never stands in the file"},
    {"ramp_by_file", "flags: { f: { provider: file, path: f.json, value_on: a, value_off: b, ramp: true } }\n",
     "train.yaml:12:78: flags.f.ramp: a file cannot give a flag to a share of the users"},
    {"ramp_without_values", "flags: { f: { provider: exec, exec: [a], ramp: true } }\n",
     "train.yaml:12:48: flags.f.ramp: needs `value_on` and `value_off`"},
    {"always_on_without_ramp",
     "flags: { f: { provider: unleash, endpoint: https://u, credentials: env:U, always_on: [3] } }\n",
     "train.yaml:12:86: flags.f.always_on: is for a flag with `ramp: true`"},
    {"always_on_by_exec",
     "flags: { f: { provider: exec, exec: [a], value_on: a, value_off: b, ramp: true, always_on: [x] } }\n",
     "train.yaml:12:92: flags.f.always_on: the provider exec knows no groups of users"},
    {"force_update", "force_update: { minimum_version: { provider: http, url: https://x } }\n",
     "train.yaml:12:34: force_update.minimum_version: the key \"parameter\" is missing"},
    {"force_update_risky",
     "force_update: { minimum_version: { provider: exec, exec: [a], parameter: p, risky: true } }\n",
     "train.yaml:12:77: unknown key \"risky\" in force_update.minimum_version"},
    {"channel_literal", "notify: [{ slack: 'https://hooks.example/T0/B0' }]\n",
     "train.yaml:12:19: notify[0].slack: a secret never stands in the file"},
    {"channel_none", "notify: [{ events: [halt] }]\n", "train.yaml:12:10: notify[0]: exactly one channel is wanted"},
    {"channel_two", "notify: [{ slack: env:A, webhook: env:B }]\n", "train.yaml:12:10: notify[0]: exactly one channel"},
    {"topic", "notify: [{ slack: env:A, events: [halts] }]\n",
     "train.yaml:12:35: notify[0].events[0]: \"halts\" is not known; did you mean \"halt\"?"},
    {"state_scheme", "state: ftp://bucket\n",
     "train.yaml:12:8: state: \"ftp://bucket\" is not a place for the log. Allowed: file:DIR"},
    {"state_no_dir", "state: 'file:'\n", "train.yaml:12:8: state: file: is followed by where the log lives"},
    {"state_git", "state: git:origin\n", "train.yaml:12:8: state: git:REMOTE#REF is wanted"},
    {"state_git_short_ref", "state: git:origin#main\n", "train.yaml:12:8: state: git:REMOTE#REF is wanted"},
    {"state_git_password", "state: git:https://u:hunter2@h/app.git#refs/train/t\n",
     "train.yaml:12:8: state: a password never stands in the file"},
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

// ---- what stands in place of what is not said ----
std::vector<std::string> gate_ids(const std::string& gates) {
  std::vector<std::string> out;
  for (const Gate& gate : loaded_with(with_signals(gates)).gates) out.push_back(gate.id());
  return out;
}

TEST(GateNames, AreTheirSignalsAndDifferWhereSeveralStandOnOne) {
  EXPECT_EQ(gate_ids("gates: [{ signal: c, limit: 1% }, { signal: p, limit: 2 }]\n"),
            (std::vector<std::string>{"c", "p"}));
  EXPECT_EQ(gate_ids("gates: [{ signal: c, limit: 1% }, { signal: c, limit: 2% }, { signal: c, limit: 3% }]\n"),
            (std::vector<std::string>{"c", "c-2", "c-3"}));
  EXPECT_EQ(gate_ids("gates: [{ signal: c, limit: 1% }, { signal: p, limit: 2, name: c }]\n"),
            (std::vector<std::string>{"c-2", "c"}))
      << "a name that somebody wrote is kept";
}

TEST(DesignEffect, IsOneForUsersAndThreeForWhatTheyDo) {
  const auto effect = [](const std::string& keys) {
    const auto d =
        loaded_with("signals: { c: { source: prometheus, url: https://m, events: e, exposures: n" + keys + " } }\n");
    return d.signals.empty() ? std::nullopt : d.signals[0].inflation();
  };
  EXPECT_EQ(effect(", exposure: user_day"), 1);
  EXPECT_EQ(effect(", exposure: session"), 3);
  EXPECT_EQ(effect(", exposure: session, design_effect: 1.5"), 1.5);
  EXPECT_EQ(effect(""), std::nullopt) << "of something unknown nothing is known";
}

TEST(GateKeys, AreTakenAsWritten) {
  const auto d = loaded_with(
      with_signals("gate_defaults: { spikes: { over: 30m, of: 3 }, when_too_small: ask }\n"
                   "gates: [{ signal: c, limit: 1%, regress: 20%, margin: 0.2pp }, { signal: p, limit: 2 }]\n"));
  ASSERT_EQ(d.gates.size(), 2u);
  EXPECT_DOUBLE_EQ(d.gates[0].margin.value(), 0.002);
  EXPECT_EQ(d.gates[0].spikes, std::nullopt) << "the defaults' spikes are meant for levels";
  EXPECT_EQ(d.gates[1].spikes, (Spikes{Duration(1800), 3}));
  EXPECT_EQ(d.gates[1].when_too_small, "ask");
}

}  // namespace
}  // namespace train::definition
