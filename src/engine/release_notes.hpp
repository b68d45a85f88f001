// Release notes: what keeps them from being sent, and when they are sent (again). Whose text stands is a rule:
// docs/decisions/0016-whose-notes-stand.md. Inside the engine.
#pragma once

#include "app_context.hpp"

namespace train::engine {

// The store would refuse what lies there: held before the first write of the release. nullopt: it would not.
std::optional<Wait> unfit_notes_wait(const AppContext& context);

// There are none where the definition names some: held before they are sent. nullopt: there are, or none are needed.
std::optional<Wait> missing_notes_wait(const AppContext& context);

// Why the files' text is sent to a version record that is being filled; nullopt: what stands there stays.
std::optional<Reason> notes_are_due(const AppContext& context);

// Whose text goes out, for the step that sends the release away.
Reason whose_notes_stand(const AppContext& context);

// Which notes a step sends: kept in the log with the step, so that a change is noticed.
std::string notes_to_send(const AppContext& context);

}  // namespace train::engine
