// An .ipa into the store: reserve, send the slices, commit, see it leave AWAITING_UPLOAD. Whatever an earlier run, or
// somebody else, has already done is looked for first.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "store.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"
#include "upload_name.hpp"
#include "upload_slices.hpp"

namespace train::stores::app_store {

using nlohmann::json;

// What is to be uploaded.
struct AppStore::Parcel {
  Candidate candidate;
  std::filesystem::path file;
  std::string name;  // in the store
  std::string sha256;
  std::uint64_t size = 0;
  std::string what;  // "upload build 341 of 3.4.0"
};

// A reservation that waits for our bytes.
struct AppStore::Place {
  std::string upload_id;
  UploadFileRow file;
};

namespace {

constexpr int k_reservations_most = 2;  // in one run
constexpr std::string_view k_awaiting = "AWAITING_UPLOAD";

bool has_left_the_wait(const UploadRow& row) { return row.state == "PROCESSING" || row.state == "COMPLETE"; }

bool holds_build(const std::vector<BuildRow>& builds, const Candidate& candidate) {
  return std::any_of(builds.begin(), builds.end(), [&](const BuildRow& row) {
    return BuildNumber::parse(row.number) == candidate.build && VersionName::parse(row.marketing) == candidate.version;
  });
}

// The file on disk is still the one that was chosen, and signed off.
Result<std::string> digest_of(const Upload& upload) {
  auto digest = sha256_hex_of_file(upload.file);
  if (!digest || upload.sha256.empty() || *digest == upload.sha256) return digest;
  return fail(ErrorKind::refused,
              fmt::format("Cannot upload {}: the file has changed since it became the candidate.",
                          printable(upload.file.string(), 400)),
              "Build it again under a higher build number, or put the old file back.");
}

tl::unexpected<Error> refused_before(std::string_view what, std::string_view errors) {
  return fail(ErrorKind::refused,
              fmt::format("Cannot {}: App Store Connect has checked this very file and refused it: {}.", what,
                          errors.empty() ? "it does not say why" : errors),
              "Mend what is listed and build again under a higher build number.");
}

tl::unexpected<Error> somebody_elses(std::string_view what, const UploadFileRow& file) {
  return fail(ErrorKind::conflict,
              fmt::format("Cannot {}: another upload of that build is under way ({}, {} bytes).", what,
                          printable(file.name, 200), file.size),
              "Wait for it, or delete it in App Store Connect (TestFlight, Build Uploads).");
}

const UploadFileRow* archive_in(const std::vector<UploadFileRow>& files) {
  for (const auto& file : files) {
    if (file.asset_type == "ASSET" || file.asset_type.empty()) return &file;
  }
  return nullptr;
}

}  // namespace

Result<Done> AppStore::upload_build(const Upload& upload) {
  Parcel parcel;
  parcel.candidate = upload.candidate;
  parcel.file = upload.file;
  parcel.what = fmt::format("upload build {} of {}", upload.candidate.build.text(), upload.candidate.version.text());
  std::error_code failed;
  parcel.size = std::filesystem::file_size(upload.file, failed);
  if (failed || parcel.size == 0) {
    return fail(ErrorKind::storage,
                fmt::format("Cannot {}: {} is {}.", parcel.what, printable(upload.file.string(), 400),
                            failed ? failed.message() : "empty"),
                "Build it again, or correct `artifact` in the definition.");
  }
  if (const auto may = may_upload(parcel); !may) return may;
  const auto builds = builds_of(parcel.candidate.version, parcel.candidate.build);
  if (!builds) return tl::unexpected(builds.error());
  // What became of it is the view's to tell.
  if (holds_build(*builds, parcel.candidate)) return Done{};
  const auto digest = digest_of(upload);
  if (!digest) return tl::unexpected(digest.error());
  parcel.sha256 = *digest;
  parcel.name = upload_name(upload.file, parcel.sha256);
  for (int attempt = 1;; ++attempt) {
    const auto place = place_for(parcel);
    if (!place) return tl::unexpected(place.error());
    if (!*place) return Done{};
    bool reservation_gone = false;
    auto done = deliver(parcel, **place, reservation_gone);
    if (!reservation_gone || attempt == k_reservations_most) return done;
    if (auto deleted = delete_upload(parcel, (*place)->upload_id); !deleted) return deleted;
  }
}

Result<Done> AppStore::may_upload(const Parcel& parcel) {
  const auto& version = parcel.candidate.version;
  const auto shelf = look_at(version);
  if (!shelf) return tl::unexpected(shelf.error());
  const auto* own = find_version(shelf->rows, version);
  const auto live = live_beside(shelf->rows, version);
  const bool is_live = own != nullptr && is_live_word(own->state);
  if (!is_live && (!live || live->version < version)) return Done{};
  return fail(ErrorKind::refused,
              fmt::format("Cannot {}: version {} is live, and the App Store takes only higher ones.", parcel.what,
                          is_live ? printable(own->number, 40) : live->version.text()),
              "Start the release under a higher version.");
}

Result<std::optional<AppStore::Place>> AppStore::place_for(const Parcel& parcel) {
  const auto rows = uploads_of(parcel.candidate.version, parcel.candidate.build);
  if (!rows) return tl::unexpected(rows.error());
  for (const auto& row : *rows) {
    if (has_left_the_wait(row)) return std::optional<Place>();
    const bool ours = row.asset && digest_in(row.asset->name) == parcel.sha256.substr(0, 16);
    if (row.state == "FAILED" && ours) return refused_before(parcel.what, row.errors);
  }
  for (const auto& row : *rows) {
    if (row.state == "FAILED") continue;
    if (row.state != k_awaiting) {
      return fail(ErrorKind::refused,
                  fmt::format("Cannot {}: an upload of it is {}, which train does not know.", parcel.what,
                              printable(row.state, 60)),
                  "Look at it in App Store Connect (TestFlight, Build Uploads).");
    }
    auto place = place_in(parcel, row);
    if (!place || *place) return place;
  }
  auto place = reserve(parcel);
  if (!place) return tl::unexpected(place.error());
  return std::optional<Place>(std::move(*place));
}

// An open upload: ours to go on with, ours but of other bytes (nullopt, once it is deleted), or somebody else's.
Result<std::optional<AppStore::Place>> AppStore::place_in(const Parcel& parcel, const UploadRow& row) {
  const auto files = files_of(row.id);
  if (!files) return tl::unexpected(files.error());
  const auto* file = archive_in(*files);
  if (file == nullptr) {
    // As with review submissions: an open one that is empty is taken as ours.
    return describe_file(parcel, row.id).map([](Place place) { return std::optional<Place>(std::move(place)); });
  }
  const auto digest = digest_in(file->name);
  if (!digest) return somebody_elses(parcel.what, *file);
  const bool resumable = file->name == parcel.name && file->size == parcel.size && !file->orders.empty();
  if (resumable) return std::optional<Place>(Place{row.id, *file});
  if (const auto deleted = delete_upload(parcel, row.id); !deleted) return tl::unexpected(deleted.error());
  return std::optional<Place>();
}

Result<AppStore::Place> AppStore::reserve(const Parcel& parcel) {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  const json attributes{{"cfBundleShortVersionString", parcel.candidate.version.text()},
                        {"cfBundleVersion", parcel.candidate.build.text()},
                        {"platform", "IOS"}};
  const auto written = api_.write(http::Method::post, "/v1/buildUploads",
                                  create_body("buildUploads", attributes, {{"app", "apps", app->id}}), parcel.what);
  std::string id = read_id(written.document);
  const auto shown = [&]() -> Result<bool> {
    if (!id.empty()) return reread_upload(id).map([](const UploadRow&) { return true; });
    const auto rows = uploads_of(parcel.candidate.version, parcel.candidate.build);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : *rows) {
      if (row.state == k_awaiting && !row.asset) id = row.id;
    }
    return !id.empty();
  };
  const auto done = api_.settle(written, shown, parcel.what);
  if (!done) return tl::unexpected(done.error());
  return describe_file(parcel, id);
}

Result<AppStore::Place> AppStore::describe_file(const Parcel& parcel, const std::string& upload_id) {
  const json attributes{
      {"assetType", "ASSET"}, {"fileName", parcel.name}, {"fileSize", parcel.size}, {"uti", "com.apple.ipa"}};
  const auto written = api_.write(
      http::Method::post, "/v1/buildUploadFiles",
      create_body("buildUploadFiles", attributes, {{"buildUpload", "buildUploads", upload_id}}), parcel.what);
  Place place{upload_id, {}};
  const auto shown = [&]() -> Result<bool> {
    const auto files = files_of(upload_id);
    if (!files) return tl::unexpected(files.error());
    const auto* file = archive_in(*files);
    const bool there = file != nullptr && file->name == parcel.name;
    if (there) place.file = *file;
    return there;
  };
  if (const auto done = api_.settle(written, shown, parcel.what); !done) return tl::unexpected(done.error());
  return place;
}

Result<Done> AppStore::deliver(const Parcel& parcel, const Place& place, bool& reservation_gone) {
  if (const auto good = check_orders(place.file); !good) return good;
  UploadRecord record(parcel.file, place.file.id, parcel.sha256);
  const auto sent = send_slices({parcel.file, place.file.orders, record, api_.clock(), [&](std::uint64_t arrived) {
                                   if (progress_) progress_(parcel.file.filename().string(), arrived, parcel.size);
                                 }});
  const bool stopped = !sent || *sent == SlicesEnd::reservation_gone;
  if (stopped && progress_) progress_(parcel.file.filename().string(), 0, 0);
  if (!sent) return tl::unexpected(sent.error());
  reservation_gone = *sent == SlicesEnd::reservation_gone;
  if (reservation_gone) {
    record.forget();
    return fail(ErrorKind::refused,
                fmt::format("Cannot {}: the store's storage no longer takes the slices it asked for.", parcel.what),
                "Run `train advance` again; if it stays, look at App Store Connect's system status.");
  }
  auto done = commit_file(parcel, place);
  // A refusal may mean that the storage has lost a slice: the next run trusts nothing it did not send itself.
  if (done || done.error().kind != ErrorKind::unknown_outcome) record.forget();
  return done;
}

Result<Done> AppStore::commit_file(const Parcel& parcel, const Place& place) {
  const auto written = api_.write(http::Method::patch, "/v1/buildUploadFiles/" + place.file.id,
                                  update_body("buildUploadFiles", place.file.id, {{"uploaded", true}}), parcel.what);
  std::optional<Error> failed;
  const auto shown = [&]() -> Result<bool> {
    const auto row = reread_upload(place.upload_id);
    if (!row) return tl::unexpected(row.error());
    if (row->state == "FAILED") failed = refused_before(parcel.what, row->errors).value();
    return row->state != k_awaiting;
  };
  auto done = api_.settle(written, shown, parcel.what);
  if (done && failed) return tl::unexpected(*failed);
  return done;
}

Result<Done> AppStore::delete_upload(const Parcel& parcel, const std::string& upload_id) {
  const auto what = fmt::format("give up the unfinished upload before: {}", parcel.what);
  const auto written = api_.write(http::Method::del, "/v1/buildUploads/" + upload_id, {}, what);
  const auto shown = [&]() -> Result<bool> {
    const auto row = reread_upload(upload_id);
    if (row) return false;
    if (row.error().kind == ErrorKind::not_found) return true;
    return tl::unexpected(row.error());
  };
  return api_.settle(written, shown, what);
}

}  // namespace train::stores::app_store
