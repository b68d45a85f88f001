#include <cmath>
#include <nlohmann/json.hpp>

#include "evidence_json.hpp"
#include "signals_view.hpp"

namespace train::cli {
namespace {

using SignalsJson = nlohmann::ordered_json;

SignalsJson optional_text(const std::string& text) { return text.empty() ? SignalsJson() : SignalsJson(text); }

SignalsJson finite_or_null(double value) { return std::isfinite(value) ? SignalsJson(value) : SignalsJson(); }

std::string_view state_word(Measurement::State state) {
  switch (state) {
    case Measurement::State::measured:
      return "measured";
    case Measurement::State::no_data:
      return "no_data";
    case Measurement::State::stale:
      return "stale";
    case Measurement::State::failed:
      return "failed";
  }
  return "failed";
}

std::string_view kind_word(SignalKind kind) {
  switch (kind) {
    case SignalKind::proportion:
      return "proportion";
    case SignalKind::rate:
      return "rate";
    case SignalKind::level:
      return "level";
    case SignalKind::alarm:
      return "alarm";
  }
  return "level";
}

SignalsJson side_json(SignalKind kind, const std::optional<Measurement>& seen) {
  if (!seen) return nullptr;
  SignalsJson out{{"state", std::string(state_word(seen->state))}};
  const bool measured = seen->state == Measurement::State::measured;
  if (measured && (kind == SignalKind::proportion || kind == SignalKind::rate)) {
    out["events"] = seen->counts.events;
    out["exposures"] = seen->counts.exposures;
    if (seen->between)
      out["between"] = {{"events", {seen->between->least.events, seen->between->most.events}},
                        {"exposures", {seen->between->least.exposures, seen->between->most.exposures}}};
  }
  if (measured && kind == SignalKind::level) out["value"] = finite_or_null(seen->value);
  if (measured && kind == SignalKind::alarm) out["raised"] = seen->raised;
  out["as_of"] = measured ? SignalsJson(format_rfc3339(seen->as_of)) : SignalsJson();
  out["detail"] = optional_text(seen->detail);
  out["link"] = optional_text(seen->link);
  return out;
}

SignalsJson judged_json(const std::optional<GateEvidence>& judged) {
  if (!judged) return nullptr;
  SignalsJson out{{"name", judged->id()},
                  {"verdict", std::string(to_string(judged->verdict))},
                  {"estimate", judged->estimate},
                  {"lower", judged->lower},
                  {"upper", finite_or_null(judged->upper)},
                  {"limit", judged->limit},
                  {"pass_limit", judged->promote_limit},
                  {"ln_e_halt", judged->ln_e},
                  {"ln_e_promote", judged->ln_e_promote}};
  out["ratio"] = nullptr;
  if (judged->ratio)
    out["ratio"] = {{"estimate", finite_or_null(judged->ratio->estimate)},
                    {"lower", judged->ratio->lower},
                    {"upper", finite_or_null(judged->ratio->upper)},
                    {"limit", judged->ratio->limit},
                    {"pass_limit", judged->ratio->promote_limit}};
  if (judged->mature) out["mature"] = {{"events", judged->mature->events}, {"exposures", judged->mature->exposures}};
  add_basis(*judged, out);
  out["why"] = judged->why;
  out["missing"] = optional_text(judged->missing);
  return out;
}

}  // namespace

std::string signals_document(const SignalsModel& model) {
  SignalsJson out{{"schema", "train.signals/1"}, {"now", format_rfc3339(model.now)}, {"apps", SignalsJson::array()}};
  for (const auto& app : model.apps) {
    SignalsJson one{{"app", app.app},
                    {"version", app.version ? SignalsJson(app.version->text()) : SignalsJson()},
                    {"live_version", app.live ? SignalsJson(app.live->text()) : SignalsJson()},
                    {"percent", app.percent.percent()},
                    {"signals", SignalsJson::array()}};
    for (const auto& row : app.rows) {
      one["signals"].push_back({{"signal", row.signal->name},
                                {"source", row.signal->source},
                                {"kind", std::string(kind_word(row.signal->kind))},
                                {"unit", optional_text(row.signal->unit)},
                                {"candidate", side_json(row.signal->kind, row.candidate)},
                                {"live", side_json(row.signal->kind, row.live)},
                                {"gate", judged_json(row.judged)}});
    }
    out["apps"].push_back(std::move(one));
  }
  return out.dump(2, ' ', false, SignalsJson::error_handler_t::replace) + "\n";
}

}  // namespace train::cli
