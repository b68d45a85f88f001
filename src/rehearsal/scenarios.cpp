// The built-in scenarios: config/scenarios/*.yaml, byte for byte (a test compares them).
#include <array>

#include "train/rehearsal/rehearsal.hpp"

namespace train::rehearsal {
namespace {

struct BuiltIn {
  std::string_view name;
  std::string_view text;
};

// clang-format off
constexpr std::array k_built_in{
    BuiltIn{"smooth", R"yaml(about: Nothing goes wrong. Every stage soaks, every gate passes, and the release is watched to its end.

given: { live: 3.3.0 }

expect:
  - release done
  - each app reaches 100%
  - watched 24h after 100%
  - no breach
  - halt never happens
  - every rise has a pass
  - each change once
  - nothing failed
  - exit 0 at the end
)yaml"},
    BuiltIn{"crash-at-5", R"yaml(about: At 5 % one session in twenty crashes. The train must stop there, switch the features off and tell people.

given: { live: 3.3.0 }

events:
  - { when: each app at 5%, do: health, crash_rate: 5% }

expect:
  - each app never above 5%
  - each app phase halted
  - breach on each app
  - set_flag before each google_play app halt
  - each google_play app halt before notify of halt
  - every flag is off
  - notified breach
  - every rise has a pass
  - each change once
  - exit 3 at the end
)yaml"},
    BuiltIn{"crash-at-5-rollback", R"yaml(about: At 5 % one session in twenty crashes. The train stops there, and the version before goes out again under a new number.

given: { live: 3.3.0, standby: true }

events:
  - { when: each app at 5%, do: health, crash_rate: 5% }
  - { when: each app phase halted, after: 20m, do: person, run: "approve {app}:rollback" }

expect:
  - each app prepare_standby before submit
  - each app upload_standby before start_rollout
  - each app_store app submit_standby happens
  - each app never above 5%
  - breach on each app
  - set_flag before each app release_standby
  - each app release_standby happens
  - each app phase rolled_back
  - every flag is off
  - notified rollback
  - each change once
  - release done
)yaml"},
    BuiltIn{"standby-steps-aside-for-hotfix", R"yaml(about: At 20 % a hotfix is started. It needs the App Store's one place, so the standby that waits there steps aside, and says so.

given: { live: 3.3.0, standby: true, for: 30d }

events:
  - { when: each app_store app at 20%, do: person, run: "start 3.4.2 --hotfix" }
  - { when: each app_store app at 20%, after: 1h, do: person, console: upload, version: 3.4.2, build: 350 }

expect:
  - each app_store app submit_standby happens
  - each app_store app cancel_standby happens
  - notified rollback
  - each change once
)yaml"},
    BuiltIn{"halt-after-100", R"yaml(about: Six hours after 100 % crashes begin. Google Play halts a full release; the App Store cannot, so there the way back is the standby.

given: { live: 3.3.0, standby: true, for: 30d }

events:
  - { when: each app at 100%, after: 6h, do: health, crash_rate: 5% }
  - { when: each app at 100%, after: 10h, do: person, run: "approve {app}:rollback" }

expect:
  - each app reaches 100%
  - breach on each app
  - each google_play app halt happens
  - each app_store app halt never happens
  - each app release_standby happens
  - each app phase rolled_back
  - every flag is off
  - release done
)yaml"},
    BuiltIn{"review-rejected", R"yaml(about: The App Store rejects the submission. A person mends the metadata, says so, and the train submits again.

given: { live: 3.3.0 }

events:
  - { when: each app_store app phase in_review, do: review, outcome: rejected }
  - { when: each app_store app phase rejected, after: 6h, do: person, run: "resume {app} --why the description is mended" }

expect:
  - each app_store app submit happens
  - release done
  - each app reaches 100%
  - every rise has a pass
  - nothing failed
)yaml"},
    BuiltIn{"signals-go-dark", R"yaml(about: At 5 % the signals stop answering. No data is not good news, so nothing rises, and after the longest wait a person is called.

given: { live: 3.3.0, for: 21d }

events:
  - { when: each app at 5%, do: health, silent: true }

expect:
  - each app reaches 5%
  - each app never above 5%
  - each app phase rolling_out
  - no breach
  - halt never happens
  - every rise has a pass
  - each change once
  - exit 3 at the end
)yaml"},
    BuiltIn{"slow-burn", R"yaml(about: Four healthy days, then one session in thirty crashes. The healthy past must not hide it.

given: { live: 3.3.0 }

events:
  - { when: each app at 1%, after: 100h, do: health, crash_rate: 3% }

expect:
  - breach on each app
  - each app phase halted
  - notified breach
  - every rise has a pass
  - each change once
  - exit 3 at the end
)yaml"},
    BuiltIn{"vitals-outage", R"yaml(about: At 5 % the signals stop answering for two days. Nothing rises on silence, and once they answer again the train goes on.

given: { live: 3.3.0 }

events:
  - { when: each app at 5%, do: health, silent: true }
  - { when: each app at 5%, after: 48h, do: health, silent: false }

expect:
  - each app reaches 100%
  - no breach
  - halt never happens
  - every rise has a pass
  - each change once
  - release done
  - exit 0 at the end
)yaml"},
    BuiltIn{"one-gate-disagrees", R"yaml(about: At 5 % payments begin to fail while everything else is healthy. One gate is enough to stop the train.

given: { live: 3.3.0 }

events:
  - { when: each app at 5%, do: health, payment_failure_rate: 6% }

expect:
  - breach of payment_failures on each app
  - each app never above 5%
  - every rise has a pass
  - each change once
  - exit 3 at the end
)yaml"},
    BuiltIn{"feature-breach-flag-only", R"yaml(about: At 5 % one feature makes payments fail. Its flag goes off, the failures stop, and the binary goes on to everybody.

given: { live: 3.3.0 }

events:
  - { when: each app at 5%, do: health, payment_failure_rate: 6%, behind: payment_failures }

expect:
  - set_flag happens
  - flag of payment_failures is off
  - notified breach
  - halt never happens
  - each app reaches 100%
  - every rise has a pass
  - each change once
  - release done
  - nothing failed
  - exit 0 at the end
)yaml"},
    BuiltIn{"noisy-but-healthy", R"yaml(about: A healthy release whose crashes come by chance, and a live version with the same rate. Chance alone must not stop it.

given: { live: 3.3.0, seed: 1 }

events:
  - { after: 0s, do: health, crash_rate: 0.6%, payment_failure_rate: 1.2% }
  - { after: 0s, do: health, version: 3.3.0, crash_rate: 0.6%, payment_failure_rate: 1.2% }

expect:
  - no breach
  - halt never happens
  - each app reaches 100%
  - every rise has a pass
  - each change once
  - release done
)yaml"},
    BuiltIn{"lost-answer", R"yaml(about: The stores apply a write and the answer never arrives. The train looks before it asks again, so nothing happens twice.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: fault, path: /app-store/v1/appStoreVersionReleaseRequests, method: POST, times: 1, fault: drop_after_effect }
  - { after: 0h, do: fault, path: "/play/*:commit", method: POST, times: 1, fault: drop_after_effect }
  - { when: each google_play app at 1%, do: fault, path: "/play/*:commit", method: POST, times: 1, fault: drop_after_effect }
  - { when: each google_play app at 20%, do: fault, path: "/play/*:commit", method: POST, times: 1, fault: drop_before_effect }

expect:
  - an answer was lost
  - each change once
  - one runner acted
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
    BuiltIn{"halted-in-console", R"yaml(about: At 5 % somebody halts the rollout in the store's console. The train shows it as drift and never undoes it.

given: { live: 3.3.0 }

events:
  - { when: each app at 5%, do: person, console: halt }

expect:
  - drift on each app
  - each app phase halted
  - each app never above 5%
  - halt never happens
  - each change once
  - exit 3 at the end
)yaml"},
    BuiltIn{"two-runners", R"yaml(about: Two CI jobs run the train at every look, at the same time. One of them moves it, the other steps back.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: runner, together: 2 }

expect:
  - a runner stepped back
  - one runner acted
  - each change once
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
    BuiltIn{"halt-in-watch", R"yaml(about: Six hours after 100 % a person orders a halt. Google Play stops it; the App Store no longer can, and that is said.

given: { live: 3.3.0, for: 21d }

events:
  - { when: each app at 100%, after: 6h, do: person, run: "halt {app} --why support reports lost trips" }

expect:
  - each app reaches 100%
  - each google_play app halt happens
  - each google_play app phase halted
  - each app_store app halt never happens
  - each app_store app phase completed
  - release shipping
  - exit 3 at the end
)yaml"},
    BuiltIn{"missed-tick", R"yaml(about: Nobody runs the train for three days, and the App Store climbs past the allowed rung. It is paused at once when somebody does.

given: { live: 3.3.0 }

events:
  - { when: each app_store app at 2%, do: runner, absent_for: 72h }

expect:
  - overshoot on each app_store app
  - each app_store app pause happens
  - every rise has a pass
  - each change once
  - release done
)yaml"},
    BuiltIn{"newer-candidate", R"yaml(about: A newer build arrives while the first is in review. The sign-offs on the first are void, and the newer one is submitted.

given: { live: 3.3.0 }

events:
  - { when: each app_store app phase in_review, do: person, console: upload, build: 341 }
  - { when: each app_store app phase in_review, after: 1h, do: person, run: "build add {app} 341" }

expect:
  - a sign-off was voided
  - each app_store app cancel_submission happens
  - every rise has a pass
  - release done
)yaml"},
    BuiltIn{"first-release", R"yaml(about: Nothing is live yet. A first release cannot be staged, so a person says 100 % at once, and that is on record.

given: { live: none }

expect:
  - each app reaches 100%
  - each app set_percent never happens
  - every rise has a pass
  - each change once
  - release done
  - watched 24h after 100%
)yaml"},
    BuiltIn{"stale-reads", R"yaml(about: The stores answer every read from half a minute ago. The train waits until it can see what it has done.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: fault, path: /app-store/, method: GET, times: 0, fault: "stale:30s" }
  - { after: 0h, do: fault, path: /play/, method: GET, times: 0, fault: "stale:30s" }

expect:
  - each change once
  - one runner acted
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
    BuiltIn{"testers", R"yaml(about: Testers get the candidate before it is submitted, the team first. Two answers are lost on the way, and each group gets it once.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: fault, path: "/app-store/*relationships/builds", method: POST, times: 1, fault: drop_after_effect }
  - { after: 0h, do: fault, path: /app-store/v1/betaAppReviewSubmissions, method: POST, times: 1, fault: drop_after_effect }

expect:
  - each app_store app distribute happens
  - each app_store app distribute before submit
  - an answer was lost
  - each change once
  - one runner acted
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
    BuiltIn{"tenth-call-fails", R"yaml(about: Every tenth call to the stores fails, and what it asked for is not done. The train asks again, and ends where it would have.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: fault, path: /app-store/, times: 0, every: 10, fault: "status:500" }
  - { after: 0h, do: fault, path: /play/, times: 0, every: 10, fault: "status:500" }

expect:
  - each change once
  - one runner acted
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
    BuiltIn{"tenth-answer-lost", R"yaml(about: Of every tenth call to the App Store the answer is lost, done or not. The train looks, and does nothing twice.

given: { live: 3.3.0 }

events:
  - { after: 0h, do: fault, path: /app-store/, times: 0, every: 10, fault: drop_after_effect }

expect:
  - an answer was lost
  - each change once
  - one runner acted
  - every rise has a pass
  - release done
  - each app reaches 100%
)yaml"},
};
// clang-format on

}  // namespace

std::vector<std::string> built_in_scenarios() {
  std::vector<std::string> out;
  for (const auto& scenario : k_built_in) out.emplace_back(scenario.name);
  return out;
}

std::optional<std::string> scenario_text(std::string_view name) {
  for (const auto& scenario : k_built_in) {
    if (scenario.name == name) return std::string(scenario.text);
  }
  return std::nullopt;
}

}  // namespace train::rehearsal
