#include "ways_out_view.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "train/base/text.hpp"

namespace train::cli {
namespace {

using Json = nlohmann::ordered_json;

void show_part(const Screen& screen, std::string_view label, const std::string& text) {
  constexpr std::size_t column = 17;
  if (text.empty()) return;
  screen.out << "      " << screen.paint(Style::dim, pad(label, column - 6))
             << wrap(printable(text), screen.columns, column, column) << "\n";
}

void show_way(const engine::WayOut& way, bool recommended, const Screen& screen) {
  const auto mark = recommended ? "→ " : way.possible ? "  " : "✗ ";
  const auto style = recommended ? Style::good : way.possible ? Style::bold : Style::dim;
  screen.out << "    " << screen.paint(style, mark + spaced(engine::to_string(way.way)))
             << (recommended    ? "  (recommended)"
                 : way.possible ? ""
                                : "  (not possible now)")
             << "\n";
  if (way.possible) {
    show_part(screen, "takes", way.takes);
    show_part(screen, "reaches", way.reaches);
    show_part(screen, "leaves", way.leaves);
  }
  for (const auto& reason : way.because)
    show_part(screen, "because", reason.rule + ": " + reason.seen + " (wanted: " + reason.wanted + ")");
}

}  // namespace

void show_choices(const std::vector<Choice>& choices, const Screen& screen) {
  for (const auto& choice : choices) {
    screen.out << "  " << screen.paint(Style::bold, choice.app + " " + choice.version.text()) << "\n";
    for (const auto& way : choice.ways) show_way(way, choice.recommends && &way == &choice.ways.front(), screen);
  }
}

std::string choices_document(const std::vector<Choice>& choices, const std::vector<engine::AppStop>& stops,
                             const std::vector<Step>& flags) {
  Json out{
      {"schema", "train.rollback/1"}, {"stops", Json::array()}, {"flags", Json::array()}, {"choices", Json::array()}};
  for (const auto& stop : stops) {
    const bool named = !(stop.version == VersionName());
    out["stops"].push_back({{"app", stop.app},
                            {"version", named ? Json(stop.version.text()) : Json(nullptr)},
                            {"does", engine::to_string(stop.kind)},
                            {"words", stop.words}});
  }
  for (const auto& flag : flags) out["flags"].push_back({{"name", flag.subject}, {"value", flag.value}});
  for (const auto& choice : choices) {
    Json ways = Json::array();
    for (const auto& way : choice.ways) {
      Json because = Json::array();
      for (const auto& reason : way.because)
        because.push_back({{"rule", reason.rule}, {"seen", reason.seen}, {"wanted", reason.wanted}});
      ways.push_back({{"way", engine::to_string(way.way)},
                      {"possible", way.possible},
                      {"takes", way.takes},
                      {"reaches", way.reaches},
                      {"leaves", way.leaves},
                      {"because", std::move(because)}});
    }
    out["choices"].push_back(
        {{"app", choice.app},
         {"version", choice.version.text()},
         {"recommended", choice.recommends ? Json(engine::to_string(choice.ways.front().way)) : Json(nullptr)},
         {"ways", std::move(ways)}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace train::cli
