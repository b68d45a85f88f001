// The calls around an upload: reserve, describe the file, commit, follow.
#include <fmt/format.h>

#include <algorithm>

#include "app_store/handlers.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

const std::vector<std::string_view> k_upload_fields{"buildUploads", "builds", "buildUploadFiles"};
const std::vector<std::string_view> k_upload_include{"build", "assetFile", "assetDescriptionFile", "assetSpiFile"};
const std::vector<std::string_view> k_asset_types{"ASSET", "ASSET_DESCRIPTION", "ASSET_SPI"};
const std::vector<std::string_view> k_utis{"com.apple.binary-property-list", "com.apple.ipa", "com.apple.pkg",
                                           "com.apple.xml-property-list", "com.pkware.zip-archive"};

Handled show_upload(const Call& call, json resource, int status = 200) {
  return answer(status, call.wire().document(std::move(resource), call.selection, call.request.path));
}

Handled told_upload(Handled handled, const BuildUpload& upload, std::string_view what) {
  handled.effect = true;
  handled.change = fmt::format("app-store/{} build {} {}", upload.marketing, upload.number, what);
  return handled;
}

ApiError invalid_upload(std::string_view attribute, std::string code, std::string detail) {
  ApiError error{409, std::move(code), "The provided entity includes an attribute with an invalid value",
                 std::move(detail)};
  error.pointer = fmt::format("/data/attributes/{}", attribute);
  return error;
}

bool wanted_upload(const Call& call, const BuildUpload& row) {
  const auto& request = call.request;
  return row.app_id == call.ids.at(0) && passes(request, "cfBundleShortVersionString", row.marketing) &&
         passes(request, "cfBundleVersion", row.number) && passes(request, "platform", "IOS") &&
         passes(request, "state", row.state);
}

Handled list_uploads(Call& call) {
  if (call.model.find_app(call.ids.at(0)) == nullptr) return refuse(not_found("apps", call.ids.at(0)));
  std::vector<json> rows;
  // Newest first; the sandbox keeps them in the order of their creation.
  for (auto row = call.model.uploads.rbegin(); row != call.model.uploads.rend(); ++row) {
    if (wanted_upload(call, *row)) rows.push_back(call.wire().upload(*row, call.selection.include));
  }
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled get_upload(Call& call) {
  const auto* upload = find_upload(call.model, call.ids.at(0));
  if (upload == nullptr) return refuse(not_found("buildUploads", call.ids.at(0)));
  return show_upload(call, call.wire().upload(*upload, call.selection.include));
}

Handled list_upload_files(Call& call) {
  const auto* upload = find_upload(call.model, call.ids.at(0));
  if (upload == nullptr) return refuse(not_found("buildUploads", call.ids.at(0)));
  std::vector<json> rows;
  if (upload->file) rows.push_back(call.wire().upload_file(*upload->file));
  return answer(200, call.wire().list(std::move(rows), call.selection, call.request));
}

Handled get_upload_file(Call& call) {
  const auto* file = find_upload_file(call.model, call.ids.at(0)).second;
  if (file == nullptr) return refuse(not_found("buildUploadFiles", call.ids.at(0)));
  return show_upload(call, call.wire().upload_file(*file));
}

Handled create_upload(Call& call) {
  static const BodyRule rule{"buildUploads",
                             {{"cfBundleShortVersionString", false, Must::appear},
                              {"cfBundleVersion", false, Must::appear},
                              {"platform", false, Must::appear, {"IOS", "MAC_OS", "TV_OS", "VISION_OS"}}},
                             {{"app", "apps", Must::appear}}};
  const auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(body.error());
  const auto* app = call.model.find_app(body->id_of("app"));
  if (app == nullptr) return refuse(not_found("apps", body->id_of("app")));
  BuildUpload upload;
  upload.marketing = body->text("cfBundleShortVersionString");
  upload.number = body->text("cfBundleVersion");
  if (body->text("platform") != "IOS" || !VersionName::parse(upload.marketing) || !BuildNumber::parse(upload.number)) {
    return refuse(invalid_upload("cfBundleVersion", "ENTITY_ERROR.ATTRIBUTE.INVALID",
                                 "The version, the build number or the platform is not one of this app's."));
  }
  if (has_build(call.model, app->id, upload.marketing, upload.number)) {
    return refuse(invalid_upload("cfBundleVersion", "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                                 "The bundle version must be higher than the previously uploaded version."));
  }
  upload.id = call.model.new_id();
  upload.app_id = app->id;
  upload.created = call.now;
  call.model.uploads.push_back(upload);
  return told_upload(show_upload(call, call.wire().upload(upload), 201), upload, "upload reserved");
}

Handled create_upload_file(Call& call) {
  static const BodyRule rule{"buildUploadFiles",
                             {{"assetType", false, Must::appear, k_asset_types},
                              {"fileName", false, Must::appear},
                              {.name = "fileSize", .must = Must::appear, .whole_number = true},
                              {"uti", false, Must::appear, k_utis}},
                             {{"buildUpload", "buildUploads", Must::appear}}};
  const auto body = parse_body(call.request, rule, "");
  if (!body) return refuse(body.error());
  auto* upload = find_upload(call.model, body->id_of("buildUpload"));
  if (upload == nullptr) return refuse(not_found("buildUploads", body->id_of("buildUpload")));
  if (upload->state != k_awaiting_upload || upload->file) {
    return refuse(state_error("The build upload has its file already."));
  }
  if (body->text("assetType") != "ASSET" || body->text("uti") != "com.apple.ipa") {
    return refuse(invalid_upload("uti", "ENTITY_ERROR.ATTRIBUTE.INVALID",
                                 "The built-in App Store takes an ASSET that is a com.apple.ipa."));
  }
  const auto size = body->number("fileSize");
  if (size == 0 || size > k_upload_bytes_most) {
    return refuse(invalid_upload("fileSize", "ENTITY_ERROR.ATTRIBUTE.INVALID",
                                 fmt::format("'{}' is not a valid value for the attribute 'fileSize'", size)));
  }
  UploadFile file;
  file.id = call.model.new_id();
  file.name = body->text("fileName");
  file.uti = body->text("uti");
  file.size = size;
  file.expires = call.now + k_reservation_time;
  file.slices = cut_into_slices(size, file.id, call.model.seed);
  upload->file = std::move(file);
  return told_upload(show_upload(call, call.wire().upload_file(*upload->file), 201), *upload, "file reserved");
}

Handled patch_upload_file(Call& call) {
  static const BodyRule rule{"buildUploadFiles", {{"uploaded", true, Must::no}}, {}};
  const auto [upload, file] = find_upload_file(call.model, call.ids.at(0));
  if (file == nullptr) return refuse(not_found("buildUploadFiles", call.ids.at(0)));
  const auto body = parse_body(call.request, rule, call.ids.at(0));
  if (!body) return refuse(body.error());
  if (!body->flag("uploaded")) return show_upload(call, call.wire().upload_file(*file));
  if (file->committed) return refuse(state_error("The file has been uploaded already."));
  const auto came = [](const UploadSlice& slice) { return slice.came; };
  if (!std::all_of(file->slices.begin(), file->slices.end(), came)) {
    return refuse(invalid_upload("uploaded", "ENTITY_ERROR.ATTRIBUTE.INVALID",
                                 "The file is not complete: not all of its upload operations have been carried out."));
  }
  file->committed = true;
  upload->state = k_processing;
  upload->uploaded = call.now;
  upload->due = call.now + k_check_time;
  return told_upload(show_upload(call, call.wire().upload_file(*file)), *upload, "uploaded");
}

Handled delete_upload(Call& call) {
  auto* upload = find_upload(call.model, call.ids.at(0));
  if (upload == nullptr) return refuse(not_found("buildUploads", call.ids.at(0)));
  if (upload->state == k_processing) return refuse(state_error("The build upload is being processed."));
  const auto gone = *upload;
  call.model.uploads.erase(call.model.uploads.begin() + (upload - call.model.uploads.data()));
  return told_upload(no_content(), gone, "upload deleted");
}

}  // namespace

std::vector<Route> upload_routes() {
  return {
      {"GET",
       "/v1/apps/{id}/buildUploads",
       {{"cfBundleShortVersionString", "cfBundleVersion", "platform", "state"},
        {},
        k_upload_include,
        k_upload_fields,
        {"cfBundleVersion", "-cfBundleVersion", "uploadedDate", "-uploadedDate"},
        true},
       list_uploads},
      {"GET", "/v1/buildUploads/{id}", {{}, {}, k_upload_include, k_upload_fields, {}, false}, get_upload},
      {"GET",
       "/v1/buildUploads/{id}/buildUploadFiles",
       {{}, {}, {}, {"buildUploadFiles"}, {}, true},
       list_upload_files},
      {"GET", "/v1/buildUploadFiles/{id}", {{}, {}, {}, {"buildUploadFiles"}, {}, false}, get_upload_file},
      {"POST", "/v1/buildUploads", {}, create_upload},
      {"DELETE", "/v1/buildUploads/{id}", {}, delete_upload},
      {"POST", "/v1/buildUploadFiles", {}, create_upload_file},
      {"PATCH", "/v1/buildUploadFiles/{id}", {}, patch_upload_file},
  };
}

}  // namespace train::sandbox::app_store
