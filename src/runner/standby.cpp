#include "standby.hpp"

#include <fmt/core.h>

#include <system_error>

#include "act.hpp"
#include "train/base/placeholders.hpp"
#include "train/base/text.hpp"
#include "train/engine/standby.hpp"

namespace train::runner {
namespace {

namespace fs = std::filesystem;

struct Place {
  const engine::Release* release = nullptr;
  const engine::AppProgress* progress = nullptr;
};

Place place_of(const engine::State& state, const VersionName& version, const AppName& app) {
  const auto* release = state.find(version);
  return {release, release == nullptr ? nullptr : release->find(app)};
}

fs::path kept_file(const Ports& ports, const fs::path& source, const std::string& sha256) {
  return ports.work_dir / "archives" / (sha256 + source.extension().string());
}

// The digest that the live build was uploaded with, where this train did it.
std::string digest_of_live(const engine::State& state, const AppName& app, const LiveVersion& live) {
  const auto* release = state.find(live.version);
  const auto* progress = release == nullptr ? nullptr : release->find(app);
  const bool same = progress != nullptr && progress->candidate && progress->candidate->build == live.build;
  return same ? progress->candidate->sha256 : std::string();
}

fs::path source_of(const StandbyRule& rule, const Ports& ports, const engine::State& state, const LiveVersion& live) {
  const fs::path given = with_version(rule.source, live.version);
  std::error_code ignored;
  // What went back is live now: its archive is the one that was built.
  if (const auto back = engine::owner_of_standby(state, rule.app, live.version).app; back != nullptr) {
    const auto built = standby_file(ports, rule.app, *back->standby);
    if (fs::exists(built, ignored)) return built;
  }
  const auto digest = digest_of_live(state, rule.app, live);
  if (digest.empty() || ports.work_dir.empty()) return given;
  const auto kept = kept_file(ports, given, digest);
  return fs::exists(kept, ignored) ? kept : given;
}

std::optional<Error> mismatch(const ArchiveIdentity& seen, const App& app, const LiveVersion& live,
                              const fs::path& file) {
  if (seen.id == app.store_id && seen.version == live.version && seen.build == live.build) return std::nullopt;
  return Error{
      ErrorKind::refused,
      fmt::format("{} is {} {} ({}), but {} {} ({}) is live.", file.string(), printable(seen.id, 200),
                  seen.version.text(), seen.build.text(), app.store_id, live.version.text(), live.build.text()),
      "Put the archive of what is live there, or waive the way back for this release."};
}

void examine_source(const StandbyRule& rule, const App& app, const Ports& ports, const fs::path& file,
                    const LiveVersion& live, StandbyLook& out) {
  if (ports.signer == nullptr) return;
  if (app.has_further_archives()) {
    out.failure = Error{ErrorKind::refused, "A release of several APKs is not rebuilt by the train itself.",
                        "Make each with `train standby build`, keep them at hand, and waive the way back."};
    return;
  }
  auto source = ports.signer->examine(file);
  if (!source) {
    out.failure = source.error();
    if (out.failure->kind == ErrorKind::not_found)
      out.failure->hint = fmt::format("Put the archive of {} ({}) there: `standby.{}.source`.", live.version.text(),
                                      live.build.text(), rule.app);
    return;
  }
  out.failure = mismatch(source->identity, app, live, file);
  if (out.failure) return;
  out.source = ArtifactView{file.string(), source->identity.id, source->identity.version, source->identity.build,
                            source->identity.sha256};
  for (const auto& finding : source->findings) out.findings.push_back(finding.text);
}

Result<Notes> notes_of(const StandbyRule& rule, const VersionName& version) {
  if (!rule.notes) return Notes{};
  return read_notes(*rule.notes, version);
}

Result<Done> prepare(const Ports& ports, const AppName& app, const engine::Standby& standby) {
  auto order = signing_order(ports, app, standby);
  if (!order) return tl::unexpected(order.error());
  std::error_code failed;
  fs::create_directories(order->out.parent_path(), failed);
  if (failed) {
    return fail(ErrorKind::storage,
                fmt::format("Cannot make {}: {}.", order->out.parent_path().string(), failed.message()));
  }
  return ports.signer->rebuild(*order).map([](const SignedBuild&) { return Done{}; });
}

Result<Done> upload_standby(Uploads& uploads, const Ports& ports, const AppName& app, const engine::Standby& standby) {
  const auto file = standby_file(ports, app, standby);
  const auto identity = ports.archives->inspect(file);
  if (!identity) return tl::unexpected(identity.error());
  if (!*identity) {
    return fail(ErrorKind::not_found, "The built standby " + file.string() + " is gone.",
                "Run `train advance` again: it builds it anew.");
  }
  return uploads.upload_build({{standby.version, standby.build}, file, (*identity)->sha256, standby.from});
}

// What the store is asked for on the standby's way.
Result<Done> order_standby(const Capabilities& offers, const Ports& ports, const StandbyRule& rule,
                           const engine::AppProgress& progress, const Step& step) {
  const auto& standby = *progress.standby;
  const Candidate candidate{standby.version, standby.build};
  if (step.action == Action::upload_standby && offers.uploads != nullptr)
    return upload_standby(*offers.uploads, ports, step.app, standby);
  if (step.action == Action::cancel_standby && offers.review != nullptr)
    return offers.review->cancel_submission(candidate);
  const auto notes = notes_of(rule, standby.version);
  if (!notes) return tl::unexpected(notes.error());
  if (step.action == Action::submit_standby && offers.review != nullptr)
    return offers.review->submit_standby(candidate, *notes);
  const Candidate bad{step.version, progress.candidate ? progress.candidate->build : BuildNumber()};
  if (step.action == Action::release_standby && offers.standbys != nullptr)
    return offers.standbys->release_standby(candidate, bad, *notes);
  return not_offered(step);
}

}  // namespace

fs::path standby_file(const Ports& ports, const AppName& app, const engine::Standby& standby) {
  return ports.work_dir / "standby" /
         fmt::format("{}-{}-{}{}", app, standby.version.text(), standby.build.text(),
                     fs::path(standby.source).extension().string());
}

Result<SigningOrder> signing_order(const Ports& ports, const AppName& app, const engine::Standby& standby) {
  const auto key = ports.signing_keys.find(app);
  if (ports.signer == nullptr || key == ports.signing_keys.end())
    return fail(ErrorKind::internal, "There is nothing to sign " + app + " with.");
  auto identity = key->second();
  if (!identity) return tl::unexpected(identity.error());
  SigningOrder order;
  order.source = standby.source;
  order.out = standby_file(ports, app, standby);
  order.version = standby.version;
  order.build = standby.build;
  order.identity = std::move(*identity);
  order.now = ports.clock->now();
  return order;
}

std::optional<StandbyLook> look_at_standby(const Definition& definition, const Ports& ports, const engine::State& state,
                                           const VersionName& version, const App& app, Instant now) {
  const auto* rule = definition.find_standby(app.name);
  const auto [release, progress] = place_of(state, version, app.name);
  if (rule == nullptr || progress == nullptr) return std::nullopt;
  StandbyLook out;
  if (engine::wants_standby(definition, app.facts(), *release, *progress)) {
    const auto live = *engine::standby_base(*progress);
    examine_source(*rule, app, ports, source_of(*rule, ports, state, live), live, out);
  }
  if (!progress->standby) return out;
  if (!progress->standby->uploaded) {
    std::error_code ignored;
    out.built = fs::exists(standby_file(ports, app.name, *progress->standby), ignored);
  }
  const auto store = ports.stores.find(app.name);
  if (store == ports.stores.end() || !engine::wants_standby_look(app, *release, *progress, now)) return out;
  // What could not be read is read at the next look; nothing is decided on its absence.
  if (auto view = store->second->observe({progress->standby->version, {progress->standby->build}}, Depth::full))
    out.view = std::move(*view);
  return out;
}

Result<Done> keep_archive(const Definition& definition, const Ports& ports, const AppName& app, const fs::path& file,
                          const std::string& sha256) {
  if (definition.find_standby(app) == nullptr || ports.work_dir.empty() || sha256.empty()) return Done{};
  const auto kept = kept_file(ports, file, sha256);
  std::error_code failed;
  if (fs::exists(kept, failed)) return Done{};
  const auto part = fs::path(kept.string() + ".part");
  fs::create_directories(kept.parent_path(), failed);
  if (!failed) fs::copy_file(file, part, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::rename(part, kept, failed);
  if (!failed) return Done{};
  return fail(ErrorKind::storage,
              fmt::format("Cannot keep {} as {}, which a later way back is made of: {}.", file.string(), kept.string(),
                          failed.message()),
              "Make room there; nothing was uploaded.");
}

bool is_standby_step(const Step& step) {
  return step.action == Action::prepare_standby || step.action == Action::upload_standby ||
         step.action == Action::submit_standby || step.action == Action::release_standby ||
         step.action == Action::cancel_standby;
}

Result<Done> act_on_standby(const Definition& definition, const Ports& ports, const engine::State& state,
                            const Step& step) {
  const auto* rule = definition.find_standby(step.app);
  const auto* progress = place_of(state, step.version, step.app).progress;
  const auto store = ports.stores.find(step.app);
  if (rule == nullptr || progress == nullptr || !progress->standby || store == ports.stores.end())
    return fail(ErrorKind::refused, "The definition has no standby for " + step.app + " any more.");
  if (step.action == Action::prepare_standby) return prepare(ports, step.app, *progress->standby);
  return order_standby(store->second->offers(), ports, *rule, *progress, step);
}

}  // namespace train::runner
