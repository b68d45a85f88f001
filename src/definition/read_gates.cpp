#include <fmt/format.h>

#include <set>

#include "readers.hpp"

namespace train::definition {
namespace {

constexpr Word<Reaction> k_reactions[] = {
    {"investigate", Reaction::investigate}, {"pause", Reaction::pause}, {"rollback", Reaction::rollback}};
constexpr double k_multiple_max = 1000;
constexpr double k_alpha_max = 0.5;

void read_promote(const Value& value, Gate& gate) {
  const auto items = value.items();
  if (value.is_list() && items.empty())
    value.problem("at least one multiple of the limit is wanted, such as [3, 2, 1.5, 1.2]");
  gate.promote.clear();
  for (const Value& item : items) {
    const auto multiple = item.number_above_zero(k_multiple_max);
    if (!multiple) continue;
    if (!gate.promote.empty() && *multiple > gate.promote.back()) {
      item.problem("rises above the one before; a later stage must not ask for less");
    }
    gate.promote.push_back(*multiple);
  }
}

void read_alpha(const Value& value, Gate& gate) {
  const Fields fields(value, section("alpha"));
  fields.with("halt", [&](const Value& alpha) { assign(gate.alpha_halt, alpha.number_above_zero(k_alpha_max)); });
  fields.with("promote", [&](const Value& alpha) { assign(gate.alpha_promote, alpha.number_above_zero(k_alpha_max)); });
}

void read_spikes(const Value& value, Gate& gate) {
  Spikes spikes;
  const Fields fields(value, section("spikes"));
  fields.with("over", [&](const Value& over) { assign(spikes.over, over.duration()); });
  fields.with("of", [&](const Value& of) { assign(spikes.of, of.whole_number(1, 1000)); });
  gate.spikes = spikes;
}

// Whoever may override, or a role.
void read_when_too_small(const Value& value, const Definition& definition, Gate& gate) {
  gate.when_too_small = value.node().text == "ask" ? value.name() : read_role(value, definition);
}

// What may stand on a gate or once under `gate_defaults`.
void read_shared(const Fields& fields, const Definition& definition, Gate& gate) {
  fields.with("promote", [&](const Value& value) { read_promote(value, gate); });
  fields.with("alpha", [&](const Value& value) { read_alpha(value, gate); });
  fields.with("bake", [&](const Value& value) { gate.bake = value.duration(); });
  fields.with("max_wait", [&](const Value& value) { assign(gate.max_wait, value.duration()); });
  fields.with("min_exposures",
              [&](const Value& value) { assign(gate.min_exposures, value.whole_number(0, 1'000'000'000'000)); });
  fields.with("max_per_unit", [&](const Value& value) { gate.max_per_unit = value.number_above_zero(1e9); });
  fields.with("fresh_within", [&](const Value& value) { gate.fresh_within = value.duration(); });
  fields.with("advisory", [&](const Value& value) { assign(gate.advisory, value.truth()); });
  fields.with("spikes", [&](const Value& value) { read_spikes(value, gate); });
  fields.with("when_too_small", [&](const Value& value) { read_when_too_small(value, definition, gate); });
}

const Signal* signal_of(const Value& value, const Definition& definition) {
  const auto name = value.text();
  if (!name) return nullptr;
  if (const Signal* known = definition.find_signal(*name)) return known;
  std::vector<std::string_view> names;
  for (const Signal& each : definition.signals) names.push_back(each.name);
  value.problem(fmt::format("{} is not under `signals`{}{}", in_quotes(*name), did_you_mean_hint(*name, names),
                            names.empty() ? "" : " Known: " + listed(names)));
  return nullptr;
}

// An alarm is raised or quiet: whoever raises it has judged already.
void refuse_limits(const Fields& fields) {
  for (const auto* key : {"limit", "regress", "margin", "for", "spikes"}) {
    fields.with(key, [](const Value& value) { value.problem("belongs to numbers; an alarm is raised or it is not"); });
  }
}

void read_limits(const Fields& fields, const Signal& signal, Gate& gate) {
  if (signal.kind == SignalKind::alarm) return refuse_limits(fields);
  const bool level = signal.kind == SignalKind::level;
  fields.with("limit",
              [&](const Value& limit) { gate.limit = level ? limit.number_above_zero(1e12) : limit.share(100); });
  fields.with("regress", [&](const Value& regress) { gate.regress = regress.share(10000); });
  fields.with("margin", [&](const Value& margin) {
    gate.margin = margin.points();
    if (level) margin.problem("is a difference of two percentages; a level has none");
    if (!fields.has("regress")) margin.problem("widens what `regress` lets pass, and there is no `regress`");
  });
  fields.with("for", [&](const Value& samples) {
    gate.for_samples = static_cast<int>(samples.whole_number(1, 1000).value_or(1));
    if (!level) samples.problem("counts the samples of a level; a proportion is judged by its sums");
  });
  if (!fields.has("limit") && !fields.has("regress")) {
    fields.value().problem("the key \"limit\" is missing; without it and `regress` the gate decides nothing");
  }
}

bool is_counted(const Gate& gate, const Definition& definition) {
  const Signal* signal = definition.find_signal(gate.signal);
  return signal == nullptr || signal->kind == SignalKind::proportion || signal->kind == SignalKind::rate;
}

// Under `gate_defaults` they are meant for the levels among the gates.
void check_spikes(const Fields& fields, const Definition& definition, Gate& gate) {
  if (gate.limit && !is_counted(gate, definition)) return;
  fields.with("spikes", [](const Value& spikes) {
    spikes.problem("counts the samples of a level over its `limit`; here there is none");
  });
  gate.spikes.reset();
}

Gate read_gate(const Value& value, const Gate& defaults, const Definition& definition) {
  Gate gate = defaults;
  const Fields fields(value, section("gate"));
  fields.with("signal", [&](const Value& name) {
    gate.signal = name.node().text;
    const Signal* signal = signal_of(name, definition);
    if (!signal) return;
    if (signal->kind == SignalKind::level) gate.on_breach = Reaction::investigate;
    read_limits(fields, *signal, gate);
  });
  fields.with("name", [&](const Value& name) { assign(gate.name, name.name()); });
  fields.with("on_breach", [&](const Value& reaction) { assign(gate.on_breach, reaction.word(k_reactions)); });
  fields.with("for", [&](const Value& samples) {
    if (gate.for_samples && !is_counted(gate, definition) && gate.on_breach != Reaction::investigate)
      samples.problem(
          "only calls somebody, with `on_breach: investigate`: samples in a row are no proof. Without `for` a level is "
          "judged by all its samples");
  });
  fields.with("auto", [&](const Value& automatic) {
    assign(gate.auto_rollback, automatic.truth());
    if (gate.auto_rollback && gate.on_breach != Reaction::rollback) {
      automatic.problem("only a gate with `on_breach: rollback` can release the standby by itself");
    }
  });
  read_shared(fields, definition, gate);
  check_spikes(fields, definition, gate);
  return gate;
}

// Each gate has a name of its own: its `name`, its signal's, or with further gates on one signal `crashes-2`, in their
// order.
void name_gates(const Value& gates, Definition& definition) {
  std::set<GateName> taken;
  for (const Gate& gate : definition.gates) {
    if (!gate.name.empty()) taken.insert(gate.name);
  }
  std::set<GateName> seen;
  const auto items = gates.items();
  for (std::size_t i = 0; i < definition.gates.size(); ++i) {
    Gate& gate = definition.gates[i];
    const bool named = !gate.name.empty();
    for (int n = 2; !named && (seen.count(gate.id()) != 0 || taken.count(gate.id()) != 0); ++n)
      gate.name = fmt::format("{}-{}", gate.signal, n);
    if (!seen.insert(gate.id()).second && named)
      items[i].problem(fmt::format("{} is the name of an earlier gate; each has its own", in_quotes(gate.name)));
  }
}

}  // namespace

void read_gates(const std::optional<Value>& gates, const std::optional<Value>& defaults, Definition& definition) {
  Gate base;
  if (defaults) read_shared(Fields(*defaults, section("gate_defaults")), definition, base);
  if (!gates) return;
  for (const Value& item : gates->items()) definition.gates.push_back(read_gate(item, base, definition));
  name_gates(*gates, definition);
}

}  // namespace train::definition
