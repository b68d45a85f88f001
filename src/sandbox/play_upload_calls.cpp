#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "play_bundle.hpp"
#include "play_service.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::play {
namespace {

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

Handled bundle_answer(const Artifact& artifact) {
  return {
      json_response({{"versionCode", artifact.code}, {"sha1", artifact.sha1}, {"sha256", artifact.sha256}}), false, {}};
}

Refusal disk_full() {
  return {503, "UNAVAILABLE", "backendError", "The built-in store cannot keep the upload: its disk is full."};
}

}  // namespace

Handled PlayService::upload(PlayApp& app, Edit& edit, const ServerRequest& request) {
  const std::string kind = request.query_value("uploadType").value_or("");
  if (kind == "media" && request.method == "POST") return upload_at_once(app, edit, request);
  if (kind != "resumable") return refused(bad_request("The built-in store takes media and resumable uploads only."));
  if (request.method == "POST") return start_upload(app, edit, request);
  const auto session = edit.uploads.find(request.query_value("upload_id").value_or(""));
  if (session == edit.uploads.end()) return refused(not_found("There is no such upload session."));
  if (request.method != "PUT") return refused(not_found("There is no such method on an upload."));
  return continue_upload(app, edit, session->second, request);
}

// The whole file in one request, as Google's own Node client sends it.
Handled PlayService::upload_at_once(const PlayApp& app, Edit& edit, const ServerRequest& request) {
  if (request.body.empty()) return refused(bad_request("Upload requests must have a body."));
  UploadSession session;
  session.bytes = std::make_shared<UploadBytes>();
  if (!session.bytes->append(request.body)) return refused(disk_full());
  const auto artifact = take_bundle(app, edit, session);
  if (!artifact) return refused(artifact.error());
  edit.artifacts[artifact->code] = *artifact;
  return bundle_answer(*artifact);
}

Handled PlayService::start_upload(const PlayApp& app, Edit& edit, const ServerRequest& request) {
  UploadSession session;
  const std::string told = header_of(request, "x-upload-content-length");
  if (const auto range = parse_content_range("bytes */" + told)) session.total = range->total;
  session.bytes = std::make_shared<UploadBytes>();
  const std::string id = next_id("upload");
  edit.uploads.emplace(id, std::move(session));
  Handled handled;
  handled.response.headers.emplace_back(
      "Location",
      fmt::format("{}/upload/androidpublisher/v3/applications/{}/edits/{}/bundles?uploadType=resumable&upload_id={}",
                  base_url_, app.setup.store_id, edit.id, id));
  return handled;
}

Handled PlayService::continue_upload(PlayApp& app, Edit& edit, UploadSession& session, const ServerRequest& request) {
  const auto range = parse_content_range(header_of(request, "content-range"));
  if (!range) return refused(bad_request("The Content-Range header cannot be read."));
  if (session.finished_code) return bundle_answer(edit.artifacts.at(*session.finished_code));
  if (!range->first) return resume_incomplete(session);
  if (session.total != 0 && session.total != range->total) {
    return refused(bad_request("The size of the upload differs from what was told at its start."));
  }
  session.total = range->total;
  const auto accepted = acceptable_bytes(session, *range, request.body.size());
  // A chunk that starts elsewhere: Google says where to go on.
  if (!accepted && *range->first != session.stored) return resume_incomplete(session);
  if (!accepted) return refused(bad_request("Chunks but the last are whole multiples of 262144 bytes."));
  if (!session.bytes->append(std::string_view(request.body).substr(0, *accepted))) return refused(disk_full());
  session.stored += *accepted;
  if (session.stored < session.total) return resume_incomplete(session);
  const auto artifact = take_bundle(app, edit, session);
  if (!artifact) return refused(artifact.error());
  session.finished_code = artifact->code;
  edit.artifacts[artifact->code] = *artifact;
  return bundle_answer(*artifact);
}

Answered<Artifact> PlayService::take_bundle(const PlayApp& app, const Edit& edit, const UploadSession& session) const {
  const auto refuse = [](Refusal refusal) { return tl::unexpected<Refusal>(std::move(refusal)); };
  const auto identity = read_bundle(*session.bytes);
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
  return Artifact{code, identity->version_name, session.bytes->sha1_hex(), session.bytes->sha256_hex()};
}

}  // namespace train::sandbox::play
