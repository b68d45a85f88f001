// Build uploads as App Store Connect tells them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "train/base/error.hpp"
#include "train/base/secret.hpp"
#include "train/base/time.hpp"
#include "train/http/client.hpp"

namespace train::stores::app_store {

// One part of the file and where it goes. Whoever has the address may write there: it is a secret.
struct SliceOrder {
  std::string method;
  Secret url;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::vector<http::Header> headers;
  std::optional<Instant> expires;
};

struct UploadFileRow {
  std::string id;
  std::string name;
  std::uint64_t size = 0;
  std::string asset_type;  // ASSET: the archive itself
  std::vector<SliceOrder> orders;
};

struct UploadRow {
  std::string id;
  std::string version;
  std::string number;
  std::string platform;
  std::string state;   // AWAITING_UPLOAD PROCESSING FAILED COMPLETE
  std::string errors;  // "90189: Redundant Binary Upload …; …", printable
  std::string build_id;
  std::optional<UploadFileRow> asset;  // where included
};

// invalid_answer when one lacks its id or its state.
Result<std::vector<UploadRow>> read_uploads(const nlohmann::json& document);
Result<UploadRow> read_upload(const nlohmann::json& document);
Result<std::vector<UploadFileRow>> read_upload_files(const nlohmann::json& document);
Result<UploadFileRow> read_upload_file(const nlohmann::json& document);

// Whether the orders, sorted by offset, are the whole file once, each by PUT to https or to this machine. Else the
// sentence that says what is wrong, without an address.
Result<Done> check_orders(const UploadFileRow& file);

}  // namespace train::stores::app_store
