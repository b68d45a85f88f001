#include "upload_wire.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/base/text.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

constexpr std::size_t k_issues_told = 10;
constexpr std::size_t k_orders_most = 10'000;

// What stands at a pointer, or null.
json value_at(const json& object, const std::string& pointer) {
  const json::json_pointer at(pointer);
  return object.contains(at) ? object.at(at) : json();
}

std::string words_at(const json& object, const std::string& pointer) {
  const auto value = value_at(object, pointer);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<std::uint64_t> count_at(const json& object, const std::string& pointer) {
  const auto value = value_at(object, pointer);
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

tl::unexpected<Error> lacking(std::string_view type, std::string_view what) {
  return fail(ErrorKind::invalid_answer, fmt::format("App Store Connect answered a {} without its {}.", type, what),
              "If this persists, Apple has changed the format: report it, and upload with Transporter meanwhile.");
}

std::string issues_of(const json& list) {
  std::vector<std::string> told;
  if (!list.is_array()) return {};
  for (const auto& issue : list) {
    if (told.size() == k_issues_told) break;
    const auto code = words_at(issue, "/code");
    const auto text = words_at(issue, "/description");
    told.push_back(code.empty() ? text : code + ": " + text);
  }
  return printable(join(told, "; "), 1000);
}

std::vector<http::Header> headers_at(const json& operation) {
  std::vector<http::Header> headers;
  const auto list = value_at(operation, "/requestHeaders");
  if (!list.is_array()) return headers;
  for (const auto& row : list) headers.push_back({words_at(row, "/name"), words_at(row, "/value")});
  return headers;
}

Result<SliceOrder> slice_order(const json& operation) {
  const auto offset = count_at(operation, "/offset");
  const auto length = count_at(operation, "/length");
  SliceOrder order;
  order.method = words_at(operation, "/method");
  order.url = Secret(words_at(operation, "/url"));
  if (!offset || !length || order.url.empty()) return lacking("buildUploadFiles", "slices' places");
  order.offset = *offset;
  order.length = *length;
  order.headers = headers_at(operation);
  order.expires = parse_rfc3339(words_at(operation, "/expiration"));
  return order;
}

Result<UploadFileRow> file_row(const json& resource) {
  UploadFileRow row;
  row.id = words_at(resource, "/id");
  row.name = words_at(resource, "/attributes/fileName");
  row.size = count_at(resource, "/attributes/fileSize").value_or(0);
  row.asset_type = words_at(resource, "/attributes/assetType");
  if (row.id.empty()) return lacking("buildUploadFiles", "id");
  const auto operations = value_at(resource, "/attributes/uploadOperations");
  if (!operations.is_array() || operations.size() > k_orders_most) return row;
  for (const auto& operation : operations) {
    auto order = slice_order(operation);
    if (!order) return tl::unexpected(order.error());
    row.orders.push_back(std::move(*order));
  }
  std::sort(row.orders.begin(), row.orders.end(),
            [](const SliceOrder& a, const SliceOrder& b) { return a.offset < b.offset; });
  return row;
}

json included_row(const json& document, const std::string& type, const std::string& id) {
  const auto rows = value_at(document, "/included");
  if (id.empty() || !rows.is_array()) return {};
  for (const auto& row : rows) {
    if (words_at(row, "/type") == type && words_at(row, "/id") == id) return row;
  }
  return {};
}

Result<UploadRow> upload_row(const json& resource, const json& document) {
  UploadRow row;
  row.id = words_at(resource, "/id");
  row.version = words_at(resource, "/attributes/cfBundleShortVersionString");
  row.number = words_at(resource, "/attributes/cfBundleVersion");
  row.platform = words_at(resource, "/attributes/platform");
  row.state = words_at(resource, "/attributes/state/state");
  row.errors = issues_of(value_at(resource, "/attributes/state/errors"));
  row.build_id = words_at(resource, "/relationships/build/data/id");
  if (row.id.empty()) return lacking("buildUploads", "id");
  if (row.state.empty()) return lacking("buildUploads", "state");
  const auto asset = included_row(document, "buildUploadFiles", words_at(resource, "/relationships/assetFile/data/id"));
  if (asset.is_null()) return row;
  auto file = file_row(asset);
  if (!file) return tl::unexpected(file.error());
  row.asset = std::move(*file);
  return row;
}

tl::unexpected<Error> odd_orders(std::string_view why) {
  return fail(ErrorKind::invalid_answer,
              fmt::format("App Store Connect's instructions for the upload cannot be followed: {}.", why),
              "Run it again; if it stays, upload with Transporter and report it.");
}

}  // namespace

Result<std::vector<UploadRow>> read_uploads(const json& document) {
  const auto data = value_at(document, "/data");
  if (!data.is_array()) return lacking("list of buildUploads", "rows");
  std::vector<UploadRow> rows;
  for (const auto& resource : data) {
    auto row = upload_row(resource, document);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<UploadRow> read_upload(const json& document) { return upload_row(value_at(document, "/data"), document); }

Result<std::vector<UploadFileRow>> read_upload_files(const json& document) {
  const auto data = value_at(document, "/data");
  if (!data.is_array()) return lacking("list of buildUploadFiles", "rows");
  std::vector<UploadFileRow> rows;
  for (const auto& resource : data) {
    auto row = file_row(resource);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<UploadFileRow> read_upload_file(const json& document) { return file_row(value_at(document, "/data")); }

Result<Done> check_orders(const UploadFileRow& file) {
  std::uint64_t reached = 0;
  for (const auto& order : file.orders) {
    const auto& url = order.url.expose();
    if (order.method != "PUT") return odd_orders("a slice is to be sent by " + printable(order.method, 20));
    if (!starts_with(url, "https://") && !(starts_with(url, "http://") && http::is_loopback_url(url))) {
      return odd_orders("a slice's address is neither https nor on this machine");
    }
    if (order.offset != reached || order.length == 0 || order.length > file.size - reached) {
      return odd_orders("the slices do not make up the file");
    }
    reached += order.length;
  }
  if (reached != file.size) return odd_orders("the slices do not make up the file");
  return Done{};
}

}  // namespace train::stores::app_store
