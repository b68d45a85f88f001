#include "builds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "testers.hpp"
#include "train/base/digest.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

using Left = Edits::Left;

bool is_apk(const std::filesystem::path& file) { return file.extension() == ".apk"; }

tl::unexpected<Error> not_this_release(const std::string& file, const std::string& why) {
  return fail(ErrorKind::refused, fmt::format("{} does not go into this release: {}.", file, why),
              "Build it again, or correct `apks` in the definition; nothing was sent.");
}

Result<Parcel> companion(std::string_view what, std::string place, const std::string& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed || size == 0) {
    return fail(ErrorKind::storage,
                fmt::format("Cannot read {} {}: {}.", what, file, failed ? failed.message() : "it is empty"),
                "Nothing was sent: it can only go out together with the build.");
  }
  auto sha256 = sha256_hex_of_file(file);
  if (!sha256) return tl::unexpected(sha256.error());
  return Parcel{std::move(place), file, std::move(*sha256), fmt::format("Uploading {}", what)};
}

}  // namespace

Result<std::vector<Builds::Build>> Builds::further_builds(const Candidate& candidate) {
  std::vector<Build> all;
  const std::int64_t main_code = candidate.build.number().value_or(0);
  std::set<std::int64_t> codes{main_code};
  for (const std::string& pattern : std::get<GooglePlayApp>(app_->part).apks) {
    const std::string file = with_version(pattern, candidate.version);
    if (archives_ == nullptr) return fail(ErrorKind::internal, "There is nothing to read " + file + " with.");
    const auto seen = archives_->inspect(file);
    if (!seen) return tl::unexpected(seen.error());
    if (!*seen) return not_this_release(file, "there is no such file");
    const ArchiveIdentity& found = **seen;
    const std::int64_t code = found.build.number().value_or(0);
    if (found.id != app_->store_id || found.version != candidate.version) {
      return not_this_release(file, fmt::format("it says it is {} {}, wanted {} {}", printable(found.id, 200),
                                                found.version.text(), app_->store_id, candidate.version.text()));
    }
    if (!codes.insert(code).second) return not_this_release(file, fmt::format("version code {} is there twice", code));
    if (code > main_code) {
      return not_this_release(
          file, fmt::format("its version code {} is above {}; name the highest as `artifact`", code, main_code));
    }
    all.push_back({file, found.sha256, code});
  }
  return all;
}

Result<std::vector<std::int64_t>> Builds::codes_beside(const Candidate& candidate) {
  const auto builds = further_builds(candidate);
  if (!builds) return tl::unexpected(builds.error());
  std::vector<std::int64_t> codes;
  for (const Build& build : *builds) codes.push_back(build.code);
  return codes;
}

Result<std::vector<Parcel>> Builds::companions(const Upload& upload) {
  std::vector<Parcel> all;
  const auto add = [&](const std::optional<std::string>& pattern, std::string_view what,
                       std::string_view kind) -> Result<Done> {
    if (!pattern) return Done{};
    const auto file = with_version(*pattern, upload.made_of.value_or(upload.candidate.version));
    // A standby's code is old code: its files may be gone, and its way back is not held up by that.
    std::error_code ignored;
    if (upload.made_of && !std::filesystem::exists(file, ignored)) return Done{};
    auto parcel =
        companion(what, fmt::format("apks/{}/deobfuscationFiles/{}", upload.candidate.build.text(), kind), file);
    if (!parcel) return tl::unexpected(parcel.error());
    all.push_back(std::move(*parcel));
    return Done{};
  };
  const auto& own = std::get<GooglePlayApp>(app_->part);
  if (auto good = add(own.mapping, "the mapping file", "proguard"); !good) return tl::unexpected(good.error());
  if (auto good = add(own.native_symbols, "the native symbols", "nativeCode"); !good) {
    return tl::unexpected(good.error());
  }
  return all;
}

// A testing track that is not there would be found by its first `distribute`, after hours of upload.
Called<Done> Builds::has_its_tracks(const std::string& edit) {
  if (app_->testers.empty()) return Done{};
  const auto tracks = edits_->list_track_names(edit);
  if (!tracks) return stop(tracks.error());
  for (const auto& line : probe_of_tracks(*app_, *tracks)) {
    if (!line.ok)
      return stop(ErrorKind::refused,
                  fmt::format("Nothing of {} is uploaded, because of {}: {}.", app_->store_id, line.what, line.detail),
                  line.hint);
  }
  return Done{};
}

Called<bool> Builds::is_in_store(const std::string& edit, const Build& build) {
  const auto kept = is_apk(build.file) ? edits_->list_apks(edit) : edits_->list_bundles(edit);
  if (!kept) return stop(kept.error());
  for (const Bundle& there : *kept) {
    if (there.sha256 == build.sha256) return true;
    if (there.code != build.code) continue;
    return stop(ErrorKind::refused,
                fmt::format("Version code {} of {} is taken by another build: the store has sha256 {}, {} has {}.",
                            build.code, app_->store_id, printable(there.sha256, 64), build.file.string(), build.sha256),
                "Build again with a higher versionCode.");
  }
  return false;
}

Called<bool> Builds::are_in_store(const std::string& edit, const std::vector<Build>& builds) {
  for (const Build& build : builds) {
    const auto there = is_in_store(edit, build);
    if (!there || !*there) return there;
  }
  return true;
}

Called<std::string> Builds::send(const std::string& edit, const Parcel& parcel) {
  auto sent = send_parcel(*caller_, *keep_, edit, parcel, [&](std::uint64_t stored, std::uint64_t total) {
    if (progress_) progress_(parcel.what, stored, total);
  });
  if (!sent && progress_) progress_(parcel.what, 0, 0);
  return sent;
}

// false: the store had it already, and there is nothing to commit.
Called<bool> Builds::send_build(const std::string& edit, const Build& build) {
  const auto kept = keep_->edit(caller_->clock().now());
  // What lies in this edit is listed like what was committed: only what is not ours yet is asked for.
  if (!kept || kept->id != edit || !kept->holds(build.sha256)) {
    const auto there = is_in_store(edit, build);
    if (!there) return stop(there.error());
    if (*there) return false;
  }
  const bool apk = is_apk(build.file);
  const auto answer = send(
      edit, {apk ? "apks" : "bundles", build.file, build.sha256, apk ? "Uploading the APK" : "Uploading the bundle"});
  if (!answer && answer.error().trouble == Trouble::code_used) {
    // By these very bytes: an upload of them got there in between, or they lie in this edit, their answer lost. The
    // commit serves both.
    const auto there = is_in_store(edit, build);
    if (there && *there) return true;
    return there ? stop(answer.error()) : stop(there.error());
  }
  if (!answer) return stop(answer.error());
  const auto seen = apk ? parse_apk(*answer) : parse_bundle(*answer);
  if (!seen) return stop(CallError{seen.error(), Trouble::none});
  if (seen->sha256 == build.sha256 && seen->code == build.code) return true;
  return stop(
      ErrorKind::refused,
      fmt::format("Google Play received another file than {}: version code {} with sha256 {}, wanted {} with {}.",
                  build.file.string(), seen->code, printable(seen->sha256, 64), build.code, build.sha256),
      "Nothing was committed. Did the file change while it was read?");
}

Called<Left> Builds::send_all(const std::string& edit, const std::vector<Build>& builds,
                              const std::vector<Parcel>& companions) {
  bool sent = false;
  for (const Build& build : builds) {
    const auto one = send_build(edit, build);
    if (!one) return stop(one.error());
    sent = sent || *one;
  }
  // A build that was found there was brought by somebody who has brought its symbols, or will.
  if (!sent) return Left::open;
  for (const Parcel& parcel : companions) {
    const auto answer = send(edit, parcel);
    if (!answer) return stop(answer.error());
  }
  const auto committed = edits_->commit(edit);
  if (!committed) return stop(committed.error());
  return Left::committed;
}

Result<Done> Builds::upload(const Upload& upload) {
  std::vector<Build> builds{{upload.file, upload.sha256, upload.candidate.build.number().value_or(0)}};
  const auto further = upload.made_of ? Result<std::vector<Build>>() : further_builds(upload.candidate);
  if (!further) return tl::unexpected(further.error());
  builds.insert(builds.end(), further->begin(), further->end());
  const auto beside = companions(upload);
  if (!beside) return tl::unexpected(beside.error());
  const auto left = edits_->in_upload_edit([&](const std::string& edit) -> Called<Edits::Left> {
    if (const auto fit = has_its_tracks(edit); !fit) return stop(fit.error());
    return send_all(edit, builds, *beside);
  });
  const bool lost = !left && left.error().trouble == Trouble::ambiguous;
  if (!left && !lost) return tl::unexpected(left.error().error);
  if (left && *left == Left::open) return Done{};
  const Error unseen = lost ? left.error().error : Error{ErrorKind::unknown_outcome, "The upload was committed.", {}};
  return edits_->settle(unseen, [&](const std::string& edit) { return are_in_store(edit, builds); });
}

void Builds::leave_out_uncommitted(std::vector<Bundle>& bundles) {
  const auto kept = keep_->edit(caller_->clock().now());
  if (!kept) return;
  const auto ours = [&](const Bundle& bundle) { return kept->holds(bundle.sha256); };
  bundles.erase(std::remove_if(bundles.begin(), bundles.end(), ours), bundles.end());
}

}  // namespace train::stores::google_play
