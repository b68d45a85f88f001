// What a person may sign off, approve or waive: one parser and one printer for the words that a wait shows and that
// `train approve` takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "train/base/names.hpp"
#include "train/domain/definition.hpp"

namespace train {

namespace item {

struct Checklist {  // "store-copy"
  std::string id;
  bool operator==(const Checklist&) const = default;
};
struct Approval {  // "submission:qa", "rollout:release_manager"
  Before before = Before::submission;
  std::string role;
  bool operator==(const Approval&) const = default;
};
struct Gate {  // "android:gate:crashes": this stage passes without that gate
  AppName app;
  SignalName signal;  // k_any_gate: where no gate is defined at all
  bool operator==(const Gate&) const = default;
};
struct Testers {  // "ios:testers:field-beta"
  AppName app;
  std::string group;
  bool operator==(const Testers&) const = default;
};
struct FullRelease {  // "android:full_release": a first release, which cannot be staged
  AppName app;
  bool operator==(const FullRelease&) const = default;
};
struct Standby {  // "ios:standby"
  AppName app;
  bool operator==(const Standby&) const = default;
};
struct Rollback {  // "android:rollback": the standby may go out after a breach
  AppName app;
  bool operator==(const Rollback&) const = default;
};
struct ForceUpdate {  // "force-update:3.4.0:hard:release_manager"
  VersionName bad;
  Degree degree = Degree::none;
  std::string role;
  bool operator==(const ForceUpdate&) const = default;
};
struct Risk {  // "risk:owner", "risk:flag:new_checkout": a finding of `train check`
  std::string about;
  bool operator==(const Risk&) const = default;
};

inline constexpr std::string_view k_any_gate = "any";

}  // namespace item

using SignOffItem = std::variant<item::Checklist, item::Approval, item::Gate, item::Testers, item::FullRelease,
                                 item::Standby, item::Rollback, item::ForceUpdate, item::Risk>;

std::string text_of(const SignOffItem& item);

// nullopt: no item is written like that. Whether the definition asks for it is not known here. What reads both as an
// approval and as an app's item ("rollout:standby") is the approval.
std::optional<SignOffItem> parse_sign_off_item(std::string_view text);

}  // namespace train
