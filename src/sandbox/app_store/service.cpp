// The built-in App Store as a Service: who may ask, how often, and what a person does in its console.
#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "app_store/account.hpp"
#include "app_store/handlers.hpp"
#include "app_store/testflight.hpp"
#include "train/base/text.hpp"

namespace train::sandbox {
namespace {

using namespace app_store;  // NOLINT: this file is the door to that room
using nlohmann::json;

// Apple grants about 3600 an hour. A virtual clock that stands still never forgets a request, so the sandbox grants ten
// times as many: far above what a train sends, low enough to stop one that loops.
constexpr std::size_t k_requests_per_hour = 36000;
constexpr Duration k_hour{3600};

struct Person {
  Model& model;
  AppRow& app;
  const json& act;
  Instant now;

  std::string text(const char* name) const {
    return act.contains(name) && act.at(name).is_string() ? act.at(name).get<std::string>() : "";
  }
  // The version that is named, or the newest.
  Version* version() const {
    if (const auto number = VersionName::parse(text("version"))) return model.find_version_numbered(app.id, *number);
    const auto newest = std::find_if(model.versions.rbegin(), model.versions.rend(),
                                     [&](const Version& row) { return row.app_id == app.id; });
    return newest == model.versions.rend() ? nullptr : &*newest;
  }
};

tl::unexpected<Error> cannot(const std::string& why) {
  return fail(ErrorKind::refused, "The App Store's site does not allow that: " + why);
}

std::string told(const Version& version, std::string_view what) {
  return fmt::format("app-store/{} {}", version.number, what);
}

Result<std::string> set_phase(const Person& person, std::string_view state) {
  auto* version = person.version();
  if (version == nullptr || !version->phase) return cannot("there is no phased release.");
  if (const auto refusal = set_phase_state(*version, state, person.now)) return cannot(*refusal);
  return told(*version, fmt::format("phased {}", state));
}

Result<std::string> withdraw(const Person& person) {
  auto* version = person.version();
  if (version == nullptr) return cannot("there is no such version.");
  if (version->state == k_approved) {
    version->state = k_withdrawn;
    version->due.reset();
    return told(*version, k_withdrawn);
  }
  auto* submission = person.model.find_submission_of_version(version->id);
  if (submission == nullptr) return cannot("the version is in no review submission.");
  if (const auto refusal = cancel(person.model, *submission, person.now)) return cannot(*refusal);
  return told(*version, k_canceling);
}

Result<std::string> release(const Person& person) {
  auto* version = person.version();
  if (version == nullptr) return cannot("there is no such version.");
  if (const auto refusal = request_release(*version, person.now)) return cannot(*refusal);
  return told(*version, "release requested");
}

Result<std::string> id_of_build(const Person& person, const VersionName& version, const std::string& number) {
  for (const auto& build : person.model.builds) {
    if (build.app_id == person.app.id && build.marketing == version.text() && build.number == number) return build.id;
  }
  return cannot("there is no build " + number + " of " + version.text() + ".");
}

Result<std::string> create(const Person& person) {
  const auto number = VersionName::parse(person.text("version"));
  if (!number) return cannot("`version` is missing.");
  for (const auto& other : person.model.versions) {
    if (other.app_id != person.app.id) continue;
    if (holds_the_slot(other.state)) return cannot("version " + other.number + " holds the one editable place.");
    if (*VersionName::parse(other.number) == *number) return cannot("the version number has been used.");
  }
  const auto build = person.text("build");
  const auto id = build.empty() ? Result<std::string>("") : id_of_build(person, *number, build);
  if (!id) return tl::unexpected(id.error());
  auto& version = add_version(person.model, person.app, number->text(), person.now);
  version.build_id = *id;
  version.earliest = parse_rfc3339(person.text("earliest"));
  if (version.earliest) version.release_type = "SCHEDULED";
  return told(version, "created");
}

// On the version's page, also during its review: the store shall release it by itself, to everybody.
Result<std::string> release_after_approval(const Person& person) {
  auto* version = person.version();
  if (version == nullptr) return cannot("there is no such version.");
  if (version->state == k_live || version->state == k_replaced) return cannot("it is released already.");
  version->release_type = "AFTER_APPROVAL";
  version->phase.reset();
  return told(*version, "released on approval, to everybody");
}

Result<std::string> remove_phase(const Person& person) {
  auto* version = person.version();
  if (version == nullptr || !version->phase) return cannot("there is no phased release.");
  if (version->state == k_live || version->state == k_replaced) return cannot("it has begun.");
  version->phase.reset();
  return told(*version, "no phased release any more");
}

// A draft is deleted; otherwise the whole app leaves the store, which ends a phase for good.
Result<std::string> remove(const Person& person) {
  auto* version = person.version();
  if (version == nullptr) return cannot("there is no such version.");
  if (version->state == k_draft) {
    const auto words = told(*version, "deleted");
    auto& rows = person.model.versions;
    rows.erase(rows.begin() + (version - rows.data()));
    return words;
  }
  if (person.app.is_removed()) return cannot("the app is removed from sale already.");
  leave_the_store(person.model, person.app, person.now);
  return fmt::format("app-store/{} removed from sale", person.app.bundle_id);
}

Result<std::string> upload(const Person& person) {
  const auto version = VersionName::parse(person.text("version"));
  const auto number = BuildNumber::parse(person.text("build"));
  if (!version || !number) return cannot("`version` and `build` are needed.");
  for (const auto& other : person.model.builds) {
    if (other.app_id == person.app.id && other.marketing == version->text() && other.number == number->text()) {
      return cannot("the bundle version has been used.");
    }
  }
  Build build;
  build.id = person.model.new_id();
  build.app_id = person.app.id;
  build.marketing = version->text();
  build.number = number->text();
  build.state = "PROCESSING";
  build.uploaded = person.now;
  build.processed_at = person.now + k_processing_time;
  // As if Info.plist said so, unless the question is to stay open.
  if (person.text("encryption") != "unanswered") build.uses_encryption = false;
  person.model.builds.push_back(build);
  return fmt::format("app-store/{} build {} uploaded", build.marketing, build.number);
}

Result<std::string> fail_build(const Person& person) {
  const auto failed = fail_processing(person.model, person.app, person.text("version"), person.text("build"));
  if (failed.empty()) return cannot("no such build is being processed: `version` and `build` name one that is.");
  return failed;
}

Result<std::string> stall_build(const Person& person) {
  const auto stalled = stall_processing(person.model, person.app, person.text("version"), person.text("build"));
  if (stalled.empty()) return cannot("no such build is being processed: `version` and `build` name one that is.");
  return stalled;
}

Result<std::string> begin_upload(const Person& person) {
  const auto version = VersionName::parse(person.text("version"));
  const auto number = BuildNumber::parse(person.text("build"));
  if (!version || !number) return cannot("`version` and `build` are needed.");
  return begin_foreign_upload(person.model, person.app, version->text(), number->text(), person.now);
}

Result<std::string> act_as(const Person& person) {
  const auto action = person.text("action");
  if (action == "halt" || action == "pause") return set_phase(person, k_paused);
  if (action == "resume") return set_phase(person, k_active);
  if (action == "complete") return set_phase(person, k_complete);
  if (action == "withdraw") return withdraw(person);
  if (action == "release") return release(person);
  if (action == "after_approval") return release_after_approval(person);
  if (action == "remove_phase") return remove_phase(person);
  if (action == "create_version") return create(person);
  if (action == "remove") return remove(person);
  if (action == "upload") return upload(person);
  if (action == "fail_processing") return fail_build(person);
  if (action == "stall_processing") return stall_build(person);
  if (action == "begin_upload") return begin_upload(person);
  if (starts_with(action, "beta_")) return act_in_testflight(person.model, person.app, person.act, person.now);
  if (auto change = act_on_account(person.model, person.app, action)) return *change;
  return fail(ErrorKind::usage, fmt::format("The App Store's site has no action '{}'.", action),
              "Use halt, pause, resume, complete, withdraw, release, after_approval, remove_phase, create_version, "
              "remove, upload, "
              "begin_upload, "
              "fail_processing, stall_processing, beta_submit, beta_review, beta_remove, beta_auto_notify, " +
                  account_actions() + ".");
}

AppReport::Side side_of(const Model& model, const Version& version) {
  AppReport::Side side;
  side.version = version.number;
  if (const auto* build = model.find_build(version.build_id)) side.build = build->number;
  side.state = version.state;
  if (version.state == k_live && version.phase) side.state += " " + version.phase->state;
  side.percent = percent_of(version);
  return side;
}

class AppStoreService final : public Service {
 public:
  AppStoreService(Model model, VerifyToken verify, std::string base_url)
      : model_(std::move(model)), verify_(std::move(verify)), base_url_(std::move(base_url)) {
    note_events(model_, now_);
  }

  std::unique_ptr<Service> clone() const override {
    auto copy = std::make_unique<AppStoreService>(*this);
    copy->listener_ = nullptr;
    copy->usage_ = nullptr;
    return copy;
  }

  void set_share_listener(ShareChanged listener) override {
    listener_ = std::move(listener);
    told_shares_.clear();
    tell_shares(now_);
  }

  void set_usage(UsageOf usage) override { usage_ = std::move(usage); }

  void pass_time(Instant now) override {
    for (auto due = next_due(model_); due && *due <= now; due = next_due(model_)) {
      apply_due(model_, *due);
      tell(*due);
    }
    now_ = std::max(now_, now);
    if (usage_) accrue_feedback(model_, usage_, now_);
  }

  Handled handle(const ServerRequest& request, Instant now) override {
    pass_time(now);
    auto handled = guarded(request, now);
    const auto left = k_requests_per_hour - std::min(k_requests_per_hour, seen_.size());
    handled.response.headers.emplace_back("X-Rate-Limit",
                                          fmt::format("user-hour-lim:{};user-hour-rem:{};", k_requests_per_hour, left));
    if (handled.effect) tell(now);
    return handled;
  }

  std::vector<AppReport> report() const override {
    std::vector<AppReport> out;
    for (const auto& app : model_.apps) out.push_back(report_of(app));
    return out;
  }

  bool review(const AppName& app, const VersionName& version, bool approved, Instant now) override {
    pass_time(now);
    const auto* row = model_.find_app_named(app);
    auto* found = row == nullptr ? nullptr : model_.find_version_numbered(row->id, version);
    const bool decided = found != nullptr && decide_review(model_, *found, approved, now);
    tell(now);
    return decided;
  }

  Result<std::string> person(const json& act, Instant now) override {
    pass_time(now);
    const auto name = act.is_object() && act.contains("app") && act.at("app").is_string()
                          ? act.at("app").get<std::string>()
                          : std::string{};
    auto* app = model_.find_app_named(name);
    if (app == nullptr) return fail(ErrorKind::not_found, fmt::format("The App Store has no app '{}'.", name));
    auto change = act_as(Person{model_, *app, act, now});
    tell(now);
    return change;
  }

 private:
  Handled guarded(const ServerRequest& request, Instant now) {
    if (is_slice(request)) return take_slice(model_, request, now);
    const auto header = request.headers.find("authorization");
    const auto value = header == request.headers.end() ? std::string{} : header->second;
    const auto verified = starts_with(value, "Bearer ") ? verify_(std::string_view(value).substr(7), now)
                                                        : Result<Done>(fail(ErrorKind::auth, "no bearer token"));
    if (!verified) {
      return refuse(ApiError{401, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.",
                             "Provide a properly configured and signed bearer token, and make sure that it has not "
                             "expired. " +
                                 verified.error().message});
    }
    if (auto refusal = refusal_of(model_.account, request)) return refuse(std::move(*refusal));
    while (!seen_.empty() && seen_.front() + k_hour <= now) seen_.pop_front();
    if (seen_.size() >= k_requests_per_hour) {
      return refuse(ApiError{429, "RATE_LIMIT_EXCEEDED", "The request rate limit has been reached.",
                             "We've received too many requests for this API. Please wait and try again or slow down "
                             "your request rate."});
    }
    seen_.push_back(now);
    return route(model_, request, base_url_, now);
  }

  // The candidate is the newest version, but for the one the app began with. Once everybody gets it and its phase is
  // over it is the live one as well.
  AppReport report_of(const AppRow& app) const {
    AppReport report;
    report.app = app.name;
    const Version* newest = nullptr;
    const Version* live = nullptr;
    for (const auto& version : model_.versions) {
      if (version.app_id != app.id) continue;
      newest = &version;
      report.versions.push_back(side_of(model_, version));
      if (version.state == k_live) live = &version;
    }
    if (newest != nullptr && !newest->from_the_beginning) report.candidate = side_of(model_, *newest);
    if (live == nullptr) return report;
    const bool settled = !live->phase || live->phase->state == k_complete;
    const auto* before = model_.find_version(live->replaces_id);
    if (settled) {
      report.live = side_of(model_, *live);
    } else if (before != nullptr) {
      report.live = side_of(model_, *before);
      report.live->percent = 100 - percent_of(*live);
    }
    return report;
  }

  // Whoever wants to know of a change: webhooks, and the metrics that accrue by shares.
  void tell(Instant at) {
    note_events(model_, at);
    tell_shares(at);
  }

  void tell_shares(Instant at) {
    if (!listener_) return;
    for (const auto& app : model_.apps) {
      for (const auto& [number, percent] : shares_of(model_, app)) {
        const auto known = told_shares_.find({app.name, number});
        const bool news = known == told_shares_.end() ? percent > 0 : known->second != percent;
        if (!news) continue;
        told_shares_[{app.name, number}] = percent;
        listener_(app.name, *VersionName::parse(number), Percent::whole(percent), at);
      }
    }
  }

  Model model_;
  VerifyToken verify_;
  std::string base_url_;
  Instant now_{};
  ShareChanged listener_;
  UsageOf usage_;
  std::map<std::pair<AppName, std::string>, int> told_shares_;
  std::deque<Instant> seen_;  // requests of the last hour
};

}  // namespace

std::unique_ptr<Service> make_app_store_service(std::vector<AppSetup> apps, VerifyToken verify, std::uint64_t seed,
                                                std::string base_url, Instant start) {
  auto service =
      std::make_unique<AppStoreService>(make_model(apps, seed, start), std::move(verify), std::move(base_url));
  service->pass_time(start);
  return service;
}

}  // namespace train::sandbox
