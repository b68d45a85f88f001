// Actions in words for people. Steps, the JSON, the log and a rehearsal's timeline keep the action's own word.
#include "text.hpp"

namespace train::cli {
namespace {

std::string_view words_of(Action action) {
  switch (action) {
    case Action::cut_branch:
      return "cut the release branch";
    case Action::start_build:
      return "start a build";
    case Action::upload_build:
      return "upload build";
    case Action::distribute:
      return "give testers build";
    case Action::create_version:
      return "create the version in the store";
    case Action::attach_build:
      return "attach build";
    case Action::set_release_notes:
      return "write the release notes";
    case Action::submit:
      return "submit for review";
    case Action::cancel_submission:
      return "withdraw from review";
    case Action::start_rollout:
      return "start the rollout";
    case Action::set_percent:
      return "raise the rollout";
    case Action::pause:
      return "pause the rollout";
    case Action::resume:
      return "resume the rollout";
    case Action::complete:
      return "complete the rollout";
    case Action::halt:
      return "halt the rollout";
    case Action::tag:
      return "set the tag";
    case Action::prepare_standby:
      return "build the standby";
    case Action::upload_standby:
      return "upload the standby";
    case Action::submit_standby:
      return "submit the standby for review";
    case Action::release_standby:
      return "release the standby";
    case Action::cancel_standby:
      return "withdraw the standby from review";
    case Action::set_flag:
      return "set the flag";
    case Action::notify:
      return "notify";
    case Action::annotate:
      return "annotate";
    case Action::set_update_priority:
      return "set the update priority";
    case Action::remove_from_sale:
      return "remove the app from sale";
    case Action::prepare_recovery:
      return "prepare the recovery";
    case Action::deploy_recovery:
      return "deploy the recovery";
    case Action::cancel_recovery:
      return "cancel the recovery";
    case Action::widen_recovery:
      return "widen the recovery";
    case Action::set_minimum_version:
      return "set the minimum version";
    case Action::set_update_policy:
      return "set the update policy";
  }
  return "";
}

}  // namespace

std::string action_text(Action action, std::optional<Percent> to) {
  std::string out(words_of(action));
  if (!to) return out;
  return out + (action == Action::start_rollout ? " at " : " to ") + to->text();
}

}  // namespace train::cli
