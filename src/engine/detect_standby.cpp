// The way back as it was found: what it is made of, and how far the store has it.
#include <algorithm>

#include "detect.hpp"
#include "train/engine/standby.hpp"

namespace train::engine {
namespace {

std::optional<event::StandbyChosen> chosen_standby(const AppContext& context, const StandbyLook& look) {
  if (!look.source || !wants_standby(context.input.definition, context.facts, context.release, context.progress))
    return std::nullopt;
  const auto highest = context.look->view ? context.look->view->highest_build : std::nullopt;
  const auto numbers = standby_numbers(context.input.state, context.release, context.app.name, highest);
  if (!numbers) return std::nullopt;
  event::StandbyChosen out;
  out.version = context.release.version;
  out.app = context.app.name;
  out.standby = numbers->version;
  out.build = numbers->build;
  out.from = look.source->version;
  out.from_build = look.source->build;
  out.source = look.source->path;
  out.sha256 = look.source->sha256;
  out.findings = look.findings;
  return out;
}

std::optional<SeenBuild> own_build(const std::vector<SeenBuild>& builds, const BuildNumber& number) {
  const auto found = std::find_if(builds.begin(), builds.end(), [&](const SeenBuild& b) { return b.number == number; });
  return found == builds.end() ? std::nullopt : std::optional(*found);
}

std::optional<event::StandbySeen> seen_standby(const AppContext& context, const StoreView& view) {
  const Standby& known = *context.progress.standby;
  event::StandbySeen out;
  out.version = context.release.version;
  out.app = context.app.name;
  out.release = view.release;
  out.build = own_build(view.builds, known.build);
  if (!out.build && out.release) out.build = known.in_store;
  const bool same = known.seen_at && known.seen == out.release && known.in_store == out.build;
  const bool aged =
      known.seen_at && context.app.drift_check > Duration(0) && view.as_of - *known.seen_at >= context.app.drift_check;
  if (same && !aged) return std::nullopt;
  return out;
}

}  // namespace

void detect_standby(const AppContext& context, std::vector<EventBody>& out) {
  if (context.look == nullptr || !context.look->standby) return;
  const StandbyLook& look = *context.look->standby;
  if (auto chosen = chosen_standby(context, look)) {
    out.emplace_back(std::move(*chosen));
    return;
  }
  if (!context.progress.standby || !look.view) return;
  if (auto seen = seen_standby(context, *look.view)) out.emplace_back(std::move(*seen));
}

}  // namespace train::engine
