// Which slices of an upload have been acknowledged: the store does not tell, so it is kept in a small file beside the
// artifact. Lost, torn or of another upload it counts as empty: then every slice is sent again, which is safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace train::stores::app_store {

// ".NAME.train-upload" in the artifact's directory.
std::filesystem::path record_path(const std::filesystem::path& artifact);

class UploadRecord {
 public:
  // `file_id`: the store's reservation. What an earlier run noted for another one, or for other bytes, is dropped.
  UploadRecord(const std::filesystem::path& artifact, const std::string& file_id, const std::string& sha256);
  ~UploadRecord();
  UploadRecord(const UploadRecord&) = delete;
  UploadRecord& operator=(const UploadRecord&) = delete;

  bool holds(std::uint64_t offset, std::uint64_t length) const;
  // After the store's answer, never before: one whole line, which a killed process leaves behind as it is. From any
  // thread. Where the directory cannot be written to it is remembered for this run only.
  void add(std::uint64_t offset, std::uint64_t length);
  void forget();  // and removes the file

 private:
  void read_back(const std::string& text);

  std::filesystem::path path_;
  std::string head_;
  int fd_ = -1;
  mutable std::mutex mutex_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> slices_;
};

}  // namespace train::stores::app_store
