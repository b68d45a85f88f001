// Actions in words for people. Steps, the JSON, the log and a rehearsal's timeline keep the action's own word.
#include <algorithm>
#include <array>

#include "text.hpp"
#include "train/domain/words.hpp"

namespace train::cli {
namespace {

struct ActionText {
  Action action;
  std::string_view words;
};

constexpr std::array k_texts{
    ActionText{Action::cut_branch, "cut the release branch"},
    ActionText{Action::start_build, "start a build"},
    ActionText{Action::upload_build, "upload build"},
    ActionText{Action::distribute, "give testers build"},
    ActionText{Action::create_version, "create the version in the store"},
    ActionText{Action::attach_build, "attach build"},
    ActionText{Action::set_release_notes, "write the release notes"},
    ActionText{Action::submit, "submit for review"},
    ActionText{Action::cancel_submission, "withdraw from review"},
    ActionText{Action::retake_release, "keep the store from releasing by itself"},
    ActionText{Action::start_rollout, "start the rollout"},
    ActionText{Action::set_percent, "raise the rollout"},
    ActionText{Action::pause, "pause the rollout"},
    ActionText{Action::resume, "resume the rollout"},
    ActionText{Action::complete, "complete the rollout"},
    ActionText{Action::halt, "halt the rollout"},
    ActionText{Action::tag, "set the tag"},
    ActionText{Action::prepare_standby, "build the standby"},
    ActionText{Action::upload_standby, "upload the standby"},
    ActionText{Action::submit_standby, "submit the standby for review"},
    ActionText{Action::release_standby, "release the standby"},
    ActionText{Action::cancel_standby, "withdraw the standby from review"},
    ActionText{Action::set_flag, "set the flag"},
    ActionText{Action::notify, "notify"},
    ActionText{Action::annotate, "annotate"},
    ActionText{Action::set_update_priority, "set the update priority"},
    ActionText{Action::remove_from_sale, "remove the app from sale"},
    ActionText{Action::prepare_recovery, "prepare the recovery"},
    ActionText{Action::deploy_recovery, "deploy the recovery"},
    ActionText{Action::cancel_recovery, "cancel the recovery"},
    ActionText{Action::widen_recovery, "widen the recovery"},
    ActionText{Action::set_minimum_version, "set the minimum version"},
    ActionText{Action::set_update_policy, "set the update policy"},
};
static_assert(k_texts.size() == EnumWords<Action>::all.size(), "every action needs its words");

std::string_view words_of(Action action) {
  const auto found =
      std::find_if(k_texts.begin(), k_texts.end(), [&](const ActionText& each) { return each.action == action; });
  return found == k_texts.end() ? to_string(action) : found->words;
}

}  // namespace

std::string action_text(Action action, std::optional<Percent> to) {
  std::string out(words_of(action));
  if (!to) return out;
  return out + (action == Action::start_rollout ? " at " : " to ") + to->text();
}

}  // namespace train::cli
