// Builds on their way into the built-in App Store: a reservation, a file in slices, a check, a build.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/spool.hpp"
#include "train/base/time.hpp"

namespace train::sandbox::app_store {

struct Model;
struct AppRow;

inline constexpr std::string_view k_awaiting_upload = "AWAITING_UPLOAD";
inline constexpr std::string_view k_processing = "PROCESSING";
inline constexpr std::string_view k_failed = "FAILED";

inline constexpr Duration k_check_time{120};               // committed → a build is listed, or FAILED
inline constexpr Duration k_reservation_time{24 * 3600};   // how long the addresses of slices are good
inline constexpr std::uint64_t k_slice_bytes = 8u << 20;   // of a large file; a small one is cut into eight
inline constexpr std::uint64_t k_slice_least = 64u << 10;  // smaller files come in fewer slices
inline constexpr std::uint64_t k_slices_most = 100;        // larger files have larger slices
inline constexpr std::uint64_t k_upload_bytes_most = 4ull << 30;

// One part of the file. The address is a secret, the headers must come exactly as they were told.
struct UploadSlice {
  int part = 1;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string token;      // in its address
  std::string signature;  // in a header
  std::shared_ptr<const Spool> bytes;
  std::string small;  // the bytes of a request that was not spooled
  bool came = false;
};

struct UploadFile {
  std::string id;
  std::string name;
  std::string uti;
  std::uint64_t size = 0;
  Instant expires;
  bool committed = false;
  std::vector<UploadSlice> slices;

  std::string read(std::uint64_t offset, std::uint64_t length) const;  // of the whole, shorter at the end
};

struct UploadIssue {
  std::string code;
  std::string description;
};

struct BuildUpload {
  std::string id;
  std::string app_id;
  std::string marketing;
  std::string number;
  std::string state{k_awaiting_upload};
  Instant created;
  std::optional<Instant> uploaded;
  std::optional<Instant> due;  // when its check ends
  std::vector<UploadIssue> errors;
  std::string build_id;  // once there is one
  std::optional<UploadFile> file;
};

BuildUpload* find_upload(Model& model, std::string_view id);
std::pair<BuildUpload*, UploadFile*> find_upload_file(Model& model, std::string_view id);
std::pair<BuildUpload*, UploadSlice*> find_slice(Model& model, std::string_view token);
bool has_build(const Model& model, std::string_view app_id, std::string_view marketing, std::string_view number);

std::vector<UploadSlice> cut_into_slices(std::uint64_t size, const std::string& file_id, std::uint64_t seed);

// What ends at `at`: a build appears, or the upload has FAILED and says why.
void finish_checks(Model& model, Instant at);
// What Apple's check says of the archive; empty: nothing. An Info.plist that is packed or binary is not read.
std::vector<UploadIssue> check_archive(const Model& model, const BuildUpload& upload);
// Another tool reserves an upload and sends nothing yet.
std::string begin_foreign_upload(Model& model, const AppRow& app, std::string marketing, std::string number,
                                 Instant now);
// A person's order: whatever is in the works of this build fails. The change, or empty when there is nothing.
std::string fail_processing(Model& model, const AppRow& app, std::string_view marketing, std::string_view number);
// The build is being processed, and stays so without end. Empty: none such is being processed.
std::string stall_processing(Model& model, const AppRow& app, std::string_view marketing, std::string_view number);

}  // namespace train::sandbox::app_store
