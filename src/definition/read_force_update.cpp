// When people are asked to leave a bad version, how hard, and who must approve.
#include "readers.hpp"

namespace train::definition {
namespace {

constexpr Word<Severity> k_severity_words[] = {
    {"low", Severity::low}, {"medium", Severity::medium}, {"high", Severity::high}, {"critical", Severity::critical}};
constexpr Word<Degree> k_degree_words[] = {
    {"none", Degree::none}, {"nudge", Degree::nudge}, {"soft", Degree::soft}, {"hard", Degree::hard}};

ForceUpdateRow read_row(const Value& value) {
  ForceUpdateRow row;
  const Fields fields(value, section("force_update_row"));
  fields.with("severity", [&](const Value& each) { assign(row.severity, each.word(k_severity_words)); });
  fields.with("share", [&](const Value& each) { assign(row.share, each.percent()); });
  fields.with("legal", [&](const Value& each) { assign(row.legal, each.truth()); });
  fields.with("degree", [&](const Value& each) { assign(row.degree, each.word(k_degree_words)); });
  return row;
}

void read_texts(const Value& value, std::vector<std::string>& out) {
  for (const Value& item : value.items()) {
    if (auto text = item.text()) out.push_back(std::move(*text));
  }
}

void read_approvals_of(const Value& value, ForceUpdateRule& rule) {
  const Fields fields(value, section("force_update_approvals"));
  for (const Degree degree : {Degree::nudge, Degree::soft, Degree::hard}) {
    fields.with(to_string(degree), [&](const Value& roles) { read_texts(roles, rule.approvals[degree]); });
  }
}

}  // namespace

void read_force_update_policy(const Fields& fields, ForceUpdateRule& rule) {
  rule.table = default_force_update_table();
  fields.with("policy_parameter", [&](const Value& value) { assign(rule.policy_parameter, value.text()); });
  fields.with("grace", [&](const Value& value) { assign(rule.grace, value.duration()); });
  fields.with("exempt", [&](const Value& value) { read_texts(value, rule.exempt); });
  fields.with("approvals", [&](const Value& value) { read_approvals_of(value, rule); });
  fields.with("table", [&](const Value& value) {
    rule.table.clear();
    for (const Value& row : value.items()) rule.table.push_back(read_row(row));
    if (rule.table.empty()) value.problem("no row is given; leave the key out for the default table");
  });
}

}  // namespace train::definition
