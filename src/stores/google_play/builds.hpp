// What a release is made of, on its way into the store: bundles or APKs, and what belongs to them (the mapping file,
// native symbols). All of it goes out in one edit and one commit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edit.hpp"
#include "train/domain/definition.hpp"
#include "train/ports/archives.hpp"
#include "train/ports/store.hpp"
#include "train/ports/upload_progress.hpp"
#include "upload.hpp"

namespace train::stores::google_play {

class Builds {
 public:
  Builds(Caller& caller, Keep& keep, Edits& edits, const App& app, Archives* archives, UploadProgress progress)
      : caller_(&caller),
        keep_(&keep),
        edits_(&edits),
        app_(&app),
        archives_(archives),
        progress_(std::move(progress)) {}

  // Done once the store keeps the build. The same bytes in the store: nothing is sent. Everything that is needed is
  // read and compared before any call.
  Result<Done> upload(const Upload& upload);
  // The version codes of the definition's further APKs, which go out in the release of `candidate`.
  Result<std::vector<std::int64_t>> codes_beside(const Candidate& candidate);
  // What lies in an edit of ours and is not committed is not in the store.
  void leave_out_uncommitted(std::vector<Bundle>& bundles);

 private:
  struct Build {
    std::filesystem::path file;
    std::string sha256;
    std::int64_t code = 0;
  };

  Result<std::vector<Build>> further_builds(const Candidate& candidate);
  Result<std::vector<Parcel>> companions(const Upload& upload);
  Called<Done> has_its_tracks(const std::string& edit);
  Called<bool> is_in_store(const std::string& edit, const Build& build);
  Called<bool> are_in_store(const std::string& edit, const std::vector<Build>& builds);
  Called<bool> send_build(const std::string& edit, const Build& build);
  Called<Edits::Left> send_all(const std::string& edit, const std::vector<Build>& builds,
                               const std::vector<Parcel>& companions);
  Called<std::string> send(const std::string& edit, const Parcel& parcel);

  Caller* caller_;
  Keep* keep_;
  Edits* edits_;
  const App* app_;
  Archives* archives_;
  UploadProgress progress_;
};

}  // namespace train::stores::google_play
