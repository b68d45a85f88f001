#include "train/preflight/release.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/domain/number_rules.hpp"

namespace train::preflight {
namespace {

// nullptr: the release is not open yet.
const engine::Release* open_release_of(const Asked<engine::State>& state, const VersionName& version) {
  const auto* release = state ? state->find(version) : nullptr;
  return release != nullptr && release->is_open() ? release : nullptr;
}

void add_number_lines(const App& app, const VersionName& version, const engine::Release* release,
                      const std::string& group, Lines& lines) {
  if (const auto why = unfit_version(app.facts(), version)) {
    lines.push_back({group, app.name + " version", Level::failure, version.text() + " " + *why,
                     release == nullptr ? "Name the next version: `train start VERSION`."
                                        : "Give it up (`train abandon --why …`) and start a version that fits."});
  }
  const auto* progress = release == nullptr ? nullptr : release->find(app.name);
  if (progress == nullptr || !progress->candidate) return;
  if (const auto why = unfit_build(app.facts(), progress->candidate->build)) {
    lines.push_back({group, app.name + " build", Level::failure, progress->candidate->build.text() + " " + *why,
                     "Build again under a number that fits."});
  }
}

struct NotesQuestion {
  std::string subject;
  std::string key;                    // of the definition
  std::vector<std::string> problems;  // of notes that could be read
};

void add_notes_line(const Asked<Notes>& notes, NotesQuestion question, bool is_open, const std::string& group,
                    Lines& lines) {
  if (!notes && notes.error().why == Unanswered::absent) {
    // Before the release is opened nobody has to have written them.
    if (is_open)
      lines.push_back({group, question.subject, Level::warning, notes.error().error.message, notes.error().error.hint});
    return;
  }
  if (!notes) {
    lines.push_back(unanswered_line(group, question.subject, notes.error()));
    return;
  }
  Line line{group, std::move(question.subject), Level::ok, "", ""};
  if (!question.problems.empty()) {
    line.level = Level::failure;
    line.sentence = join(question.problems, "; ");
    line.remedy = "Mend the files that `" + question.key + "` names.";
  } else {
    std::vector<std::string> locales;
    for (const auto& entry : *notes) locales.push_back(entry.first);
    line.sentence = join(locales, ", ");
  }
  lines.push_back(std::move(line));
}

void add_release_notes_line(const App& app, const Asked<Notes>& notes, bool is_open, const std::string& group,
                            Lines& lines) {
  auto problems = notes ? notes_problems(app.facts(), *notes) : std::vector<std::string>();
  add_notes_line(notes, {app.name + " release notes", "release_notes", std::move(problems)}, is_open, group, lines);
}

// Testers come before the release: a refusal there stops the candidate before anybody signs it.
void add_test_notes_line(const App& app, const Asked<Notes>& notes, bool is_open, const std::string& group,
                         Lines& lines) {
  auto problems = notes ? test_notes_problems(app.facts(), *notes) : std::vector<std::string>();
  add_notes_line(notes, {app.name + " test notes", "test_notes", std::move(problems)}, is_open, group, lines);
}

void add_source_line(const Asked<std::vector<std::string>>& obstacles, const std::string& group, Lines& lines) {
  const std::string subject = "branch and tag";
  if (!obstacles) {
    lines.push_back(unanswered_line(group, subject, obstacles.error()));
    return;
  }
  if (obstacles->empty()) {
    lines.push_back({group, subject, Level::ok, "can be made", ""});
    return;
  }
  lines.push_back({group, subject, Level::failure, join(*obstacles, "; "),
                   "Delete or rename what is in the way, or choose other names under `source`."});
}

Level level_of(ArchiveFinding::Weight weight) {
  switch (weight) {
    case ArchiveFinding::Weight::shown:
      return Level::ok;
    case ArchiveFinding::Weight::warned:
      return Level::warning;
    case ArchiveFinding::Weight::refused:
      return Level::failure;
  }
  return Level::failure;
}

std::string_view effect_of(ArchiveFinding::Weight weight) {
  switch (weight) {
    case ArchiveFinding::Weight::shown:
      return "for you to know";
    case ArchiveFinding::Weight::warned:
      return "the store only warns";
    case ArchiveFinding::Weight::refused:
      return "the store refuses it";
  }
  return {};
}

}  // namespace

Lines archive_lines(const AppName& app, const std::vector<ArchiveFinding>& findings) {
  Lines lines;
  for (const auto& finding : findings) {
    Line line{"Archive", app + " " + finding.rule, level_of(finding.weight),
              fmt::format("{} ({}; source: {})", finding.text, effect_of(finding.weight), finding.source), ""};
    if (finding.weight == ArchiveFinding::Weight::refused) {
      line.remedy = "Build again without it.";
      line.waiver_item = archive_item(app, finding);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Lines release_lines(const Definition& definition, const Asked<engine::State>& state, const ReleaseAnswers& answers) {
  Lines lines;
  if (!answers.version) return lines;
  const auto group = "Release " + answers.version->text();
  const auto* release = open_release_of(state, *answers.version);
  for (const auto& app : definition.apps) {
    add_number_lines(app, *answers.version, release, group, lines);
    if (const auto notes = answers.notes.find(app.name); notes != answers.notes.end())
      add_release_notes_line(app, notes->second, release != nullptr, group, lines);
    if (const auto notes = answers.test_notes.find(app.name); notes != answers.test_notes.end())
      add_test_notes_line(app, notes->second, release != nullptr, group, lines);
  }
  if (definition.source) add_source_line(answers.obstacles, group, lines);
  for (const auto& [app, findings] : answers.archives) {
    const auto more = archive_lines(app, findings);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

}  // namespace train::preflight
