#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "google_play/bundle.hpp"
#include "google_play/service.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

using Json = nlohmann::json;

std::string header_of(const ServerRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

// 308: how much is stored. No Range header means nothing.
Handled resume_incomplete(const UploadSession& session) {
  Handled handled;
  handled.response.status = 308;
  if (session.stored > 0) {
    handled.response.headers.emplace_back("Range", fmt::format("bytes=0-{}", session.stored - 1));
  }
  return handled;
}

Json artifact_json(const Artifact& artifact) {
  const Json digests = {{"sha1", artifact.sha1}, {"sha256", artifact.sha256}};
  if (artifact.is_apk) return {{"versionCode", artifact.code}, {"binary", digests}};
  Json json = digests;
  json["versionCode"] = artifact.code;
  return json;
}

Refusal disk_full() {
  return {503, "UNAVAILABLE", "backendError", "The built-in store cannot keep the upload: its disk is full."};
}

}  // namespace

Handled PlayService::upload(PlayApp& app, Edit& edit, const ServerRequest& request, const std::string& place) {
  const std::string kind = request.query_value("uploadType").value_or("");
  if (kind == "media" && request.method == "POST") return upload_at_once(app, edit, request, place);
  if (kind != "resumable") return refused(bad_request("The built-in store takes media and resumable uploads only."));
  if (request.method == "POST") return start_upload(edit, request, place);
  const auto session = edit.uploads.find(request.query_value("upload_id").value_or(""));
  const bool known = session != edit.uploads.end() && session->second.place == place;
  if (!known) return refused(not_found("There is no such upload session."));
  if (request.method != "PUT") return refused(not_found("There is no such method on an upload."));
  return continue_upload(app, edit, session->second, request);
}

// The whole file in one request, as Google's own Node client sends it.
Handled PlayService::upload_at_once(const PlayApp& app, Edit& edit, const ServerRequest& request,
                                    const std::string& place) {
  if (request.body.empty()) return refused(bad_request("Upload requests must have a body."));
  UploadSession session;
  session.bytes = std::make_shared<UploadBytes>();
  session.place = place;
  if (!session.bytes->append(request.body)) return refused(disk_full());
  const auto answer = finish_upload(app, edit, session);
  if (!answer) return refused(answer.error());
  return {json_response(*answer), false, {}};
}

Handled PlayService::start_upload(Edit& edit, const ServerRequest& request, const std::string& place) {
  UploadSession session;
  const std::string told = header_of(request, "x-upload-content-length");
  if (const auto range = parse_content_range("bytes */" + told)) session.total = range->total;
  session.bytes = std::make_shared<UploadBytes>();
  session.place = place;
  const std::string id = next_id("upload");
  edit.uploads.emplace(id, std::move(session));
  Handled handled;
  handled.response.headers.emplace_back(
      "Location", fmt::format("{}{}?uploadType=resumable&upload_id={}", base_url_, request.path, id));
  return handled;
}

Handled PlayService::continue_upload(PlayApp& app, Edit& edit, UploadSession& session, const ServerRequest& request) {
  const auto range = parse_content_range(header_of(request, "content-range"));
  if (!range) return refused(bad_request("The Content-Range header cannot be read."));
  if (!session.answer.empty()) return {json_response(Json::parse(session.answer)), false, {}};
  if (!range->first) return resume_incomplete(session);
  if (session.total != 0 && session.total != range->total) {
    return refused(bad_request("The size of the upload differs from what was told at its start."));
  }
  session.total = range->total;
  const auto accepted = acceptable_bytes(session, *range, request.body_bytes());
  // A chunk that starts elsewhere: Google says where to go on.
  if (!accepted && *range->first != session.stored) return resume_incomplete(session);
  if (!accepted) return refused(bad_request("Chunks but the last are whole multiples of 262144 bytes."));
  const bool kept = request.spooled ? session.bytes->append(request.spooled, *accepted)
                                    : session.bytes->append(std::string_view(request.body).substr(0, *accepted));
  if (!kept) return refused(disk_full());
  session.stored += *accepted;
  if (session.stored < session.total) return resume_incomplete(session);
  const auto answer = finish_upload(app, edit, session);
  if (!answer) return refused(answer.error());
  session.answer = answer->dump();
  return {json_response(*answer), false, {}};
}

Answered<Json> PlayService::finish_upload(const PlayApp& app, Edit& edit, const UploadSession& session) const {
  const Parts place = split(session.place, '/');
  if (place.size() == 4) return take_symbols(app, edit, place);
  const auto artifact = take_build(app, edit, session);
  if (!artifact) return refuse(artifact.error());
  edit.artifacts[artifact->code] = *artifact;
  return artifact_json(*artifact);
}

Answered<Json> PlayService::take_symbols(const PlayApp& app, Edit& edit, const Parts& place) {
  const std::string& kind = place[3];
  if (kind != "proguard" && kind != "nativeCode") {
    return refuse(bad_request("Invalid value at 'deobfuscation_file_type': " + printable(kind, 40) + "."));
  }
  const auto code = BuildNumber::parse(place[1]);
  const std::int64_t number = code ? code->number().value_or(0) : 0;
  if (app.artifacts.count(number) == 0 && edit.artifacts.count(number) == 0) {
    return refuse(not_found("The following APK version codes could not be found: " + printable(place[1], 20) + "."));
  }
  edit.symbols.push_back(fmt::format("{} {}", number, kind));
  return Json{{"deobfuscationFile", {{"symbolType", kind}}}};
}

Answered<Artifact> PlayService::take_build(const PlayApp& app, const Edit& edit, const UploadSession& session) const {
  const bool apk = session.place == "apks";
  const auto identity = apk ? read_apk(*session.bytes) : read_bundle(*session.bytes);
  if (!identity) return refuse(bad_request(identity.error().message));
  if (identity->package != app.setup.store_id) {
    return refuse(forbidden(fmt::format("APK has the wrong package name: expected {}, found {}.", app.setup.store_id,
                                        printable(identity->package, 120))));
  }
  const std::int64_t code = identity->version_code;
  if (app.artifacts.count(code) != 0 || edit.artifacts.count(code) != 0) {
    return refuse(forbidden(fmt::format("Version code {} has already been used.", code)));
  }
  const std::int64_t highest = app.artifacts.empty() ? 0 : app.artifacts.rbegin()->first;
  if (code < highest) {
    return refuse(forbidden(fmt::format(
        "Version code {} does not allow any existing users to upgrade: {} was used before.", code, highest)));
  }
  auto [sha1, sha256] = session.bytes->digests();
  return Artifact{code, identity->version_name, std::move(sha1), std::move(sha256), apk};
}

}  // namespace train::sandbox::play
