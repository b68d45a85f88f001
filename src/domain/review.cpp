#include "train/domain/review.hpp"

namespace train {

bool is_in_review(ReleaseStatus status) {
  return status == ReleaseStatus::waiting_for_review || status == ReleaseStatus::in_review;
}

bool is_handed_in(ReleaseStatus status) {
  switch (status) {
    case ReleaseStatus::waiting_for_review:
    case ReleaseStatus::in_review:
    case ReleaseStatus::approved:
    case ReleaseStatus::releasing:
    case ReleaseStatus::held_by_store:
    case ReleaseStatus::serving:
    case ReleaseStatus::halted:
    case ReleaseStatus::superseded:
      return true;
    case ReleaseStatus::draft:
    case ReleaseStatus::rejected:
    case ReleaseStatus::withdrawn:
    case ReleaseStatus::unknown:
      return false;
  }
  return false;
}

}  // namespace train
