#include <fmt/format.h>

#include <algorithm>

#include "app_store/model.hpp"
#include "app_store/testflight.hpp"

namespace train::sandbox::app_store {
namespace {

template <typename Rows>
auto* find_by_id(Rows& rows, std::string_view id) {
  const auto found = std::find_if(rows.begin(), rows.end(), [id](const auto& row) { return row.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

Build add_build(Model& model, const AppRow& app, const VersionName& version, const BuildNumber& number, Instant at) {
  Build build;
  build.id = model.new_id();
  build.app_id = app.id;
  build.marketing = version.text();
  build.number = number.text();
  build.uploaded = at;
  build.uses_encryption = false;
  model.builds.push_back(build);
  return build;
}

void add_live_version(Model& model, const AppRow& app, const AppSetup& setup, Instant start) {
  const auto released = start - 30 * k_day;
  const auto build = add_build(model, app, *setup.live, setup.live_build, released - 3 * k_day);
  auto& version = add_version(model, app, setup.live->text(), released - 2 * k_day);
  version.state = k_live;
  version.from_the_beginning = true;
  version.release_type = "MANUAL";
  version.build_id = build.id;
  for (auto& localization : version.localizations) localization.whats_new = "What the live version brought.";
}

}  // namespace

std::string Model::new_id() {
  ++last_id;
  return fmt::format("{:08x}-{:04x}-4000-8000-{:012x}", seed & 0xffffffffu, (seed >> 32) & 0xffffu, last_id);
}

AppRow* Model::find_app(std::string_view id) {
  auto* app = find_by_id(apps, id);
  return app == nullptr || app->of_another_team ? nullptr : app;
}
Build* Model::find_build(std::string_view id) { return find_by_id(builds, id); }
const Build* Model::find_build(std::string_view id) const { return find_by_id(builds, id); }
Version* Model::find_version(std::string_view id) { return find_by_id(versions, id); }
const Version* Model::find_version(std::string_view id) const { return find_by_id(versions, id); }
Submission* Model::find_submission(std::string_view id) { return find_by_id(submissions, id); }

AppRow* Model::find_app_named(const AppName& name) {
  const auto found = std::find_if(apps.begin(), apps.end(), [&](const AppRow& app) { return app.name == name; });
  return found == apps.end() ? nullptr : &*found;
}

Version* Model::find_version_numbered(std::string_view app_id, const VersionName& number) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
    return version.app_id == app_id && VersionName::parse(version.number) == number;
  });
  return found == versions.end() ? nullptr : &*found;
}

Version* Model::find_version_of_phase(std::string_view phase_id) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
    return version.phase && version.phase->id == phase_id;
  });
  return found == versions.end() ? nullptr : &*found;
}

Version* Model::find_version_of_localization(std::string_view localization_id) {
  for (auto& version : versions) {
    if (find_by_id(version.localizations, localization_id) != nullptr) return &version;
  }
  return nullptr;
}

Submission* Model::find_submission_of_item(std::string_view item_id) {
  for (auto& submission : submissions) {
    if (find_by_id(submission.items, item_id) != nullptr) return &submission;
  }
  return nullptr;
}

Submission* Model::find_submission_of_version(std::string_view version_id) {
  for (auto& submission : submissions) {
    const bool holds = std::any_of(submission.items.begin(), submission.items.end(),
                                   [&](const Item& item) { return item.version_id == version_id; });
    if (holds && is_open(submission.state)) return &submission;
  }
  return nullptr;
}

Version* Model::live_version(std::string_view app_id) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
    return version.app_id == app_id && version.state == k_live;
  });
  return found == versions.end() ? nullptr : &*found;
}

bool AppRow::is_removed() const {
  return std::none_of(storefronts.begin(), storefronts.end(), [](const Storefront& one) { return one.on_sale; });
}

namespace {

// The same team's other apps, whose bundle ids contain the app's: nothing but their rows in the list of apps.
void add_sibling(Model& model, const AppRow& app, std::string_view suffix) {
  AppRow sibling;
  sibling.id = fmt::format("{}", 1600000900 + model.siblings.size());
  sibling.name = fmt::format("{} {}", app.name, suffix);
  sibling.bundle_id = fmt::format("{}.{}", app.bundle_id, suffix);
  model.siblings.push_back(std::move(sibling));
}

}  // namespace

Model make_model(const std::vector<AppSetup>& apps, std::uint64_t seed, Instant start) {
  Model model;
  model.seed = seed;
  for (const auto& setup : apps) {
    if (setup.store != StoreKind::app_store) continue;
    AppRow app;
    app.id = fmt::format("{}", 1600000001 + model.apps.size());
    app.name = setup.name;
    app.bundle_id = setup.store_id;
    for (const auto* territory : {"DEU", "FRA", "GBR", "JPN", "USA"}) {
      app.storefronts.push_back({app.id + "-" + territory, territory});
    }
    model.apps.push_back(app);
    for (const auto* suffix : {"beta", "dev", "staging"}) add_sibling(model, app, suffix);
    add_beta_groups(model, app, setup);
    if (setup.live) add_live_version(model, app, setup, start);
    if (setup.uploaded) add_build(model, app, *setup.uploaded, setup.uploaded_build, start - Duration{3600});
  }
  return model;
}

}  // namespace train::sandbox::app_store
