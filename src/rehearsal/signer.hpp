// Rollback builds for the built-in stores: a new small archive under the wanted numbers, with nothing to sign. What the
// real signer does to real archives is no part of a rehearsal. Inside the room.
#pragma once

#include "train/ports/signer.hpp"

namespace train::rehearsal {

class StageSigner final : public Signer {
 public:
  explicit StageSigner(Archives& archives) : archives_(archives) {}
  Result<Source> examine(const std::filesystem::path& source) override;
  Result<SignedBuild> rebuild(const SigningOrder& command) override;
  Result<Done> try_key(const SigningKey& key, Instant now) override;
  Result<ArchiveFacts> contents(const std::filesystem::path& file) override;

 private:
  Archives& archives_;
};

}  // namespace train::rehearsal
