#include "lost_log.hpp"

#include <fmt/core.h>

#include "train/base/text.hpp"
#include "train/runner/stop.hpp"

namespace train::cli {
namespace {

constexpr Patience::Length k_patience{15'000};

Wait wait_for(const AppName& app, const SeenRelease& release) {
  const bool named = !(release.version == VersionName());
  const auto what = named ? release.version.text() : "build " + (release.build ? release.build->text() : release.raw);
  const auto takes_over = named ? fmt::format("`train start {}` takes it over where it stands", what)
                                : std::string(
                                      "its name in the store tells no version, so `train start` cannot take it "
                                      "over before it is renamed there");
  Wait wait;
  wait.kind = WaitKind::person;
  wait.app = app;
  wait.version = release.version;
  wait.needs_person = true;
  wait.detail = fmt::format(
      "the store has {} at {} ({}), and the log knows of no release: it may have been lost. Bring it back from a "
      "backup, or {}; `train halt {} --without-log --yes` stops it",
      what, release.percent.text(), printable(release.raw, 80), takes_over, app);
  wait.because = {{"log", "it has no release", "the release that the store serves"}};
  return wait;
}

}  // namespace

std::vector<Wait> rollouts_without_log(const engine::State& state, const runner::Ports& ports) {
  std::vector<Wait> out;
  if (!state.releases.empty()) return out;
  for (const auto& app : runner::unknown_to(state, runner::what_is_served(ports, patience_within(k_patience)))) {
    for (const auto& release : app.releases) out.push_back(wait_for(app.app, release));
  }
  return out;
}

}  // namespace train::cli
