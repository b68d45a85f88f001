#include "train/engine/model.hpp"

namespace train::engine {

const StoreModel& model_of(StoreKind kind) {
  static const StoreModel app_store{true,
                                    false,
                                    false,
                                    {Percent::whole(1), Percent::whole(2), Percent::whole(5), Percent::whole(10),
                                     Percent::whole(20), Percent::whole(50), Percent::whole(100)},
                                    true};
  static const StoreModel google_play{false, true, true, {}, true};
  switch (kind) {
    case StoreKind::app_store:
      return app_store;
    case StoreKind::google_play:
      return google_play;
  }
  return google_play;
}

Percent rung_for(const StoreModel& model, Percent stage) {
  if (model.rungs.empty()) return stage;
  Percent best = model.rungs.front();
  for (const auto rung : model.rungs) {
    if (rung <= stage) best = rung;
  }
  return best;
}

int stage_reached(const StoreModel& model, const Ladder& ladder, Percent served) {
  int reached = 0;
  for (const auto& stage : ladder.stages) {
    if (served.is_zero() || rung_for(model, stage.to) > served) break;
    ++reached;
  }
  return reached;
}

}  // namespace train::engine
