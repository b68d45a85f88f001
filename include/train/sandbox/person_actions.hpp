// What a person can do by hand in the consoles of the built-in stores: the `action` of POST /_sandbox/person, and the
// `console` of a scenario. Which store knows which is docs/sandbox.md; the others answer that they have no such action.
#pragma once

#include <array>
#include <string_view>

namespace train::sandbox {

inline constexpr auto k_person_actions = std::to_array<std::string_view>({"halt",
                                                                          "pause",
                                                                          "resume",
                                                                          "complete",
                                                                          "withdraw",
                                                                          "after_approval",
                                                                          "rename",
                                                                          "serve_beside",
                                                                          "release",
                                                                          "set_percent",
                                                                          "remove",
                                                                          "upload",
                                                                          "begin_upload",
                                                                          "fail_processing",
                                                                          "stall_processing",
                                                                          "create_version",
                                                                          "rollout",
                                                                          "countries",
                                                                          "managed_publishing",
                                                                          "listing",
                                                                          "draft_app",
                                                                          "beta_submit",
                                                                          "beta_review",
                                                                          "beta_remove",
                                                                          "beta_auto_notify",
                                                                          "revoke_key",
                                                                          "renew_key",
                                                                          "narrow_role",
                                                                          "widen_role",
                                                                          "expire_agreements",
                                                                          "sign_agreements",
                                                                          "lapse_membership",
                                                                          "renew_membership",
                                                                          "transfer_app",
                                                                          "return_app",
                                                                          "stall_reporting",
                                                                          "resume_reporting"});

}  // namespace train::sandbox
