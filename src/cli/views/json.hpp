// The JSON views (contract §2). One document per command.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "status_model.hpp"
#include "train/engine/forecast.hpp"
#include "train/rehearsal/rehearsal.hpp"
#include "train/runner/runner.hpp"

namespace train::cli {

nlohmann::ordered_json step_json(const Step& step);
nlohmann::ordered_json wait_json(const Wait& wait);
std::string status_document(const StatusModel& model);
// `gates`: what they can prove; left out of a plan that is saved.
std::string plan_document(const Plan& plan, const std::vector<engine::GateForecast>& gates = {});
// A store took the standby so long after the command began.
struct Acceptance {
  AppName app;
  std::string version;
  double seconds = 0;
};
std::string advance_document(const runner::Report& report, const std::vector<Acceptance>& accepted = {});
nlohmann::ordered_json standby_json(const StandbyStatus& status);
std::string rehearsal_document(const rehearsal::Outcome& outcome);

// The `steps` of a saved plan; `usage` when it is not one.
Result<std::vector<Step>> read_plan_document(const std::string& text);

}  // namespace train::cli
