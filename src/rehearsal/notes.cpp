#include "notes.hpp"

#include <fmt/format.h>

#include "train/base/text.hpp"

namespace train::rehearsal {
namespace {

struct Words {
  const Event& event;

  std::optional<Note> operator()(const event::Opened& e) const {
    return Note{{}, fmt::format("{}{} is opened by {}", e.hotfix ? "hotfix " : "", e.version.text(), event.by)};
  }
  std::optional<Note> operator()(const event::CandidateChosen& e) const {
    const auto voided = e.voided.empty() ? std::string() : "; void: " + join(e.voided, ", ");
    return Note{e.app, fmt::format("build {} is the candidate ({}){}", e.build.text(),
                                   e.origin ? to_string(*e.origin) : "", voided)};
  }
  std::optional<Note> operator()(const event::SignedOff& e) const {
    switch (e.how) {
      case event::SignedOff::How::approved:
        return Note{{}, fmt::format("{} signs {}", event.by, e.item)};
      case event::SignedOff::How::waived:
        return Note{{}, fmt::format("{} waives {}: {}", event.by, e.item, e.why)};
      case event::SignedOff::How::adopted:
        return Note{{}, fmt::format("{} is adopted: {}", e.item, e.why)};
    }
    return std::nullopt;
  }
  std::optional<Note> operator()(const event::StageReached& e) const {
    if (!e.overshoot) return std::nullopt;
    return Note{e.app, fmt::format("overshoot: {} was served before anybody stopped it", e.percent.text())};
  }
  std::optional<Note> operator()(const event::Held& e) const { return by(e.app, "holds", e.why); }
  std::optional<Note> operator()(const event::Resumed& e) const { return by(e.app, "resumes", e.why); }
  std::optional<Note> operator()(const event::HaltOrdered& e) const {
    return by(e.app, e.removal ? "takes the app off sale" : e.rollback ? "orders a rollback" : "orders a halt", e.why);
  }
  std::optional<Note> operator()(const event::Breached& e) const {
    return Note{e.app, fmt::format("{} breaches: {}; reaction: {}", e.evidence.id(), e.evidence.why,
                                   to_string(e.reaction.value_or(Reaction::investigate)))};
  }
  std::optional<Note> operator()(const event::Warned& e) const {
    return Note{e.app, fmt::format("{} looks bad: {}", e.evidence.id(), e.evidence.why)};
  }
  std::optional<Note> operator()(const event::Drifted& e) const { return Note{e.app, "drift: " + e.what}; }
  std::optional<Note> operator()(const event::Escalated& e) const { return Note{e.app, "needs a person: " + e.what}; }
  std::optional<Note> operator()(const event::Abandoned& e) const { return by({}, "abandons the release", e.why); }
  std::optional<Note> operator()(const event::DefinitionKnown& e) const {
    if (e.why.empty()) return std::nullopt;
    return by({}, "makes the log this definition's", e.why);
  }
  std::optional<Note> operator()(const event::Looked&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::ChannelsSeen&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::MessagesDropped& e) const {
    return Note{{}, fmt::format("{} older messages to {} are dropped", e.count, e.channel)};
  }
  std::optional<Note> operator()(const event::Repaired& e) const { return Note{{}, "the log was mended: " + e.what}; }

  std::optional<Note> operator()(const event::Departed&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Seen&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Intent&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Outcome&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::LevelSampled&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::WaitingForPeople&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Finished&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Judged&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::Counted&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::RulesSet&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::RulesDiffer& e) const {
    return Note{e.app, fmt::format("the gate {} is not taken as it stands now: {}", e.signal, e.what)};
  }

  std::optional<Note> operator()(const event::StandbyChosen& e) const {
    return Note{e.app,
                fmt::format("the way back: {} ({}) is {} again", e.standby.text(), e.build.text(), e.from.text())};
  }
  std::optional<Note> operator()(const event::StandbySeen&) const { return std::nullopt; }
  std::optional<Note> operator()(const event::ForceUpdateDecided& e) const {
    return by(e.app, "asks people on " + e.version.text() + " to update (" + e.degree + ")", e.why);
  }

 private:
  Note by(const AppName& app, std::string_view verb, const std::string& reason) const {
    return Note{app, fmt::format("{} {}: {}", event.by, verb, reason)};
  }
};

}  // namespace

std::optional<Note> note_of(const Event& event) {
  auto note = std::visit(Words{event}, event.body);
  if (note) note->text = printable(note->text, 300);
  return note;
}

}  // namespace train::rehearsal
