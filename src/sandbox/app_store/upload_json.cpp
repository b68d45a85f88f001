#include <fmt/format.h>

#include "app_store/json.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

json issues_json(const std::vector<UploadIssue>& issues) {
  json out = json::array();
  for (const auto& issue : issues) out.push_back({{"code", issue.code}, {"description", issue.description}});
  return out;
}

json operation_json(const UploadFile& file, const UploadSlice& slice, const std::string& base_url) {
  const auto header = [](std::string_view name, std::string value) {
    return json{{"name", name}, {"value", std::move(value)}};
  };
  return {{"method", "PUT"},
          {"url", fmt::format("{}/upload/{}?partNumber={}", base_url, slice.token, slice.part)},
          {"length", slice.length},
          {"offset", slice.offset},
          {"partNumber", slice.part},
          {"expiration", format_rfc3339(file.expires)},
          {"requestHeaders",
           {header("Content-Type", "application/octet-stream"), header("Content-Length", std::to_string(slice.length)),
            header("X-Upload-Signature", slice.signature)}}};
}

std::string_view delivery_word(const UploadFile& file) { return file.committed ? "COMPLETE" : k_awaiting_upload; }

json link_to(std::string_view type, const std::string& id) {
  return id.empty() ? json(nullptr) : json{{"type", type}, {"id", id}};
}

}  // namespace

json Wire::upload(const BuildUpload& upload, const std::set<std::string>& linked) const {
  auto out = resource("buildUploads", upload.id,
                      {{"cfBundleShortVersionString", upload.marketing},
                       {"cfBundleVersion", upload.number},
                       {"createdDate", format_rfc3339(upload.created)},
                       {"platform", "IOS"},
                       {"uploadedDate", upload.uploaded ? json(format_rfc3339(*upload.uploaded)) : json(nullptr)},
                       {"state",
                        {{"state", upload.state},
                         {"errors", issues_json(upload.errors)},
                         {"warnings", json::array()},
                         {"infos", json::array()}}}});
  out["relationships"] = json::object();
  const std::map<std::string, json> links{
      {"build", link_to("builds", upload.build_id)},
      {"assetFile", link_to("buildUploadFiles", upload.file ? upload.file->id : std::string{})},
      {"assetDescriptionFile", nullptr},
      {"assetSpiFile", nullptr}};
  for (const auto& [name, data] : links) {
    if (linked.count(name) > 0) out["relationships"][name] = {{"data", data}};
  }
  return out;
}

json Wire::upload_file(const UploadFile& file) const {
  json operations = json::array();
  for (const auto& slice : file.slices) {
    if (!file.committed) operations.push_back(operation_json(file, slice, base_url_));
  }
  return resource(
      "buildUploadFiles", file.id,
      {{"assetDeliveryState", {{"state", delivery_word(file)}, {"errors", json::array()}, {"warnings", json::array()}}},
       {"assetToken", nullptr},
       {"assetType", "ASSET"},
       {"fileName", file.name},
       {"fileSize", file.size},
       {"sourceFileChecksums", nullptr},
       {"uploadOperations", std::move(operations)},
       {"uti", file.uti}});
}

json Wire::find_upload(const std::string& type, const std::string& id) const {
  for (const auto& row : model_.uploads) {
    if (type == "buildUploads" && row.id == id) return upload(row);
    if (type == "buildUploadFiles" && row.file && row.file->id == id) return upload_file(*row.file);
  }
  return nullptr;
}

}  // namespace train::sandbox::app_store
