#include "app_store/upload.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app_store/model.hpp"
#include "app_store/package.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {
namespace {

bool same_release(std::string_view marketing, std::string_view number, const Build& build) {
  return VersionName::parse(marketing) == VersionName::parse(build.marketing) &&
         BuildNumber::parse(number) == BuildNumber::parse(build.number);
}

void become_build(Model& model, BuildUpload& upload) {
  Build build;
  build.id = model.new_id();
  build.app_id = upload.app_id;
  build.marketing = upload.marketing;
  build.number = upload.number;
  build.state = k_processing;
  build.uploaded = *upload.uploaded;
  build.processed_at = *upload.uploaded + k_processing_time;
  upload.build_id = build.id;
  model.builds.push_back(std::move(build));
}

UploadIssue mismatch(std::string_view key, std::string_view told, std::string_view found) {
  return {
      "90345",
      fmt::format("Metadata/Info.plist Mismatch. The value told for the upload, {}, and {} in Info.plist, {}, do not "
                  "match.",
                  told, key, printable(found, 100))};
}

void check_version(const Model& model, const BuildUpload& upload, std::vector<UploadIssue>& issues) {
  const auto ours = VersionName::parse(upload.marketing);
  for (const auto& version : model.versions) {
    const auto number = VersionName::parse(version.number);
    if (version.app_id != upload.app_id || version.state != k_live || !number || *ours > *number) continue;
    issues.push_back({"90186", fmt::format("Invalid Pre-Release Train. The train version '{}' is closed for new build "
                                           "submissions.",
                                           upload.marketing)});
    issues.push_back(
        {"90062", fmt::format("This bundle is invalid. The value for key CFBundleShortVersionString [{}] in "
                              "the Info.plist file must contain a higher version than that of the "
                              "previously approved version [{}].",
                              upload.marketing, version.number)});
  }
}

}  // namespace

std::string UploadFile::read(std::uint64_t offset, std::uint64_t length) const {
  std::string out;
  for (const auto& slice : slices) {
    if (length == 0 || offset < slice.offset || offset >= slice.offset + slice.length) continue;
    const auto inside = offset - slice.offset;
    const auto wanted = std::min(length, slice.length - inside);
    const auto piece = slice.bytes ? slice.bytes->read(inside, wanted) : slice.small.substr(inside, wanted);
    out += piece;
    if (piece.size() < wanted) break;
    offset += wanted;
    length -= wanted;
  }
  return out;
}

BuildUpload* find_upload(Model& model, std::string_view id) {
  const auto found =
      std::find_if(model.uploads.begin(), model.uploads.end(), [&](const BuildUpload& row) { return row.id == id; });
  return found == model.uploads.end() ? nullptr : &*found;
}

std::pair<BuildUpload*, UploadFile*> find_upload_file(Model& model, std::string_view id) {
  for (auto& upload : model.uploads) {
    if (upload.file && upload.file->id == id) return {&upload, &*upload.file};
  }
  return {nullptr, nullptr};
}

std::pair<BuildUpload*, UploadSlice*> find_slice(Model& model, std::string_view token) {
  for (auto& upload : model.uploads) {
    if (!upload.file) continue;
    for (auto& slice : upload.file->slices) {
      if (slice.token == token) return {&upload, &slice};
    }
  }
  return {nullptr, nullptr};
}

bool has_build(const Model& model, std::string_view app_id, std::string_view marketing, std::string_view number) {
  return std::any_of(model.builds.begin(), model.builds.end(), [&](const Build& build) {
    return build.app_id == app_id && same_release(marketing, number, build);
  });
}

std::vector<UploadSlice> cut_into_slices(std::uint64_t size, const std::string& file_id, std::uint64_t seed) {
  const auto share = [size](std::uint64_t parts) { return (size + parts - 1) / parts; };
  const auto length = std::max({std::min(share(8), k_slice_bytes), share(k_slices_most), k_slice_least});
  std::vector<UploadSlice> slices;
  for (std::uint64_t offset = 0; offset < size; offset += length) {
    UploadSlice slice;
    slice.part = static_cast<int>(slices.size()) + 1;
    slice.offset = offset;
    slice.length = std::min(length, size - offset);
    const auto secret = sha256_hex(fmt::format("{}/{}/{}", seed, file_id, slice.part));
    slice.token = secret.substr(0, 32);
    slice.signature = secret.substr(32);
    slices.push_back(std::move(slice));
  }
  return slices;
}

std::vector<UploadIssue> check_archive(const Model& model, const BuildUpload& upload) {
  const auto app =
      std::find_if(model.apps.begin(), model.apps.end(), [&](const AppRow& row) { return row.id == upload.app_id; });
  const auto seen = read_package(*upload.file);
  if (!seen) return {{"90034", seen.error().message}};
  std::vector<UploadIssue> issues;
  const auto differs = [](const std::string& found, const std::string& told) {
    return !found.empty() && found != told;
  };
  if (differs(seen->bundle_id, app->bundle_id)) {
    issues.push_back({"90054", fmt::format("This bundle is invalid. The bundle identifier '{}' is not that of the app, "
                                           "'{}'.",
                                           printable(seen->bundle_id, 200), app->bundle_id)});
  }
  if (differs(seen->version, upload.marketing)) {
    issues.push_back(mismatch("CFBundleShortVersionString", upload.marketing, seen->version));
  }
  if (differs(seen->build, upload.number)) issues.push_back(mismatch("CFBundleVersion", upload.number, seen->build));
  check_version(model, upload, issues);
  if (has_build(model, upload.app_id, upload.marketing, upload.number)) {
    issues.push_back({"90189", fmt::format("Redundant Binary Upload. You've already uploaded a build with build number "
                                           "'{}' for version number '{}'.",
                                           upload.number, upload.marketing)});
  }
  return issues;
}

void finish_checks(Model& model, Instant at) {
  for (auto& upload : model.uploads) {
    if (upload.due != at) continue;
    upload.due.reset();
    if (upload.errors.empty()) upload.errors = check_archive(model, upload);
    upload.state = upload.errors.empty() ? k_complete : k_failed;
    if (upload.errors.empty()) become_build(model, upload);
    upload.file->slices.clear();  // the bytes have served
  }
}

std::string begin_foreign_upload(Model& model, const AppRow& app, std::string marketing, std::string number,
                                 Instant now) {
  BuildUpload upload;
  upload.id = model.new_id();
  upload.app_id = app.id;
  upload.marketing = std::move(marketing);
  upload.number = std::move(number);
  upload.created = now;
  UploadFile file;
  file.id = model.new_id();
  file.name = "Charge.ipa";
  file.uti = "com.apple.ipa";
  file.size = 40u << 20;
  file.expires = now + k_reservation_time;
  file.slices = cut_into_slices(file.size, file.id, model.seed);
  upload.file = std::move(file);
  model.uploads.push_back(upload);
  return fmt::format("app-store/{} build {} upload begun by another tool", upload.marketing, upload.number);
}

std::string fail_processing(Model& model, const AppRow& app, std::string_view marketing, std::string_view number) {
  const UploadIssue issue{"90338", "Non-public API usage. The app references non-public symbols."};
  std::string failed;
  for (auto& build : model.builds) {
    if (build.app_id != app.id || !same_release(marketing, number, build) || !build.processed_at) continue;
    build.state = "INVALID";
    build.processed_at.reset();
    failed = fmt::format("app-store/{} build {} INVALID", build.marketing, build.number);
  }
  for (auto& upload : model.uploads) {
    const bool same = upload.app_id == app.id &&
                      VersionName::parse(upload.marketing) == VersionName::parse(marketing) &&
                      BuildNumber::parse(upload.number) == BuildNumber::parse(number);
    const bool ours = same && (upload.due || (!failed.empty() && !upload.build_id.empty()));
    if (!ours) continue;
    upload.state = k_failed;
    upload.due.reset();
    upload.errors = {issue};
    if (failed.empty()) failed = fmt::format("app-store/{} build {} upload FAILED", upload.marketing, upload.number);
  }
  return failed;
}

std::string stall_processing(Model& model, const AppRow& app, std::string_view marketing, std::string_view number) {
  for (auto& build : model.builds) {
    if (build.app_id != app.id || !same_release(marketing, number, build) || !build.processed_at) continue;
    build.processed_at.reset();
    return fmt::format("app-store/{} build {} is processed without end", build.marketing, build.number);
  }
  return {};
}

}  // namespace train::sandbox::app_store
