#include "train/preflight/standby.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/domain/launch_risk.hpp"
#include "train/engine/standby.hpp"
#include "waiver.hpp"

namespace train::preflight {
namespace {

// What the definition does not name.
Lines lines_of_rule(const StandbyRule& rule) {
  Lines lines;
  if (rule.key.empty()) {
    lines.push_back({"Way back", rule.app + " standby key", Level::failure,
                     "the definition names no key to sign the standby with",
                     "Give `standby." + rule.app +
                         ".identity` (App Store) or `.keystore` (Google Play), and "
                         "`password`."});
  }
  if (!rule.notes) {
    lines.push_back({"Way back", rule.app + " standby notes", Level::failure,
                     "the definition names no notes for users to whom an earlier version comes back",
                     "Give `standby." + rule.app + ".notes`."});
  }
  return lines;
}

Line key_line(const StandbyRule& rule, const Asked<Done>& answer) {
  const auto subject = rule.app + " standby key";
  if (!answer) return unanswered_line("Way back", subject, answer.error());
  return {"Way back", subject, Level::ok,
          rule.key.filename().string() + " opens with its password" + (rule.alias.empty() ? "" : " and alias"), ""};
}

Line notes_line(const StandbyRule& rule, const StoreFacts& store, const Asked<Notes>& answer) {
  const auto subject = rule.app + " standby notes";
  if (!answer) return unanswered_line("Way back", subject, answer.error());
  if (const auto problems = notes_problems(store, *answer); !problems.empty())
    return {"Way back", subject, Level::failure, join(problems, "; "), "Mend the files that `notes` names."};
  std::vector<std::string> locales;
  for (const auto& [locale, text] : *answer) locales.push_back(locale);
  return {"Way back", subject, Level::ok, join(locales, ", "), ""};
}

// Only a warning: the archive of what train itself uploaded is kept, and then needs no `source`.
Line archive_line(const App& app, const Asked<ArchiveIdentity>& archive, const Asked<LiveVersion>& live) {
  Line line{"Way back", app.name + " standby source", Level::ok, "", ""};
  if (!live && live.error().why == Unanswered::absent) {
    line.sentence = "not needed: no version is live that a standby could be made of";
  } else if (!live) {
    line = inconclusive(line, {"which archive a standby is made of", store_of(app), "which version is live"},
                        live.error());
  } else if (!archive) {
    line = unanswered_line(line.group, line.subject, archive.error());
  } else {
    line.sentence = fmt::format("{} {} ({}), which is live", printable(archive->id, 200), archive->version.text(),
                                archive->build.text());
    const bool same = archive->id == app.store_id && archive->version == live->version && archive->build == live->build;
    if (same) return line;
    line.level = Level::warning;
    line.sentence =
        fmt::format("is {} {} ({}), but {} {} ({}) is live", printable(archive->id, 200), archive->version.text(),
                    archive->build.text(), app.store_id, live->version.text(), live->build.text());
  }
  if (line.level == Level::failure) line.level = Level::warning;
  if (live && line.level == Level::warning)
    line.remedy = "Put the archive of what is live there, unless train uploaded that version itself and kept it.";
  return line;
}

bool is_in_the_store(engine::StandbyState state) {
  switch (state) {
    case engine::StandbyState::uploaded:
    case engine::StandbyState::in_review:
    case engine::StandbyState::ready:
    case engine::StandbyState::released:
    case engine::StandbyState::stepped_aside:
      return true;
    case engine::StandbyState::absent:
    case engine::StandbyState::built:
      break;
  }
  return false;
}

std::string standby_text(engine::StandbyState state, const engine::Release& release,
                         const engine::AppProgress* progress) {
  auto text = fmt::format("{} for {}", engine::to_string(state), release.version.text());
  if (progress != nullptr && progress->standby) {
    text += fmt::format(": {}, rebuilt from {}", progress->standby->version.text(), progress->standby->from.text());
  }
  return text;
}

Line standby_line(const App& app, const engine::Release& release) {
  const auto* progress = release.find(app.name);
  Line line{"Way back", app.name + " standby", Level::ok, "", ""};
  line.waiver_item = text_of(risk::standby(app.name));
  if (progress != nullptr && progress->looked && !progress->live) {
    line.sentence = "not needed: a first release has no earlier version to go back to";
    return line;
  }
  const auto state =
      progress == nullptr ? engine::StandbyState::absent : engine::standby_state(app.facts(), release, *progress);
  line.sentence = standby_text(state, release, progress);
  if (is_in_the_store(state)) return line;
  line.level = Level::warning;
  line.remedy = fmt::format("`train standby prepare {}` makes and uploads it.", app.name);
  if (const auto* waiver = waiver_of(release, engine::standby_item(app.name))) {
    line.sentence += " (" + waived_text(release, *waiver) + ")";
    line.waiver_item.clear();
  }
  return line;
}

}  // namespace

Lines standby_rule_lines(const Definition& definition) {
  Lines lines;
  for (const auto& app : definition.apps) {
    const auto* rule = definition.find_standby(app.name);
    if (rule != nullptr) {
      const auto more = lines_of_rule(*rule);
      lines.insert(lines.end(), more.begin(), more.end());
    } else if (!definition.standby.empty()) {
      lines.push_back({"Way back", app.name + " standby", Level::warning,
                       "no standby is kept: after a halt only a new build helps the users who have updated",
                       "Give `standby." + app.name + "`."});
    }
  }
  return lines;
}

Lines standby_material_lines(const Definition& definition, const AllStandbyAnswers& answers, const LiveVersions& live) {
  Lines lines;
  for (const auto& rule : definition.standby) {
    const auto& answer = answers.at(rule.app);
    if (!rule.key.empty()) lines.push_back(key_line(rule, answer.key));
    if (rule.notes) lines.push_back(notes_line(rule, definition.find_app(rule.app)->facts(), answer.notes));
    lines.push_back(archive_line(*definition.find_app(rule.app), answer.archive, live.at(rule.app)));
  }
  return lines;
}

Lines standby_lines(const Definition& definition, const Asked<engine::State>& state) {
  Lines lines;
  const auto* release = state ? state->focus() : nullptr;
  if (state && (release == nullptr || !release->is_open())) return lines;
  for (const auto& rule : definition.standby) {
    if (state) {
      lines.push_back(standby_line(*definition.find_app(rule.app), *release));
      continue;
    }
    lines.push_back(inconclusive({"Way back", rule.app + " standby", Level::failure, "", ""},
                                 {"whether it is in the store", "the log", "how far it is"}, state.error()));
    lines.back().waiver_item = text_of(risk::standby(rule.app));
  }
  return lines;
}

}  // namespace train::preflight
