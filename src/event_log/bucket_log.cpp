// A log in objects of a bucket: only its address is read so far.
#include <string>

#include "descriptors.hpp"
#include "train/base/text.hpp"

namespace train::event_log {
namespace {

std::optional<std::string> bucket_fault(std::string_view scheme, std::string_view rest) {
  if (starts_with(rest, "//") && rest.size() > 2 && rest[2] != '/') return std::nullopt;
  const std::string start = std::string(scheme) + "://";
  return start + "BUCKET/PREFIX is wanted, such as " + start + "releases/train";
}

std::optional<std::string> s3_fault(std::string_view rest) { return bucket_fault("s3", rest); }
std::optional<std::string> gcs_fault(std::string_view rest) { return bucket_fault("gcs", rest); }

}  // namespace

Descriptor describe_s3() {
  return {{LogScheme::s3, "s3://BUCKET/PREFIX", KeyKind::text, "a bucket of Amazon S3 or its like", s3_fault}};
}

Descriptor describe_gcs() {
  return {{LogScheme::gcs, "gcs://BUCKET/PREFIX", KeyKind::text, "a bucket of Google Cloud Storage", gcs_fault}};
}

}  // namespace train::event_log
