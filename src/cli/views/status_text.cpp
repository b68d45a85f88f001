#include <fmt/core.h>

#include "text.hpp"
#include "train/base/text.hpp"

namespace train::cli {
namespace {

Style ink_of(engine::AppPhase phase) {
  switch (phase) {
    case engine::AppPhase::halted:
    case engine::AppPhase::rejected:
      return Style::bad;
    case engine::AppPhase::rolled_back:
    case engine::AppPhase::superseded:
      return Style::attention;
    case engine::AppPhase::completed:
      return Style::good;
    case engine::AppPhase::awaiting_build:
    case engine::AppPhase::candidate:
    case engine::AppPhase::submitted:
    case engine::AppPhase::in_review:
    case engine::AppPhase::approved:
    case engine::AppPhase::rolling_out:
      return Style::bold;
  }
  return Style::bold;
}

Style ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Style::good;
    case Verdict::hold:
      return Style::attention;
    case Verdict::breach:
      return Style::bad;
  }
  return Style::plain;
}

// "1 › [5] › 20 › 50 › 100": where the app stands on its ladder.
std::string ladder_text(const AppStatus& app, const Paint& paint) {
  std::string out;
  for (std::size_t i = 0; i < app.stages.size(); ++i) {
    if (i != 0) out += paint(Style::dim, " › ");
    auto text = app.stages[i].text();
    text.resize(text.size() - 2);  // without " %": it stands once at the end
    if (static_cast<int>(i) + 1 == app.stage)
      out += paint(Style::good, "[" + text + "]");
    else
      out += paint(static_cast<int>(i) + 1 < app.stage ? Style::plain : Style::dim, text);
  }
  return out + paint(Style::dim, " %");
}

void show_line(const Screen& screen, std::string_view label, const std::string& text, Style style = Style::plain) {
  constexpr std::size_t column = 15;
  screen.out << "    " << screen.paint(Style::dim, pad(label, column - 4))
             << screen.paint(style, wrap(text, screen.columns, column, column)) << "\n";
}

std::string wait_text(const Wait& wait, const StatusModel& model) {
  auto text = printable(wait.detail);
  if (wait.until) text += " · until " + when_text(*wait.until, model.now, model.zone);
  if (!wait.who.empty()) text += " · " + join(wait.who, ", ");
  if (!wait.item.empty()) text += " · `train approve " + wait.item + "`";
  return text;
}

std::string next_text(const AppStatus& app, const Next& next, const StatusModel& model) {
  // A store without a version record takes the rollout and the submission in one call.
  const bool submits = next.action == Action::start_rollout && !app.has_version_record &&
                       (app.phase == engine::AppPhase::candidate || app.phase == engine::AppPhase::awaiting_build);
  std::string out = submits && next.to_percent ? "submit for review; " + next.to_percent->text() + " once approved"
                                               : action_text(next.action, next.to_percent);
  if (next.not_before) out += ", not before " + when_text(*next.not_before, model.now, model.zone);
  return out;
}

std::string budget_text(const RequestBudget& budget, Instant now) {
  return fmt::format("{} of {} an hour left with this key · read {}", budget.left, budget.limit,
                     format_age(now - budget.as_of));
}

void show_app(const AppStatus& app, engine::ReleasePhase release, const StatusModel& model, const Screen& screen) {
  const auto& paint = screen.paint;
  screen.out << "  " << paint(Style::bold, pad(app.app, 9)) << " "
             << paint(ink_of(app.phase), pad(spaced(engine::to_string(app.phase)), 15)) << pad(app.percent.text(), 7)
             << " " << ladder_text(app, paint);
  if (release == engine::ReleasePhase::abandoned)
    screen.out << "  " << paint(Style::attention, "abandoned; the store was left as it is");
  else if (app.overridden_by)
    screen.out << "  " << paint(Style::attention, "overridden by " + printable(*app.overridden_by));
  else if (app.verdict)
    screen.out << "  " << paint(ink_of(*app.verdict), to_string(*app.verdict));
  screen.out << "\n";
  std::string store(facts_of(app.store).name);
  if (app.build) store += " · build " + app.build->text();
  if (!app.store_state.empty()) store += " · " + printable(app.store_state);
  if (app.percent_as_of) store += " · read " + format_age(model.now - *app.percent_as_of);
  show_line(screen, "store", store, Style::dim);
  if (screen.verbose && app.budget) show_line(screen, "requests", budget_text(*app.budget, model.now), Style::dim);
  for (const auto& wait : app.waits) {
    show_line(screen, to_string(wait.kind), wait_text(wait, model), wait.needs_person ? Style::bad : Style::plain);
    for (const auto& way : wait.ways) show_line(screen, "", way_text(wait, way));
  }
  if (app.next) show_line(screen, "next", next_text(app, *app.next, model));
  if (app.next && app.next->action == Action::complete && !app.can_be_stopped_after) {
    show_line(screen, "note", "after that only a newer version or removal from sale can stop it", Style::attention);
  }
}

Style ink_of(engine::StandbyState state) {
  switch (state) {
    case engine::StandbyState::ready:
    case engine::StandbyState::released:
      return Style::good;
    case engine::StandbyState::absent:
    case engine::StandbyState::stepped_aside:
      return Style::attention;
    case engine::StandbyState::built:
    case engine::StandbyState::uploaded:
    case engine::StandbyState::in_review:
      break;
  }
  return Style::plain;
}

// "standby: android  ready · 3.4.1 (412), rebuilt from 3.3.0 (401)"
void show_standby_line(const StandbyStatus& status, const Screen& screen) {
  screen.out << screen.paint(Style::dim, "  standby: ") << pad(status.app, 9) << " "
             << screen.paint(ink_of(status.state), spaced(engine::to_string(status.state)));
  if (status.standby) {
    screen.out << screen.paint(Style::dim, fmt::format(" · {} ({}), rebuilt from {} ({})",
                                                       status.standby->version.text(), status.standby->build.text(),
                                                       status.standby->from.text(), status.standby->from_build.text()));
  }
  screen.out << "\n";
}

// A scheduled job that has stopped shows nothing by itself: everything else on the screen only grows older.
void show_last_run(const engine::LastRun& run, Instant now, const Screen& screen) {
  screen.out << screen.paint(Style::dim, "  last run: ");
  if (!run.late) {
    screen.out << screen.paint(Style::dim, format_age(now - run.at)) << "\n";
    return;
  }
  const auto usual = run.every ? "; runs came every " + format_duration(*run.every) + " at most before" : "";
  screen.out << screen.paint(Style::bad,
                             format_age(now - run.at) + usual + ". Is the job that runs `train advance` still alive?")
             << "\n";
}

void show_release(const ReleaseStatusModel& release, const StatusModel& model, const Screen& screen) {
  std::string head = model.train + " " + release.version.text();
  if (release.hotfix) head += " (hotfix)";
  screen.out << screen.paint(Style::bold, head) << "  " << spaced(engine::to_string(release.phase));
  if (release.departed)
    screen.out << screen.paint(Style::dim, " · departed " + when_text(*release.departed, model.now, model.zone));
  else if (release.cutoff)
    screen.out << screen.paint(Style::dim, " · cutoff " + when_text(*release.cutoff, model.now, model.zone));
  screen.out << "\n";
  for (const auto& app : release.apps) show_app(app, release.phase, model, screen);
  for (const auto& standby : release.standby) show_standby_line(standby, screen);
  if (release.last_run) show_last_run(*release.last_run, model.now, screen);
}

std::string_view result_of(event::Outcome::Result result) {
  switch (result) {
    case event::Outcome::Result::done:
      return "";
    case event::Outcome::Result::failed:
      return " (refused)";
    case event::Outcome::Result::unknown:
    case event::Outcome::Result::superseded:
      return " (not known: the answer was lost)";
  }
  return "";
}

void show_by_hand(const HandStatus& done, Instant now, const Screen& screen) {
  screen.out << "  " << printable(done.what)
             << screen.paint(Style::dim, fmt::format("{} ({}, {}: {})", result_of(done.work.result), done.work.by,
                                                     format_age(now - done.work.at), printable(done.work.why)))
             << "\n";
}

}  // namespace

void show_status(const StatusModel& model, const Screen& screen) {
  if (!model.release) {
    screen.out << model.train << ": no release is open. `train start` opens one.\n";
    for (const auto& wait : model.train_waits)
      screen.out << "  " << screen.paint(Style::bad, "!") << " "
                 << wrap(wait.app + ": " + printable(wait.detail), screen.columns, 4, 4) << "\n";
    return;
  }
  show_release(*model.release, model, screen);
  for (const auto& operation : model.open_operations) {
    screen.out << "  " << screen.paint(Style::attention, "a call is under way, or its run died: " + operation) << "\n";
  }
  for (const auto& version : model.also_open) {
    screen.out << screen.paint(Style::dim, "  also open: ") << version.text()
               << screen.paint(Style::dim, " (`train status --all` shows it)") << "\n";
  }
  if (model.owner) screen.out << screen.paint(Style::dim, "  on watch: ") << *model.owner << "\n";
  for (const auto& flag : model.flags) {
    screen.out << screen.paint(Style::dim, "  flag ") << flag.name << " = " << printable(flag.value)
               << screen.paint(Style::dim, " (set " + format_age(model.now - flag.as_of) + ")") << "\n";
  }
  for (const auto& done : model.by_hand) show_by_hand(done, model.now, screen);
  for (const auto& other : model.others) {
    screen.out << "\n";
    show_release(other, model, screen);
  }
}

}  // namespace train::cli
