// Where the bytes of an upload arrive. Not App Store Connect itself but the storage behind it: no bearer token, no
// JSON, the address and the headers are the permission.
#include <fmt/format.h>

#include "app_store/handlers.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {
namespace {

constexpr std::string_view k_slices = "/upload/";

Handled storage_error(int status, std::string_view code, std::string_view message) {
  Handled handled;
  handled.response.status = status;
  handled.response.content_type = "application/xml";
  handled.response.body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}"
      "</Message></Error>\n",
      code, message);
  return handled;
}

bool has_header(const ServerRequest& request, const std::string& name, std::string_view value) {
  const auto found = request.headers.find(name);
  return found != request.headers.end() && found->second == value;
}

}  // namespace

bool is_slice(const ServerRequest& request) { return starts_with(request.path, k_slices); }

Handled take_slice(Model& model, const ServerRequest& request, Instant now) {
  if (request.method != "PUT") return storage_error(405, "MethodNotAllowed", "A slice is put.");
  if (request.headers.count("authorization") != 0) {
    return storage_error(400, "InvalidArgument", "Only one auth mechanism is allowed; the address is one already.");
  }
  const auto [upload, slice] = find_slice(model, std::string_view(request.path).substr(k_slices.size()));
  if (slice == nullptr || upload->file->committed) {
    return storage_error(404, "NoSuchUpload", "The upload does not exist, or it has been completed.");
  }
  if (now >= upload->file->expires) return storage_error(403, "AccessDenied", "Request has expired.");
  if (request.query_value("partNumber") != std::to_string(slice->part) ||
      !has_header(request, "content-type", "application/octet-stream") ||
      !has_header(request, "x-upload-signature", slice->signature)) {
    return storage_error(403, "SignatureDoesNotMatch", "The headers are not the ones the operation names.");
  }
  if (request.body_bytes() != slice->length) {
    return storage_error(400, "IncompleteBody", "The body is not as long as the operation says.");
  }
  slice->bytes = request.spooled;
  slice->small = request.spooled ? std::string() : request.body;
  slice->came = true;
  Handled handled;
  handled.response.content_type = "";
  handled.response.headers.emplace_back("ETag", fmt::format("\"{}\"", slice->token));
  return handled;
}

}  // namespace train::sandbox::app_store
