#include "release_notes.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"

namespace train::engine {
namespace {

// nullptr: nobody has looked, or the definition names none.
const NotesLook* notes_seen(const AppContext& context) {
  return context.look == nullptr || !context.look->notes ? nullptr : &*context.look->notes;
}

// A store with records of versions takes no notes for the first one.
bool is_first_without_notes(const AppContext& context) {
  return context.facts.reviews_apart() && context.progress.looked && !context.progress.live;
}

// A renamed record still carries the texts of the version it was.
bool has_notes_of_another(const AppContext& context) {
  return context.progress.inherited && !context.progress.notes_by_us;
}

}  // namespace

std::optional<Wait> unfit_notes_wait(const AppContext& context) {
  const auto* notes = notes_seen(context);
  if (notes == nullptr || notes->problems.empty()) return std::nullopt;
  Wait wait =
      person_wait(context, WaitKind::person, {},
                  fmt::format("{} would refuse the release notes: {}. Mend the files that `release_notes` names",
                              context.facts.in_sentence, join(notes->problems, "; ")),
                  deciders(context));
  wait.because = {{"notes", join(notes->problems, "; "), fmt::format("what {} takes", context.facts.in_sentence)}};
  return wait;
}

std::optional<Wait> missing_notes_wait(const AppContext& context) {
  const auto* notes = notes_seen(context);
  if (notes == nullptr || notes->missing.empty() || is_first_without_notes(context)) return std::nullopt;
  // What stands in the store already may go as it is.
  if (context.seen() != nullptr && context.seen()->notes_set && !has_notes_of_another(context)) return std::nullopt;
  Wait wait = person_wait(context, WaitKind::person, {}, notes->missing, deciders(context));
  wait.because = {{"notes", "none", "one file a language"}};
  return wait;
}

std::optional<Reason> notes_are_due(const AppContext& context) {
  if (!context.app.release_notes) return std::nullopt;
  const auto wanted = *context.app.release_notes;
  if (!context.seen()->notes_set) return Reason{"notes", "not set", wanted};
  if (has_notes_of_another(context)) return Reason{"notes", "another version's", wanted};
  const auto digest = notes_to_send(context);
  if (digest.empty() || digest == context.progress.notes_sent) return std::nullopt;
  if (!context.progress.notes_sent.empty())
    return Reason{"notes", "the files have changed since they were sent", wanted};
  // Never sent by the train: somebody wrote them in the console. After a rejection the files are what was mended.
  if (context.progress.may_resubmit) return Reason{"notes", "rejected, and mended here", wanted};
  return std::nullopt;
}

Reason whose_notes_stand(const AppContext& context) {
  const bool go_out_with_the_release = !context.facts.reviews_apart();
  if (!context.app.release_notes) {
    return {"notes", go_out_with_the_release ? "none" : "those of the console", "the definition names none"};
  }
  if (go_out_with_the_release) return {"notes", "those of the files", *context.app.release_notes};
  if (!context.progress.notes_by_us && context.progress.notes_sent.empty())
    return {"notes", "those of the console, which were there first", "sent from the files once these change"};
  return {"notes", "those of the files were sent; what somebody changes in the console afterwards stands",
          *context.app.release_notes};
}

std::string notes_to_send(const AppContext& context) {
  const auto* notes = notes_seen(context);
  return notes == nullptr ? std::string() : notes->digest;
}

}  // namespace train::engine
