#include "signer.hpp"

#include "train/base/files.hpp"
#include "train/sandbox/sandbox.hpp"

namespace train::rehearsal {

Result<Signer::Source> StageSigner::examine(const std::filesystem::path& source) {
  auto identity = archives_.inspect(source);
  if (!identity) return tl::unexpected(identity.error());
  if (!*identity) return fail(ErrorKind::not_found, "There is no archive " + source.string() + ".");
  return Source{std::move(**identity), {}};
}

Result<SignedBuild> StageSigner::rebuild(const SigningOrder& command) {
  const auto source = examine(command.source);
  if (!source) return tl::unexpected(source.error());
  const auto& id = source->identity.id;
  const bool is_ipa = command.source.extension() == ".ipa";
  const auto bytes = is_ipa ? sandbox::example_archive(id, command.build.text(), command.version.text())
                            : sandbox::example_bundle(id, command.build.number().value_or(0), command.version.text());
  if (auto written = write_file_atomically(command.out, bytes); !written) return tl::unexpected(written.error());
  return examine(command.out).map([](Source made) { return SignedBuild{std::move(made.identity), {}, {}}; });
}

Result<Done> StageSigner::try_key(const SigningKey& /*key*/, Instant /*now*/) { return Done{}; }

Result<ArchiveFacts> StageSigner::contents(const std::filesystem::path& /*file*/) { return ArchiveFacts{}; }

}  // namespace train::rehearsal
