// The user's own definition with everything outside replaced: nothing real is ever touched.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "environment.hpp"
#include "train/base/files.hpp"

namespace train::rehearsal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Writes what the definition names, and hands out references to it.
class Props {
 public:
  Props(const sandbox::Sandbox& sandbox, fs::path directory) : sandbox_(sandbox), directory_(std::move(directory)) {}

  SecretRef secret(const std::string& name, const std::string& value) {
    const auto path = directory_ / "keys" / name;
    write(path, value);
    return {SecretRef::From::file, path.string()};
  }

  void write(const fs::path& path, const std::string& text) {
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    auto wrote = write_file_atomically(path, text);
    if (!wrote && result_) result_ = wrote;
  }

  const sandbox::Credentials& keys() const { return sandbox_.credentials(); }
  std::string url(const std::string& path) const { return sandbox_.url() + path; }
  const fs::path& directory() const { return directory_; }
  const Result<Done>& result() const { return result_; }

 private:
  const sandbox::Sandbox& sandbox_;
  fs::path directory_;
  Result<Done> result_ = Done{};
};

void replace_part(AppStoreApp& own, Props& props) {
  own.credentials = {props.secret("issuer-id", props.keys().app_store_issuer_id + "\n"),
                     props.secret("key-id", props.keys().app_store_key_id + "\n"),
                     props.secret("AuthKey.p8", props.keys().app_store_private_key)};
  own.webhook_feed = false;  // only `watch` listens, and a rehearsal looks hourly
}

void replace_part(GooglePlayApp& own, Props& props) {
  own.credentials = {props.secret("play.json", props.keys().service_account_json)};
  own.mapping.reset();
}

void replace_app(App& app, Props& props) {
  app.artifact.reset();
  app.endpoint = props.url("/" + std::string(app.facts().built_in));
  std::visit([&](auto& own) { replace_part(own, props); }, app.part);
  if (app.test_notes) app.test_notes = (props.directory() / "notes/{locale}.txt").string();
  if (app.release_notes) app.release_notes = (props.directory() / "notes/{locale}.txt").string();
}

void replace_signal(Signal& signal, const Props& props) {
  const auto query = [&](std::string_view aggregate, std::string_view metric) {
    return fmt::format(R"({}({}{{signal="{}",app="$app",version="$version"}}))", aggregate, metric, signal.name);
  };
  signal.source = "prometheus";
  signal.url = props.url("/prometheus");
  signal.token.reset();
  signal.options.clear();
  signal.secrets.clear();
  signal.secret_headers.clear();
  signal.exec.clear();
  switch (signal.kind) {
    case SignalKind::proportion:
    case SignalKind::rate:
      signal.events = query("sum", "train_signal_events_total");
      signal.exposures = query("sum", "train_signal_exposures_total");
      break;
    case SignalKind::level:
      signal.value = query("max", "train_signal_value");
      break;
    case SignalKind::alarm:
      signal.value = query("max", "train_signal_raised");
      break;
  }
}

void replace_flag(Flag& flag, const Props& props) {
  if (flag.parameter.empty()) flag.parameter = flag.name;
  flag.provider = "file";
  flag.path = props.directory() / "flags.json";
  flag.url.clear();
  flag.secret_headers.clear();
  flag.exec.clear();
  flag.options.clear();
  flag.credentials.reset();
}

void replace_flags(Definition& out, Props& props) {
  json values = json::object();
  for (auto& flag : out.flags) {
    replace_flag(flag, props);
    values[flag.parameter] = flag.value_on.value_or("true");
  }
  // Nothing is asked of users before somebody orders it: the parameter is not there yet.
  auto& minimum = out.force_update.minimum_version;
  if (minimum) replace_flag(*minimum, props);
  if (minimum || !out.flags.empty()) props.write(props.directory() / "flags.json", values.dump() + "\n");
}

void replace_hands(Definition& out, Props& props) {
  for (auto& channel : out.notify) {
    channel.kind = ChannelKind::webhook;
    channel.active = true;
    channel.target = props.secret("inbox.url", props.url("/_sandbox/inbox") + "\n");
  }
  if (out.source) {
    out.source->repository = props.directory() / "repository";
    // Never run: the rehearsal brings its own build service. It only says that there is one.
    if (out.source->build) out.source->build = BuildStarter{{"false"}, std::nullopt};
  }
  // The stage keeps what is live and brings a signer of its own.
  for (auto& rule : out.standby) rule = StandbyRule{rule.app, {}, {}, {}, {}, {}, {}};
  out.state = LogAddress::in_directory(props.directory() / ".train");
}

}  // namespace

Result<Definition> replace_outside(const Definition& own, const sandbox::Sandbox& sandbox, const fs::path& directory) {
  Definition out = own;
  Props props(sandbox, directory);
  out.file = directory / "train.yaml";
  out.directory = directory;
  for (auto& app : out.apps) replace_app(app, props);
  for (auto& signal : out.signals) replace_signal(signal, props);
  replace_flags(out, props);
  replace_hands(out, props);
  props.write(directory / "notes" / "en-US.txt", "A rehearsal.\n");
  if (!props.result()) return tl::unexpected(props.result().error());
  return out;
}

}  // namespace train::rehearsal
