// The bytes of an upload, a few slices at the same time. Memory stays flat whatever the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "train/base/error.hpp"
#include "train/ports/clock.hpp"
#include "upload_record.hpp"
#include "upload_wire.hpp"

namespace train::stores::app_store {

inline constexpr std::size_t k_slices_at_once = 4;
inline constexpr int k_slice_failures_most = 8;  // of one slice, in a row

// What one answer means for a slice.
enum class SliceAnswer { delivered, again, reservation_gone, refused };
SliceAnswer judge_slice(const http::Outcome& outcome);

enum class SlicesEnd { delivered, reservation_gone };

struct Sending {
  std::filesystem::path file;
  const std::vector<SliceOrder>& orders;
  UploadRecord& record;  // what it holds is not sent; each acknowledged slice is added
  Clock& clock;          // waits between attempts go through it
  // How many bytes have arrived, in this run and in earlier ones: at the start and after each slice, from its thread
  // but never two at a time; may be empty.
  std::function<void(std::uint64_t arrived)> told;
};
// `delivered` once every slice has been acknowledged, now or earlier; `reservation_gone` when an address is no longer
// good. Errors name the slice by its place and never by its address.
Result<SlicesEnd> send_slices(const Sending& sending);

}  // namespace train::stores::app_store
