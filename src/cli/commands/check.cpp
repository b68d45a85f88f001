// check: the definition, then what should be so before a release leaves.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "asking.hpp"
#include "bounds.hpp"
#include "commands.hpp"
#include "compose/catalog.hpp"
#include "compose/session.hpp"
#include "compose/wiring.hpp"
#include "train/archives/reader.hpp"
#include "train/base/text.hpp"
#include "train/definition/ask_once.hpp"
#include "train/preflight/definition.hpp"
#include "train/preflight/launch_risk.hpp"
#include "train/preflight/release.hpp"
#include "train/runner/archive_check.hpp"
#include "train/signing/signer.hpp"
#include "views/check_view.hpp"

namespace train::cli {
namespace {

using preflight::Lines;

struct CheckOptions {
  bool offline = false;
  std::string archive;  // only this file is looked at
};

void add(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

preflight::RunsOn where_it_runs() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true" ? preflight::RunsOn::ci_runner
                                                         : preflight::RunsOn::own_machine;
}

// The secrets are at hand.
Lines check_launch(const Definition& definition, Clock& clock, const CheckOptions& options) {
  const auto now = clock.now();
  const auto owned = wire(definition, clock);
  if (!owned) {
    Lines lines{preflight::failed_line("Secrets", "use", owned.error())};
    const auto answers = preflight::nobody_asked(definition, "a secret cannot be used");
    add(lines, preflight::launch_risks(definition, answers, where_it_runs(), now));
    return lines;
  }
  const auto answers =
      options.offline ? ask_this_machine(definition, owned->ports, now) : ask_everybody(definition, owned->ports, now);
  return preflight::launch_risks(definition, answers, where_it_runs(), now);
}

Lines check_all(const Definition& definition, const CheckOptions& options) {
  auto lines = preflight::definition_lines(definition);
  const auto secrets = preflight::secret_lines(definition, ask_secrets(definition));
  add(lines, secrets);
  // Without its secrets nothing else can be asked, and the missing ones are the news.
  if (exit_of(secrets) != Exit::done) return lines;
  auto clock = make_clock(definition);
  if (!clock)
    lines.push_back(preflight::failed_line("Definition", "TRAIN_CLOCK", clock.error()));
  else
    add(lines, check_launch(definition, **clock, options));
  return lines;
}

struct KnownArchive {
  const App* app = nullptr;
  ArchiveIdentity identity;
};

// The app whose archives have this ending and this id; several apps in one store are told apart by the id.
Result<KnownArchive> known_archive(const Definition& definition, const std::filesystem::path& file) {
  const auto archives = archives::make_archives();
  const auto identity = archives->inspect(file);
  if (!identity) return tl::unexpected(identity.error());
  if (!*identity) return fail(ErrorKind::usage, "There is no file " + file.string() + ".");
  std::vector<std::string> known;
  for (const auto& app : definition.apps) {
    const auto endings = app.facts().archives;
    const bool of_store = std::find(endings.begin(), endings.end(), file.extension().string()) != endings.end();
    if (of_store && app.store_id == (*identity)->id) return KnownArchive{&app, **identity};
    if (of_store) known.push_back(app.store_id);
  }
  return fail(
      ErrorKind::usage,
      file.string() + " is an archive of " + printable((*identity)->id, 200) + ", which is no app of the definition.",
      known.empty() ? "" : "The definition has " + join(known, ", ") + " for archives of this kind.");
}

// Offline: the file, the definition and the log.
Lines check_archive_file(const Definition& definition, Clock& clock, const KnownArchive& archive,
                         const std::filesystem::path& file) {
  const App& app = *archive.app;
  const auto signer = signing::make_signer();
  engine::State state;
  if (const auto owned = wire_log(definition, clock)) {
    if (auto read = runner::load_state(*owned->ports.log)) state = std::move(*read);
  }
  const auto* release = state.focus();
  const auto* progress = release == nullptr ? nullptr : release->find(app.name);
  auto findings = runner::examine_archive(*signer, app, std::filesystem::absolute(file),
                                          progress == nullptr ? std::nullopt : progress->live, clock.now());
  if (!findings) return {preflight::failed_line("Archive", app.name, findings.error())};
  if (auto number = runner::number_finding(app, archive.identity)) findings->push_back(std::move(*number));
  auto lines = preflight::archive_lines(app.name, *findings);
  preflight::settle_risks(lines, state);
  if (lines.empty()) lines.push_back({"Archive", app.name, preflight::Level::ok, "nothing speaks against it", ""});
  return lines;
}

Exit show(const Context& context, const Lines& lines) {
  if (context.format == Format::json) {
    context.out() << check_document(lines);
  } else {
    const Screen screen{context.out(), Paint(context.coloured()), static_cast<std::size_t>(context.columns())};
    show_check(lines, context.quiet ? Amount::only_trouble : Amount::everything, screen);
  }
  return exit_of(lines);
}

Exit run_check_archive(const Context& context, const Definition& definition, const std::filesystem::path& file) {
  const auto archive = known_archive(definition, file);
  if (!archive) return context.fail(archive.error());
  const auto clock = make_clock(definition);
  if (!clock) return context.fail(clock.error());
  return show(context, check_archive_file(definition, **clock, *archive, file));
}

Exit run_check(const Context& context, const CheckOptions& options) {
  const WithPatience bound(patience_within(k_check_in_all));
  const definition::AskOnce once;
  Exit exit = Exit::done;
  const auto definition = load_definition(context, exit);
  if (definition && !options.archive.empty()) return run_check_archive(context, *definition, options.archive);
  if (definition) return show(context, check_all(*definition, options));
  // The problems stand on stderr by now; a script that reads JSON gets them as lines too.
  if (context.format == Format::json) {
    if (const auto loaded = definition::load_file(context.file, catalog()); !loaded)
      context.out() << check_document(problem_lines(loaded.error()));
  }
  return exit;
}

}  // namespace

void add_check(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<CheckOptions>();
  auto* command =
      add_command(root, "check", "The definition, then what should be so before a release leaves", "train check");
  command->add_flag("--offline", options->offline, "Ask no store, signal or flag");
  command->add_option("--archive", options->archive, "Only look into this .aab, .apk or .ipa, offline");
  command->callback([&, options] { chosen = [&context, options] { return run_check(context, *options); }; });
}

}  // namespace train::cli
