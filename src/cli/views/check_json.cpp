#include <algorithm>
#include <nlohmann/json.hpp>

#include "check_view.hpp"

namespace train::cli {

std::string check_document(const preflight::Lines& lines) {
  using Json = nlohmann::ordered_json;
  const bool failed = std::any_of(lines.begin(), lines.end(),
                                  [](const preflight::Line& line) { return line.level == preflight::Level::failure; });
  Json out{{"schema", "train.check/1"}, {"ok", !failed}, {"lines", Json::array()}};
  for (const auto& line : lines) {
    out["lines"].push_back({{"group", line.group},
                            {"what", line.subject},
                            {"result", to_string(line.level)},
                            {"detail", line.sentence},
                            {"hint", line.remedy},
                            {"risk", line.waiver_item.empty() ? Json(nullptr) : Json(line.waiver_item)}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace train::cli
