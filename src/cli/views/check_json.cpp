#include <algorithm>
#include <nlohmann/json.hpp>

#include "check_view.hpp"

namespace train::cli {

std::string check_document(const CheckLines& lines) {
  using Json = nlohmann::ordered_json;
  const bool failed =
      std::any_of(lines.begin(), lines.end(), [](const CheckLine& line) { return line.result == CheckResult::failed; });
  Json out{{"schema", "train.check/1"}, {"ok", !failed}, {"lines", Json::array()}};
  for (const auto& line : lines) {
    out["lines"].push_back({{"group", line.group},
                            {"what", line.what},
                            {"result", to_string(line.result)},
                            {"detail", line.detail},
                            {"hint", line.hint},
                            {"risk", line.risk.empty() ? Json(nullptr) : Json(line.risk)}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace train::cli
