// Uploads as they are seen: while they are on their way they are no build yet, and a failed one never becomes one.
#include <fmt/format.h>

#include <algorithm>

#include "store.hpp"
#include "train/base/text.hpp"
#include "upload_name.hpp"

namespace train::stores::app_store {
namespace {

bool is_of(const UploadRow& row, const VersionName& version, const std::optional<BuildNumber>& number) {
  if (row.platform != "IOS" || VersionName::parse(row.version) != version) return false;
  return !number || BuildNumber::parse(row.number) == number;
}

SeenBuild* find_seen(std::vector<SeenBuild>& builds, const BuildNumber& number) {
  const auto found =
      std::find_if(builds.begin(), builds.end(), [&](const SeenBuild& build) { return build.number == number; });
  return found == builds.end() ? nullptr : &*found;
}

// A failed upload of somebody else's says nothing about our file.
bool failed_by_us(const UploadRow& row) { return row.state == "FAILED" && row.asset && digest_in(row.asset->name); }

std::string failure_of(const UploadRow& row) { return row.errors.empty() ? std::string("FAILED") : row.errors; }

void join_upload(const UploadRow& row, const BuildNumber& number, std::vector<SeenBuild>& builds) {
  auto* build = find_seen(builds, number);
  if (build != nullptr) {
    const bool unexplained = build->state == BuildState::failed && !row.errors.empty();
    if (unexplained && build->detail.find(row.errors) == std::string::npos) build->detail += ": " + row.errors;
    return;
  }
  SeenBuild seen;
  seen.number = number;
  if (row.state == "PROCESSING" || row.state == "COMPLETE") {
    seen.detail = "upload " + row.state;
  } else if (failed_by_us(row)) {
    seen.state = BuildState::failed;
    seen.detail = failure_of(row);
  } else {
    return;
  }
  builds.push_back(std::move(seen));
}

}  // namespace

Result<std::vector<UploadRow>> AppStore::uploads_of(const VersionName& version,
                                                    const std::optional<BuildNumber>& number) {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  Query query{{"filter[cfBundleShortVersionString]", forms_of(version)},
              {"filter[platform]", "IOS"},
              {"include", "assetFile,build"},
              {"fields[buildUploadFiles]", "fileName,fileSize,assetType"},
              {"fields[builds]", "version,processingState"},
              {"limit", "50"}};
  if (number) query.emplace_back("filter[cfBundleVersion]", number->text());
  const auto document = api_.get(fmt::format("/v1/apps/{}/buildUploads", app->id), query,
                                 fmt::format("read the uploads of {}", version.text()));
  if (!document) return tl::unexpected(document.error());
  auto rows = read_uploads(*document);
  if (!rows) return rows;
  // Filters are Apple's to interpret; what the rows say decides.
  rows->erase(
      std::remove_if(rows->begin(), rows->end(), [&](const UploadRow& row) { return !is_of(row, version, number); }),
      rows->end());
  return rows;
}

Result<UploadRow> AppStore::reread_upload(const std::string& upload_id) {
  const auto document = api_.get("/v1/buildUploads/" + upload_id, {{"include", "build"}}, "read the upload back");
  if (!document) return tl::unexpected(document.error());
  return read_upload(*document);
}

Result<std::vector<UploadFileRow>> AppStore::files_of(const std::string& upload_id) {
  const auto document = api_.get(fmt::format("/v1/buildUploads/{}/buildUploadFiles", upload_id), {{"limit", "50"}},
                                 "read the upload's files");
  if (!document) return tl::unexpected(document.error());
  return read_upload_files(*document);
}

Result<Done> AppStore::join_uploads(const VersionName& version, std::vector<SeenBuild>& builds) {
  if (!app_.artifact) return Done{};  // others upload, and the store lists their builds
  auto rows = uploads_of(version, std::nullopt);
  if (!rows) return tl::unexpected(rows.error());
  // What is still under way outweighs what failed before it.
  std::stable_partition(rows->begin(), rows->end(), [](const UploadRow& row) { return row.state != "FAILED"; });
  for (const auto& row : *rows) {
    if (const auto number = BuildNumber::parse(row.number)) join_upload(row, *number, builds);
  }
  return Done{};
}

}  // namespace train::stores::app_store
