// The words enumerations have in the log. They are the log's own and never change, whatever views call the same things.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "train/domain/event.hpp"

namespace train::event_log {

template <typename E>
struct Words;

template <typename E, std::size_t N>
constexpr bool covers(const std::array<std::string_view, N>&, E last) {
  return N == static_cast<std::size_t>(last) + 1;
}

template <>
struct Words<Verdict> {
  static constexpr std::array<std::string_view, 3> all{"pass", "hold", "breach"};
  static_assert(covers(all, Verdict::breach));
};

template <>
struct Words<SignalKind> {
  static constexpr std::array<std::string_view, 4> all{"proportion", "rate", "level", "alarm"};
  static_assert(covers(all, SignalKind::alarm));
};

template <>
struct Words<Reaction> {
  static constexpr std::array<std::string_view, 3> all{"investigate", "pause", "rollback"};
  static_assert(covers(all, Reaction::rollback));
};

template <>
struct Words<Measurement::State> {
  static constexpr std::array<std::string_view, 4> all{"measured", "no_data", "stale", "failed"};
  static_assert(covers(all, Measurement::State::failed));
};

template <>
struct Words<BuildState> {
  static constexpr std::array<std::string_view, 3> all{"processing", "ready", "failed"};
  static_assert(covers(all, BuildState::failed));
};

template <>
struct Words<TesterStatus> {
  static constexpr std::array<std::string_view, 10> all{"no_group", "absent", "unsubmitted", "queued",  "in_review",
                                                        "rejected", "untold", "testing",     "blocked", "unknown"};
  static_assert(covers(all, TesterStatus::unknown));
};

template <>
struct Words<ReleaseStatus> {
  static constexpr std::array<std::string_view, 12> all{
      "draft",     "waiting_for_review", "in_review", "rejected", "withdrawn",  "approved",
      "releasing", "held_by_store",      "serving",   "halted",   "superseded", "unknown"};
  static_assert(covers(all, ReleaseStatus::unknown));
};

template <>
struct Words<PhasedRelease::State> {
  static constexpr std::array<std::string_view, 5> all{"inactive", "active", "paused", "complete", "unknown"};
  static_assert(covers(all, PhasedRelease::State::unknown));
};

template <>
struct Words<event::SignedOff::How> {
  static constexpr std::array<std::string_view, 3> all{"approved", "waived", "adopted"};
  static_assert(covers(all, event::SignedOff::How::adopted));
};

template <>
struct Words<event::Outcome::Result> {
  static constexpr std::array<std::string_view, 4> all{"done", "failed", "unknown", "superseded"};
  static_assert(covers(all, event::Outcome::Result::superseded));
};

template <>
struct Words<Action> {
  static constexpr std::array<std::string_view, 26> all{"cut_branch",
                                                        "start_build",
                                                        "upload_build",
                                                        "distribute",
                                                        "create_version",
                                                        "attach_build",
                                                        "set_release_notes",
                                                        "submit",
                                                        "cancel_submission",
                                                        "start_rollout",
                                                        "set_percent",
                                                        "pause",
                                                        "resume",
                                                        "complete",
                                                        "halt",
                                                        "tag",
                                                        "prepare_standby",
                                                        "upload_standby",
                                                        "submit_standby",
                                                        "release_standby",
                                                        "cancel_standby",
                                                        "set_flag",
                                                        "notify",
                                                        "annotate",
                                                        "set_update_priority",
                                                        "remove_from_sale"};
  static_assert(covers(all, Action::remove_from_sale));
};

template <typename E>
constexpr std::string_view word_of(E value) {
  return Words<E>::all[static_cast<std::size_t>(value)];
}

template <typename E>
constexpr std::optional<E> from_word(std::string_view word) {
  for (std::size_t i = 0; i < Words<E>::all.size(); ++i) {
    if (Words<E>::all[i] == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace train::event_log
