// TestFlight: the groups of the definition get the candidate, one call of distribute() each.
#include <fmt/format.h>

#include <algorithm>

#include "beta.hpp"
#include "store.hpp"
#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

Result<Done> check_test_notes(const Notes& notes, const Candidate& candidate) {
  for (const auto& [locale, text] : notes) {
    const auto why = unfit_for_testers(text);
    if (why.empty()) continue;
    return fail(
        ErrorKind::refused,
        fmt::format("Cannot tell testers what to test in build {} in {}: {}.", candidate.build.text(), locale, why),
        "Mend the file named by `test_notes` (without it, by `release_notes`); nothing was sent.");
  }
  return Done{};
}

bool says(const std::vector<TextRow>& rows, const std::string& locale, const std::string& text) {
  return std::any_of(rows.begin(), rows.end(), [&](const TextRow& row) {
    return row.locale == locale && normal_text(row.text) == normal_text(text);
  });
}

bool may_be_submitted(const BetaRow& build) { return build.external_state == "READY_FOR_BETA_SUBMISSION"; }

bool waits_to_be_told(const BetaRow& build) {
  const bool approved = build.external_state == "BETA_APPROVED" || build.external_state == "READY_FOR_BETA_TESTING";
  return approved && !build.auto_notify;
}

}  // namespace

Result<std::vector<GroupRow>> AppStore::groups_of_app() {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  // All of them: a filter by name would cut a name at its comma, and the names are wanted for the message too.
  const Query query{
      {"filter[app]", app->id}, {"fields[betaGroups]", "name,isInternalGroup,hasAccessToAllBuilds"}, {"limit", "200"}};
  const auto document = api_.get_all("/v1/betaGroups", query, "read the TestFlight groups");
  if (!document) return tl::unexpected(document.error());
  return read_groups(*document);
}

Result<std::vector<BetaRow>> AppStore::beta_builds(const VersionName& version) {
  const auto app = find_app();
  if (!app) return tl::unexpected(app.error());
  const Query query{{"filter[app]", app->id},
                    {"filter[preReleaseVersion.version]", forms_of(version)},
                    {"filter[preReleaseVersion.platform]", "IOS"},
                    {"include", "preReleaseVersion,buildBetaDetail,betaGroups"},
                    {"fields[betaGroups]", "name,isInternalGroup,hasAccessToAllBuilds"},
                    {"limit[betaGroups]", "50"},
                    {"sort", "-uploadedDate"},
                    {"limit", "50"}};
  const auto document = api_.get("/v1/builds", query, fmt::format("read the builds of {}", version.text()));
  if (!document) return tl::unexpected(document.error());
  return read_beta_builds(*document);
}

Result<BetaRow> AppStore::beta_build(const Candidate& candidate) {
  const auto builds = beta_builds(candidate.version);
  if (!builds) return tl::unexpected(builds.error());
  for (const auto& row : *builds) {
    if (BuildNumber::parse(row.build.number) == candidate.build) return row;
  }
  return fail(ErrorKind::not_found,
              fmt::format("Cannot give build {} of {} to testers: App Store Connect has no such build.",
                          candidate.build.text(), candidate.version.text()),
              "A build appears some minutes after its upload.");
}

Result<std::vector<SeenBuild>> AppStore::seen_builds(const VersionName& version) {
  std::vector<SeenBuild> seen;
  if (app_.testers.empty()) {
    const auto builds = builds_of(version, std::nullopt);
    if (!builds) return tl::unexpected(builds.error());
    for (const auto& build : *builds) seen.push_back(seen_build(build));
    return seen;
  }
  const auto builds = beta_builds(version);
  if (!builds) return tl::unexpected(builds.error());
  // The newest build's own groups spare the list of all, once they are all of the definition's.
  std::vector<GroupRow> groups = builds->empty() ? std::vector<GroupRow>{} : builds->front().groups;
  const bool known = std::all_of(app_.testers.begin(), app_.testers.end(), [&](const std::string& name) {
    return std::any_of(groups.begin(), groups.end(), [&](const GroupRow& group) { return group.name == name; });
  });
  if (!builds->empty() && !known) {
    auto all = groups_of_app();
    if (!all) return tl::unexpected(all.error());
    groups = std::move(*all);
  }
  for (const auto& row : *builds) {
    seen.push_back(seen_build(row.build));
    const bool ours = !row.build.uses_encryption && own().uses_non_exempt_encryption == false;
    for (const auto& name : app_.testers) {
      seen.back().testers.push_back(
          testers_of(name, groups, *builds, row, ours ? Compliance::answered_by_us : Compliance::open));
    }
  }
  return seen;
}

Result<GroupRow> AppStore::group_named(const std::string& name) {
  const auto groups = groups_of_app();
  if (!groups) return tl::unexpected(groups.error());
  const GroupRow* found = nullptr;
  for (const auto& group : *groups) {
    if (group.name != name) continue;
    if (found != nullptr) {
      return fail(ErrorKind::refused, fmt::format("Two TestFlight groups of {} are called {}.", app_.store_id, name),
                  "Rename one of them in App Store Connect.");
    }
    found = &group;
  }
  if (found != nullptr) return *found;
  return fail(
      ErrorKind::not_found,
      fmt::format("{} has no TestFlight group {}; it has {}.", app_.store_id, printable(name, 60), names_of(*groups)),
      "Correct `testers` in the definition, or make the group in App Store Connect.");
}

Store::Probe AppStore::probe_testers() {
  for (const auto& name : app_.testers) {
    const auto group = group_named(name);
    if (!group) return {"testers", false, group.error().message, group.error().hint};
  }
  return {"testers", true, "TestFlight has " + join(app_.testers, ", "), {}};
}

Result<Done> AppStore::ensure_compliance(const BetaRow& build) {
  if (!waits_for_compliance(build)) return Done{};
  if (build.build.uses_encryption || own().uses_non_exempt_encryption == false) return answer_encryption(build.build);
  return fail(ErrorKind::refused,
              fmt::format("Cannot give build {} to testers: its export compliance is not answered "
                          "(MISSING_EXPORT_COMPLIANCE).",
                          printable(build.build.number, 40)),
              "Set export_compliance.uses_non_exempt_encryption, or answer it for this build in App Store Connect.");
}

Result<std::vector<TextRow>> AppStore::test_texts_of(const std::string& build_id) {
  const auto path = fmt::format("/v1/builds/{}/betaBuildLocalizations", build_id);
  const auto document = api_.get_all(path, {{"limit", "200"}}, "read what testers should test");
  if (!document) return tl::unexpected(document.error());
  return read_texts(*document);
}

Result<Done> AppStore::set_test_notes(const BetaRow& build, const Notes& notes) {
  if (notes.empty()) return Done{};
  const auto texts = test_texts_of(build.build.id);
  if (!texts) return tl::unexpected(texts.error());
  for (const auto& [locale, text] : notes) {
    if (says(*texts, locale, text)) continue;
    const auto what = fmt::format("tell testers of build {} in {} what to test", build.build.number, locale);
    const auto known = std::find_if(texts->begin(), texts->end(), [&, &wanted_locale = locale](const TextRow& row) {
      return row.locale == wanted_locale;
    });
    const std::string_view type = "betaBuildLocalizations";
    const auto wished = normal_text(text);
    const auto written = known != texts->end()
                             ? api_.write(http::Method::patch, fmt::format("/v1/{}/{}", type, known->id),
                                          update_body(type, known->id, {{"whatsNew", wished}}), what)
                             : api_.write(http::Method::post, fmt::format("/v1/{}", type),
                                          create_body(type, {{"locale", locale}, {"whatsNew", wished}},
                                                      {{"build", "builds", build.build.id}}),
                                          what);
    const auto shown = [&, &shown_locale = locale]() -> Result<bool> {
      return test_texts_of(build.build.id).map([&](const std::vector<TextRow>& rows) {
        return says(rows, shown_locale, wished);
      });
    };
    if (const auto done = api_.settle(written, shown, what); !done) return done;
  }
  return Done{};
}

Result<Done> AppStore::add_to_group(const Candidate& candidate, const BetaRow& build, const GroupRow& group) {
  if (group.all_builds || has_group(build, group.id)) return Done{};
  const auto what = fmt::format("give build {} to {}", candidate.build.text(), printable(group.name, 60));
  const nlohmann::json body{{"data", {{{"type", "builds"}, {"id", build.build.id}}}}};
  const auto written = api_.write(http::Method::post, fmt::format("/v1/betaGroups/{}/relationships/builds", group.id),
                                  body.dump(), what);
  const auto shown = [&]() -> Result<bool> {
    return beta_build(candidate).map([&](const BetaRow& again) { return has_group(again, group.id); });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::ask_beta_review(const Candidate& candidate) {
  const auto builds = beta_builds(candidate.version);
  if (!builds) return tl::unexpected(builds.error());
  const auto build = std::find_if(builds->begin(), builds->end(), [&](const BetaRow& row) {
    return BuildNumber::parse(row.build.number) == candidate.build;
  });
  if (build == builds->end() || !may_be_submitted(*build)) return Done{};
  // Apple reviews one build of a version at a time. The next look says so, and the engine waits.
  if (in_beta_review_beside(*builds, *build) != nullptr) return Done{};
  const auto what = fmt::format("submit build {} for beta review", candidate.build.text());
  auto written = api_.write(
      http::Method::post, "/v1/betaAppReviewSubmissions",
      create_body("betaAppReviewSubmissions", nlohmann::json::object(), {{"build", "builds", build->build.id}}), what);
  // Somebody else's build went in between: no other run of ours is meant by it.
  if (written.error.kind == ErrorKind::conflict) written.error.kind = ErrorKind::refused;
  const auto shown = [&]() -> Result<bool> {
    return beta_build(candidate).map([](const BetaRow& again) { return !may_be_submitted(again); });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::tell_testers(const Candidate& candidate) {
  const auto build = beta_build(candidate);
  if (!build) return tl::unexpected(build.error());
  if (!waits_to_be_told(*build)) return Done{};
  const auto what = fmt::format("tell testers of build {}", candidate.build.text());
  const auto written = api_.write(
      http::Method::post, "/v1/buildBetaNotifications",
      create_body("buildBetaNotifications", nlohmann::json::object(), {{"build", "builds", build->build.id}}), what);
  // A message that was accepted cannot be read back, and is not sent again to find out.
  if (written.certainty == Written::Certainty::accepted) return Done{};
  const auto shown = [&]() -> Result<bool> {
    return beta_build(candidate).map([](const BetaRow& again) { return !waits_to_be_told(again); });
  };
  return api_.settle(written, shown, what);
}

Result<Done> AppStore::distribute(const Candidate& candidate, const std::string& group, const Notes& notes) {
  if (const auto fit = check_test_notes(notes, candidate); !fit) return fit;
  const auto target = group_named(group);
  if (!target) return tl::unexpected(target.error());
  const auto build = beta_build(candidate);
  if (!build) return tl::unexpected(build.error());
  if (seen_build(build->build).state != BuildState::ready) {
    return fail(ErrorKind::refused,
                fmt::format("Cannot give build {} to testers: it is {}.", candidate.build.text(),
                            printable(seen_build(build->build).detail, 100)),
                "Run `train status --refresh`.");
  }
  if (const auto answered = ensure_compliance(*build); !answered) return answered;
  if (const auto noted = set_test_notes(*build, notes); !noted) return noted;
  if (const auto added = add_to_group(candidate, *build, *target); !added) return added;
  if (target->internal) return Done{};
  if (const auto asked = ask_beta_review(candidate); !asked) return asked;
  return tell_testers(candidate);
}

}  // namespace train::stores::app_store
