#include "train/runner/archive_check.hpp"

#include <array>

#include "train/base/text.hpp"
#include "train/domain/number_rules.hpp"

namespace train::runner {
namespace {

// The archive of what is live is looked for where the definition had it.
std::optional<ArchiveFacts> facts_of_live(Signer& signer, const App& app, const std::optional<LiveVersion>& live) {
  if (!live || !app.artifact) return std::nullopt;
  const std::array values{Substitution{"version", live->version.text()}};
  const std::filesystem::path file = substitute(*app.artifact, values);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  auto facts = signer.contents(file);
  return facts ? std::optional(std::move(*facts)) : std::nullopt;
}

}  // namespace

std::optional<ArchiveFinding> number_finding(const App& app, const ArchiveIdentity& identity) {
  std::string what = "its version " + identity.version.text();
  auto why = unfit_version(app.facts(), identity.version);
  if (!why) {
    what = "its build number " + identity.build.text();
    why = unfit_build(app.facts(), identity.build);
  }
  if (!why) return std::nullopt;
  return ArchiveFinding{"number", ArchiveFinding::Weight::refused, what + " " + *why, std::string(app.facts().name)};
}

Result<std::vector<ArchiveFinding>> examine_archive(Signer& signer, const App& app, const std::filesystem::path& file,
                                                    const std::optional<LiveVersion>& live, Instant now) {
  const auto facts = signer.contents(file);
  if (!facts) return tl::unexpected(facts.error());
  const auto before = facts_of_live(signer, app, live);
  ArchiveQuestion question;
  question.store_id = app.store_id;
  if (before) question.live = &*before;
  question.encryption_is_declared =
      app.app_store() != nullptr && app.app_store()->uses_non_exempt_encryption.has_value();
  question.now = now;
  return judge_archive(*facts, question);
}

}  // namespace train::runner
