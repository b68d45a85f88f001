#include "upload_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <string_view>
#include <system_error>

#include "train/base/digest.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::size_t k_record_bytes_most = 1u << 20;  // 10,000 slices fit

// "OFFSET LENGTH"; false for anything else, a torn line included.
bool read_slice(std::string_view line, std::pair<std::uint64_t, std::uint64_t>& slice) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return false;
  const auto number = [](std::string_view digits, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  return number(line.substr(0, space), slice.first) && number(line.substr(space + 1), slice.second);
}

}  // namespace

std::filesystem::path record_path(const std::filesystem::path& artifact) {
  return artifact.parent_path() / ("." + artifact.filename().string() + ".train-upload");
}

UploadRecord::UploadRecord(const std::filesystem::path& artifact, const std::string& file_id, const std::string& sha256)
    : path_(record_path(artifact)), head_("train-upload 1 " + sha256_hex(file_id + " " + sha256) + "\n") {
  const auto present = read_file(path_, k_record_bytes_most);
  if (present && starts_with(*present, head_)) {
    read_back(present->substr(head_.size()));
  } else if (!write_file_atomically(path_, head_)) {
    return;
  }
  fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
}

UploadRecord::~UploadRecord() {
  if (fd_ >= 0) ::close(fd_);
}

void UploadRecord::read_back(const std::string& text) {
  std::string_view rest = text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    std::pair<std::uint64_t, std::uint64_t> slice;
    if (read_slice(rest.substr(0, end), slice)) slices_.insert(slice);
    rest.remove_prefix(end + 1);
  }
}

bool UploadRecord::holds(std::uint64_t offset, std::uint64_t length) const {
  const std::lock_guard lock(mutex_);
  return slices_.count({offset, length}) != 0;
}

void UploadRecord::add(std::uint64_t offset, std::uint64_t length) {
  const auto line = fmt::format("{} {}\n", offset, length);
  const std::lock_guard lock(mutex_);
  slices_.insert({offset, length});
  if (fd_ < 0) return;
  const auto put = ::write(fd_, line.data(), line.size());
  if (put == static_cast<ssize_t>(line.size())) return;
  // Half a line would spoil the next one: this run goes on without the file.
  ::close(fd_);
  fd_ = -1;
}

void UploadRecord::forget() {
  const std::lock_guard lock(mutex_);
  slices_.clear();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  std::error_code gone;
  std::filesystem::remove(path_, gone);
}

}  // namespace train::stores::app_store
