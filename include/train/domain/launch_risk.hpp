// The launch risks that `train check` can find, each as the item under which a person may waive it: who finds one and
// who takes the waiver name the same.
#pragma once

#include <vector>

#include "train/base/names.hpp"
#include "train/domain/definition.hpp"
#include "train/domain/sign_off_item.hpp"

namespace train::risk {

item::Risk owner();  // nobody is on duty
item::Risk flag(const FlagName& name);
item::Risk gates(const AppName& app);
item::Risk halt(const AppName& app);
item::Risk signal(const AppName& app, const SignalName& name);
item::Risk standby(const AppName& app);

// Every one that a check of this definition can find.
std::vector<item::Risk> all_of(const Definition& definition);

}  // namespace train::risk
