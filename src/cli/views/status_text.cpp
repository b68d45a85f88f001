#include <fmt/core.h>

#include "text.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

Ink ink_of(engine::AppPhase phase) {
  switch (phase) {
    case engine::AppPhase::halted:
    case engine::AppPhase::rejected:
      return Ink::bad;
    case engine::AppPhase::rolled_back:
    case engine::AppPhase::superseded:
      return Ink::attention;
    case engine::AppPhase::completed:
      return Ink::good;
    case engine::AppPhase::awaiting_build:
    case engine::AppPhase::candidate:
    case engine::AppPhase::submitted:
    case engine::AppPhase::in_review:
    case engine::AppPhase::approved:
    case engine::AppPhase::rolling_out:
      return Ink::bold;
  }
  return Ink::bold;
}

Ink ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Ink::good;
    case Verdict::hold:
      return Ink::attention;
    case Verdict::breach:
      return Ink::bad;
  }
  return Ink::plain;
}

// "1 › [5] › 20 › 50 › 100": where the app stands on its ladder.
std::string ladder_text(const AppStatus& app, const Paint& paint) {
  std::string out;
  for (std::size_t i = 0; i < app.stages.size(); ++i) {
    if (i != 0) out += paint(Ink::dim, " › ");
    auto text = app.stages[i].text();
    text.resize(text.size() - 2);  // without " %": it stands once at the end
    if (static_cast<int>(i) + 1 == app.stage)
      out += paint(Ink::good, "[" + text + "]");
    else
      out += paint(static_cast<int>(i) + 1 < app.stage ? Ink::plain : Ink::dim, text);
  }
  return out + paint(Ink::dim, " %");
}

void show_line(const Screen& screen, std::string_view label, const std::string& text, Ink ink = Ink::plain) {
  constexpr std::size_t column = 15;
  screen.out << "    " << screen.paint(Ink::dim, pad(label, column - 4))
             << screen.paint(ink, wrap(text, screen.columns, column, column)) << "\n";
}

std::string wait_text(const Wait& wait, const StatusModel& model) {
  auto text = printable(wait.detail);
  if (wait.until) text += " · until " + when_text(*wait.until, model.now, model.zone);
  if (!wait.who.empty()) text += " · " + join(wait.who, ", ");
  if (!wait.item.empty()) text += " · `train approve " + wait.item + "`";
  return text;
}

std::string next_text(const Next& next, const StatusModel& model) {
  std::string out(to_string(next.action));
  if (next.to_percent) out += " to " + next.to_percent->text();
  if (next.not_before) out += ", not before " + when_text(*next.not_before, model.now, model.zone);
  return out;
}

std::string budget_text(const RequestBudget& budget, Instant now) {
  return fmt::format("{} of {} an hour left with this key · read {}", budget.left, budget.limit,
                     format_age(now - budget.as_of));
}

void show_app(const AppStatus& app, const StatusModel& model, const Screen& screen) {
  const auto& paint = screen.paint;
  screen.out << "  " << paint(Ink::bold, pad(app.app, 9)) << " "
             << paint(ink_of(app.phase), pad(spaced(engine::to_string(app.phase)), 15)) << pad(app.percent.text(), 7)
             << " " << ladder_text(app, paint);
  if (app.verdict) screen.out << "  " << paint(ink_of(*app.verdict), to_string(*app.verdict));
  screen.out << "\n";
  std::string store = app.store == StoreKind::app_store ? "App Store" : "Google Play";
  if (app.build) store += " · build " + app.build->text();
  if (!app.store_state.empty()) store += " · " + printable(app.store_state);
  if (app.percent_as_of) store += " · read " + format_age(model.now - *app.percent_as_of);
  show_line(screen, "store", store, Ink::dim);
  if (screen.verbose && app.budget) show_line(screen, "requests", budget_text(*app.budget, model.now), Ink::dim);
  for (const auto& wait : app.waits) {
    show_line(screen, to_string(wait.kind), wait_text(wait, model), wait.needs_person ? Ink::bad : Ink::plain);
    for (const auto& way : wait.ways) show_line(screen, "", way_text(wait, way));
  }
  if (app.next) show_line(screen, "next", next_text(*app.next, model));
  if (app.next && app.next->action == Action::complete && !app.can_be_stopped_after) {
    show_line(screen, "note", "after that only a newer version or removal from sale can stop it", Ink::attention);
  }
}

Ink ink_of(engine::StandbyState state) {
  switch (state) {
    case engine::StandbyState::ready:
    case engine::StandbyState::released:
      return Ink::good;
    case engine::StandbyState::absent:
    case engine::StandbyState::stepped_aside:
      return Ink::attention;
    case engine::StandbyState::built:
    case engine::StandbyState::uploaded:
    case engine::StandbyState::in_review:
      break;
  }
  return Ink::plain;
}

// "way back   android  ready   3.4.1 (412) is 3.3.0 (401) again"
void show_standby_line(const StandbyStatus& status, const Screen& screen) {
  screen.out << screen.paint(Ink::dim, "  way back: ") << pad(status.app, 9) << " "
             << screen.paint(ink_of(status.state), spaced(engine::to_string(status.state)));
  if (status.standby) {
    screen.out << screen.paint(Ink::dim, fmt::format(" · {} ({}) is {} ({}) again", status.standby->version.text(),
                                                     status.standby->build.text(), status.standby->from.text(),
                                                     status.standby->from_build.text()));
  }
  screen.out << "\n";
}

void show_release(const ReleaseStatusModel& release, const StatusModel& model, const Screen& screen) {
  std::string head = model.train + " " + release.version.text();
  if (release.hotfix) head += " (hotfix)";
  screen.out << screen.paint(Ink::bold, head) << "  " << spaced(engine::to_string(release.phase));
  if (release.departed)
    screen.out << screen.paint(Ink::dim, " · left " + when_text(*release.departed, model.now, model.zone));
  else if (release.cutoff)
    screen.out << screen.paint(Ink::dim, " · cutoff " + when_text(*release.cutoff, model.now, model.zone));
  screen.out << "\n";
  for (const auto& app : release.apps) show_app(app, model, screen);
  for (const auto& standby : release.standby) show_standby_line(standby, screen);
}

}  // namespace

void show_status(const StatusModel& model, const Screen& screen) {
  if (!model.release) {
    screen.out << model.train << ": no release is open. `train start` opens one.\n";
    return;
  }
  show_release(*model.release, model, screen);
  for (const auto& operation : model.open_operations) {
    screen.out << "  " << screen.paint(Ink::attention, "a call is under way, or its run died: " + operation) << "\n";
  }
  if (model.owner) screen.out << screen.paint(Ink::dim, "  on watch: ") << *model.owner << "\n";
  for (const auto& flag : model.flags) {
    screen.out << screen.paint(Ink::dim, "  flag ") << flag.name << " = " << printable(flag.value)
               << screen.paint(Ink::dim, " (set " + format_age(model.now - flag.as_of) + ")") << "\n";
  }
  for (const auto& other : model.others) {
    screen.out << "\n";
    show_release(other, model, screen);
  }
}

}  // namespace train::cli
