#include "upload.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "train/base/text.hpp"

namespace train::stores::google_play {
namespace {

using http::Outcome;
using http::Transport;

constexpr int k_sessions_most = 3;
constexpr int k_failures_most = 8;                            // in a row, without one more byte acknowledged
constexpr std::chrono::milliseconds k_chunk_timeout{300000};  // the last one waits for Google to digest the bundle
constexpr int k_resume_incomplete = 308;

struct Session {
  const Parcel* parcel = nullptr;
  std::string url;
  std::uint64_t total = 0;
  std::uint64_t stored = 0;  // acknowledged
  bool resumed = false;      // of an earlier process: what it stored is not known yet
};

http::Request session_request(const Session& session) {
  http::Request request;
  request.method = http::Method::put;
  request.url = session.url;
  request.purpose = http::Purpose::chunk;
  request.timeout = k_chunk_timeout;
  return request;
}

http::Request next_chunk(const Session& session) {
  http::Request request = session_request(session);
  const std::uint64_t length = std::min(k_chunk_bytes, session.total - session.stored);
  request.headers = {
      {"Content-Type", "application/octet-stream"},
      {"Content-Range", fmt::format("bytes {}-{}/{}", session.stored, session.stored + length - 1, session.total)}};
  request.slice = http::FileSlice{session.parcel->file, session.stored, length};
  return request;
}

http::Request how_much_is_stored(const Session& session) {
  http::Request request = session_request(session);
  request.headers = {{"Content-Range", fmt::format("bytes */{}", session.total)}};
  return request;
}

// "bytes=0-99" → 100; no header: nothing is stored.
std::optional<std::uint64_t> acknowledged(const Outcome& outcome) {
  const auto header = outcome.header("range");
  if (!header) return 0;
  const std::size_t dash = header->rfind('-');
  std::uint64_t last = 0;
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = header->substr(dash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), last);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return last + 1;
}

bool worth_another_try(const Outcome& outcome) {
  if (outcome.transport != Transport::answered) return true;
  if (outcome.status == 403) return is_rate_limit(parse_error(outcome.status, outcome.body));
  return outcome.status >= 500 || outcome.status == 408 || outcome.status == 429;
}

// What one answer means for the session: finished with Google's JSON, to be gone on with, or stopped.
Called<std::optional<std::string>> take_answer(Session& session, const Outcome& outcome, bool& progress) {
  progress = false;
  if (worth_another_try(outcome)) return std::optional<std::string>();
  if (outcome.status == 200 || outcome.status == 201) {
    // Not JSON: a page from somewhere between; asking shows what Google has.
    if (is_object(outcome.body)) return std::optional<std::string>(outcome.body);
    return std::optional<std::string>();
  }
  if (outcome.status == k_resume_incomplete) {
    const auto stored = acknowledged(outcome);
    if (stored && *stored <= session.total) {
      progress = *stored > session.stored;
      session.stored = *stored;
    }
    return std::optional<std::string>();
  }
  CallError error = error_of(parse_error(outcome.status, outcome.body), session.parcel->what);
  const bool gone = outcome.status == 404 || outcome.status == 410;
  if (gone && error.trouble == Trouble::none) error.trouble = Trouble::session_lost;
  return stop(std::move(error));
}

tl::unexpected<CallError> gave_up(const Session& session, const Outcome& outcome) {
  std::string detail = outcome.transport == Transport::answered ? fmt::format("Google Play answered {}", outcome.status)
                                                                : outcome.detail;
  return stop(
      ErrorKind::unreachable,
      fmt::format("{} stopped at byte {} of {}: {}.", session.parcel->what, session.stored, session.total, detail),
      "Nothing was committed. Run it again: it goes on from there.");
}

Called<std::string> send_chunks(Caller& caller, Session& session, const Progress& told) {
  bool ask = session.resumed;
  for (int failures = 0;;) {
    const bool all_stored = session.stored >= session.total;
    const auto outcome = caller.send(ask || all_stored ? how_much_is_stored(session) : next_chunk(session));
    if (!outcome) return stop(outcome.error());
    bool progress = false;
    const auto taken = take_answer(session, *outcome, progress);
    if (!taken) return stop(taken.error());
    if (*taken) return **taken;
    if (progress && told) told(session.stored, session.total);
    const bool asked_and_answered = ask && outcome->status == k_resume_incomplete;
    ask = outcome->status != k_resume_incomplete;
    if (progress) failures = 0;
    if (progress || asked_and_answered) continue;
    if (++failures > k_failures_most) return gave_up(session, *outcome);
    const auto delay = http::retry_delay(
        {failures, std::chrono::milliseconds{1000}, std::chrono::milliseconds{30000}, http::retry_after(*outcome)});
    if (!caller.wait(std::chrono::ceil<std::chrono::seconds>(delay))) return gave_up(session, *outcome);
  }
}

Called<std::string> start_session(Caller& caller, const std::string& edit, const Session& session) {
  const std::string& what = session.parcel->what;
  http::Request request;
  request.method = http::Method::post;
  request.url = fmt::format("{}/edits/{}/{}?uploadType=resumable", caller.app_upload_url(), percent_encode(edit),
                            session.parcel->place);
  request.headers = {{"X-Upload-Content-Type", "application/octet-stream"},
                     {"X-Upload-Content-Length", std::to_string(session.total)}};
  request.purpose = http::Purpose::write;
  for (int attempt = 1;; ++attempt) {
    const auto outcome = caller.send(request);
    if (!outcome) return stop(outcome.error());
    const auto location = outcome->header("location");
    const bool answered = outcome->transport == Transport::answered;
    if (answered && outcome->status < 300 && location && caller.may_upload_to(*location)) return std::string(*location);
    if (!worth_another_try(*outcome)) {
      if (outcome->status >= 300) return stop(error_of(parse_error(outcome->status, outcome->body), what));
      return stop(ErrorKind::invalid_answer, what + ": Google Play named no upload address of its own.",
                  "Check that `endpoint` is Google's own address.");
    }
    // A session that nobody uses goes away by itself.
    if (attempt == k_failures_most || !caller.wait(std::chrono::seconds{attempt})) return gave_up(session, *outcome);
  }
}

// Of an earlier process, when it is ours and the address is one that may have the token.
bool take_kept_session(Caller& caller, Keep& keep, const std::string& edit, Session& session) {
  const auto kept = keep.edit(caller.clock().now());
  if (!kept || kept->id != edit) return false;
  for (const KeptSession& each : kept->sessions) {
    const bool same = each.place == session.parcel->place && each.sha256 == session.parcel->sha256;
    if (!same || !caller.may_upload_to(each.url)) continue;
    session.url = each.url;
    session.resumed = true;
    return true;
  }
  return false;
}

}  // namespace

Called<std::string> send_parcel(Caller& caller, Keep& keep, const std::string& edit, const Parcel& parcel,
                                const Progress& progress) {
  std::error_code failed;
  const std::uintmax_t total = std::filesystem::file_size(parcel.file, failed);
  if (failed || total == 0) {
    return stop(ErrorKind::storage,
                fmt::format("Cannot read {}: {}.", parcel.file.string(), failed ? failed.message() : "it is empty"));
  }
  for (int attempt = 1;; ++attempt) {
    Session session{&parcel, {}, total, 0, false};
    if (!take_kept_session(caller, keep, edit, session)) {
      const auto url = start_session(caller, edit, session);
      if (!url) return stop(url.error());
      session.url = *url;
      keep.add({parcel.place, parcel.sha256, session.url});
    }
    auto answer = send_chunks(caller, session, progress);
    const bool lost = !answer && answer.error().trouble == Trouble::session_lost;
    if (lost) keep.drop_session(parcel.place, parcel.sha256);
    if (!lost || attempt == k_sessions_most) return answer;
  }
}

}  // namespace train::stores::google_play
