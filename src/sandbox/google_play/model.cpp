#include "google_play/model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

constexpr std::array<std::pair<Status, std::string_view>, 4> k_status_words{{
    {Status::draft, "draft"},
    {Status::in_progress, "inProgress"},
    {Status::halted, "halted"},
    {Status::completed, "completed"},
}};

}  // namespace

std::string_view wire_word(Status status) {
  for (const auto& [value, word] : k_status_words) {
    if (value == status) return word;
  }
  return "statusUnspecified";
}

std::optional<Status> parse_status(std::string_view word) {
  for (const auto& [value, known] : k_status_words) {
    if (known == word) return value;
  }
  return std::nullopt;
}

std::string_view wire_word(Review review) {
  switch (review) {
    case Review::draft:
      return "RELEASE_LIFECYCLE_STATE_DRAFT";
    case Review::not_sent:
      return "RELEASE_LIFECYCLE_STATE_NOT_SENT_FOR_REVIEW";
    case Review::in_review:
      return "RELEASE_LIFECYCLE_STATE_IN_REVIEW";
    case Review::approved_not_published:
      return "RELEASE_LIFECYCLE_STATE_APPROVED_NOT_PUBLISHED";
    case Review::not_approved:
      return "RELEASE_LIFECYCLE_STATE_NOT_APPROVED";
    case Review::published:
      return "RELEASE_LIFECYCLE_STATE_PUBLISHED";
  }
  return "RELEASE_LIFECYCLE_STATE_UNSPECIFIED";
}

const TrackRelease* find_by_codes(const std::vector<TrackRelease>& releases, const std::vector<std::int64_t>& codes) {
  const auto found =
      std::find_if(releases.begin(), releases.end(), [&](const TrackRelease& r) { return r.codes == codes; });
  return found == releases.end() ? nullptr : &*found;
}

TrackRelease* find_by_codes(std::vector<TrackRelease>& releases, const std::vector<std::int64_t>& codes) {
  return const_cast<TrackRelease*>(find_by_codes(std::as_const(releases), codes));
}

const TrackRelease* find_by_status(const std::vector<TrackRelease>& releases, Status status) {
  const auto found =
      std::find_if(releases.begin(), releases.end(), [&](const TrackRelease& r) { return r.status == status; });
  return found == releases.end() ? nullptr : &*found;
}

bool is_production(std::string_view track) {
  const std::size_t colon = track.find(':');
  return (colon == std::string_view::npos ? track : track.substr(colon + 1)) == "production";
}

std::string codes_text(const TrackRelease& release) {
  std::vector<std::string> parts;
  for (const std::int64_t code : release.codes) parts.push_back(std::to_string(code));
  return join(parts, ",");
}

}  // namespace train::sandbox::play
