#include "train/domain/definition.hpp"

#include <algorithm>
#include <set>

namespace train {
namespace {

template <typename Values>
const typename Values::value_type* find_named(const Values& values, std::string_view name) {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.name == name; });
  return found == values.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(ChannelKind kind) { return word_of(kind); }

std::string text_of(const SecretRef& ref, const std::filesystem::path& directory) {
  switch (ref.from) {
    case SecretRef::From::environment:
      return "env:" + ref.value;
    case SecretRef::From::file:
      return "file:" + std::filesystem::path(ref.value).lexically_proximate(directory).string();
    case SecretRef::From::command:
      return "exec:" + ref.value;
  }
  return "";
}

void name_channels(std::vector<Channel>& channels, const std::filesystem::path& directory) {
  std::set<ChannelId> taken;
  for (const auto& channel : channels) taken.insert(channel.id);
  for (auto& channel : channels) {
    if (!channel.id.empty()) continue;
    const std::string base = std::string(to_string(channel.kind)) + ":" + text_of(channel.target, directory);
    channel.id = base;
    for (int i = 2; !taken.insert(channel.id).second; ++i) channel.id = base + "#" + std::to_string(i);
  }
}

StorePart part_of(StoreKind kind) {
  switch (kind) {
    case StoreKind::app_store:
      return AppStoreApp{};
    case StoreKind::google_play:
      return GooglePlayApp{};
  }
  return {};
}

bool Signal::is_for(const AppName& app) const {
  return apps.empty() || std::find(apps.begin(), apps.end(), app) != apps.end();
}

const App* Definition::find_app(const AppName& name) const { return find_named(apps, name); }
const Signal* Definition::find_signal(const SignalName& name) const { return find_named(signals, name); }
std::vector<ForceUpdateRow> default_force_update_table() {
  return {{Severity::low, Percent(), true, Degree::hard},
          {Severity::critical, Percent(), false, Degree::hard},
          {Severity::high, Percent::whole(5), false, Degree::soft},
          {Severity::high, Percent(), false, Degree::nudge},
          {Severity::medium, Percent::whole(20), false, Degree::nudge}};
}

const StandbyRule* Definition::find_standby(const AppName& name) const {
  for (const auto& rule : standby) {
    if (rule.app == name) return &rule;
  }
  return nullptr;
}

const Flag* Definition::find_flag(const FlagName& name) const { return find_named(flags, name); }
const Member* Definition::find_member(std::string_view name) const { return find_named(members, name); }

bool Definition::applies(const Gate& gate, const AppName& app) const {
  const Signal* signal = find_signal(gate.signal);
  return signal != nullptr && signal->is_for(app);
}

const Ladder& Definition::ladder_of(const App& app, bool hotfix_release) const {
  return hotfix_release && hotfix.rollout ? *hotfix.rollout : app.ladder;
}

double usual_design_effect(Exposure exposure) {
  constexpr double of_dependent = 3;
  switch (exposure) {
    case Exposure::user_day:
    case Exposure::user:
      return 1;
    case Exposure::session:
    case Exposure::request:
      return of_dependent;
  }
  return of_dependent;
}

std::optional<double> Signal::inflation() const {
  if (design_effect) return design_effect;
  if (!exposure) return std::nullopt;
  return usual_design_effect(*exposure);
}

}  // namespace train
