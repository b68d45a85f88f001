#include "git_remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "lock.hpp"
#include "posix.hpp"
#include "train/base/digest.hpp"
#include "train/base/text.hpp"

namespace train::event_log {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr const char* k_tip = "refs/train/tip";       // what was fetched last
constexpr const char* k_made = "refs/train/made/";    // commits on their way
constexpr std::size_t k_output_bytes_max = 1u << 30;  // ten years of logs are a tenth of it
constexpr std::chrono::milliseconds k_store_patience{60000};
constexpr int k_push_attempts = 3;

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::filesystem::path stores() {
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return std::filesystem::path(cache) / "train/git";
  if (const auto home = variable("HOME"); !home.empty()) return std::filesystem::path(home) / ".cache/train/git";
  std::error_code ignored;
  return std::filesystem::temp_directory_path(ignored) / "train/git";
}

bool is_address(std::string_view remote) { return remote.find_first_of(":/\\") != std::string_view::npos; }

git::Git here() { return git::Git("."); }

Result<std::string> url_of(std::string_view remote) {
  if (is_address(remote)) {
    std::error_code ignored;
    const std::filesystem::path path(remote);
    return std::filesystem::exists(path, ignored) ? std::filesystem::absolute(path, ignored).string()
                                                  : std::string(remote);
  }
  const auto url = here().run({"remote", "get-url", std::string(remote)});
  if (url && url->exit_code == 0) return std::string(trim(url->out));
  return fail(ErrorKind::definition,
              fmt::format("git:{}: there is no remote of this name in the checkout here", printable(remote, 100)),
              "Run it in the checkout, or write the repository's address in place of its name.");
}

// What the checkout says about reaching a remote: a CI job keeps its token there.
bool is_about_reaching(std::string_view key) {
  constexpr std::string_view sections[] = {"http.", "credential.", "url.", "ssh.", "core.sshcommand", "core.gitproxy"};
  return std::any_of(std::begin(sections), std::end(sections),
                     [&](std::string_view section) { return key.substr(0, section.size()) == section; });
}

Settings settings_of_the_checkout() {
  Settings out;
  const auto listed = here().run({"config", "--local", "--null", "--list"});
  if (!listed || listed->exit_code != 0) return out;
  for (const std::string& entry : split(listed->out, '\0')) {
    const auto line = entry.find('\n');
    if (line != std::string::npos && is_about_reaching(entry))
      out.emplace_back(entry.substr(0, line), entry.substr(line + 1));
  }
  return out;
}

// Settings behind those that the environment has already.
Settings environment_with(const Settings& settings, const std::filesystem::path& store) {
  Settings out{{"GIT_DIR", store.string()}};
  if (variable("GIT_SSH_COMMAND").empty() && variable("GIT_SSH").empty() &&
      std::none_of(settings.begin(), settings.end(), [](const auto& each) { return each.first == "core.sshcommand"; }))
    out.emplace_back("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
  const auto had = whole_number(variable("GIT_CONFIG_COUNT")).value_or(0);
  auto at = had;
  const auto add = [&](const std::string& key, const std::string& value) {
    out.emplace_back(fmt::format("GIT_CONFIG_KEY_{}", at), key);
    out.emplace_back(fmt::format("GIT_CONFIG_VALUE_{}", at), value);
    ++at;
  };
  for (const auto& [key, value] : settings) add(key, value);
  add("gc.autoDetach", "false");
  out.emplace_back("GIT_CONFIG_COUNT", std::to_string(at));
  return out;
}

bool is_full_ref(std::string_view ref) { return ref.substr(0, 5) == "refs/" && git::is_ref_name(ref); }

CommitId commit_for(const std::string& listed, const std::string& ref) {
  for (const std::string& line : split(listed, '\n')) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos && line.substr(tab + 1) == ref) return line.substr(0, tab);
  }
  return {};
}

// One object of `cat-file --batch` from `at` on: "ID blob SIZE\nCONTENT\n".
std::optional<std::string> next_object(const std::string& output, std::size_t& at) {
  const auto line_end = output.find('\n', at);
  if (line_end == std::string::npos) return std::nullopt;
  const auto words = split(output.substr(at, line_end - at), ' ');
  const auto size = words.size() == 3 && words[1] == "blob" ? whole_number(words[2]) : std::nullopt;
  if (!size || line_end + 1 + *size >= output.size()) return std::nullopt;
  at = line_end + 1 + *size + 1;
  return output.substr(line_end + 1, *size);
}

std::string import_text(const GitCommit& commit, const std::string& name) {
  constexpr std::string_view who = "train <train@localhost>";
  std::string out = fmt::format("commit {}\nmark :1\ncommitter {} {} +0000\ndata {}\n{}\n", name, who,
                                commit.at.time_since_epoch().count(), commit.message.size(), commit.message);
  if (!commit.parent.empty()) out += fmt::format("from {}\n", commit.parent);
  for (const auto& [path, text] : commit.files)
    out += fmt::format("M 100644 inline {}\ndata {}\n{}\n", path, text.size(), text);
  return out + "get-mark :1\ndone\n";
}

}  // namespace

GitRemote::GitRemote(std::filesystem::path store, std::string url, std::string ref, Settings environment)
    : store_(std::move(store)),
      url_(std::move(url)),
      ref_(std::move(ref)),
      environment_(std::move(environment)),
      git_(store_) {}

Result<GitRemote> GitRemote::open(std::string_view remote, const std::string& ref) {
  if (!is_full_ref(ref))
    return fail(
        ErrorKind::definition,
        fmt::format("git:{}#{}: a full name of a ref is wanted", printable(remote, 100), printable(ref, 100)),
        "Such as refs/train/charge, or the branch refs/heads/train-charge where the host keeps other refs out.");
  auto url = url_of(remote);
  if (!url) return tl::unexpected(url.error());
  const auto store = stores() / sha256_hex(*url + "#" + ref).substr(0, 16);
  if (const auto made = make_directory(store); !made) return tl::unexpected(made.error());
  GitRemote out(store, std::move(*url), ref, environment_with(settings_of_the_checkout(), store));
  std::error_code ignored;
  if (std::filesystem::exists(store / "HEAD", ignored)) return out;
  const auto lock = take_lock(store / "train.lock", Sharing::exclusive, k_store_patience);
  if (!lock) return tl::unexpected(lock.error());
  const auto begun = out.git({"init", "--quiet", "--bare", store.string()});
  if (!begun) return tl::unexpected(begun.error());
  if (begun->exit_code != 0) return tl::unexpected(out.refusal(*begun, "make a store for the log"));
  return out;
}

std::string GitRemote::place() const { return git::without_passwords(url_) + "#" + ref_; }

Result<ProcessOutput> GitRemote::git(std::vector<std::string> arguments, std::string input) const {
  return git_.run(std::move(arguments), {std::move(input), environment_, k_output_bytes_max});
}

Error GitRemote::refusal(const ProcessOutput& output, std::string_view tried) const {
  Error error = git_.error_of(output, fmt::format("{} of the log {}", tried, place()));
  if (error.hint.empty())
    error.hint =
        "Try `git ls-remote` on that address by hand. A host that keeps unusual refs out takes a branch: "
        "git:REMOTE#refs/heads/train-log.";
  return error;
}

Result<CommitId> GitRemote::tip() const {
  const auto listed = git({"ls-remote", "--quiet", url_, ref_});
  if (!listed) return tl::unexpected(listed.error());
  if (listed->exit_code != 0) return tl::unexpected(refusal(*listed, "read the tip"));
  return commit_for(listed->out, ref_);
}

Result<CommitId> GitRemote::fetch() const {
  const auto lock = take_lock(store_ / "train.lock", Sharing::exclusive, k_store_patience);
  if (!lock) return tl::unexpected(lock.error());
  const auto fetched = git({"fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--force", url_,
                            fmt::format("+{}:{}", ref_, k_tip)});
  if (!fetched) return tl::unexpected(fetched.error());
  if (fetched->exit_code != 0 && fetched->err.find("couldn't find remote ref") != std::string::npos) return CommitId();
  if (fetched->exit_code != 0) return tl::unexpected(refusal(*fetched, "fetch the events"));
  const auto commit = git({"rev-parse", "--verify", k_tip});
  if (!commit) return tl::unexpected(commit.error());
  if (commit->exit_code != 0) return tl::unexpected(refusal(*commit, "find the fetched events"));
  return std::string(trim(commit->out));
}

Result<std::vector<GitFile>> GitRemote::files(const CommitId& commit, const std::string& folder) const {
  const auto listed = git({"ls-tree", "-z", commit, folder});
  if (!listed) return tl::unexpected(listed.error());
  if (listed->exit_code != 0) return tl::unexpected(refusal(*listed, "list the events"));
  std::vector<GitFile> out;
  for (const std::string& entry : split(listed->out, '\0')) {
    const auto tab = entry.find('\t');
    const auto words = split(entry.substr(0, tab), ' ');
    if (tab != std::string::npos && words.size() == 3 && words[1] == "blob")
      out.push_back({entry.substr(tab + 1), words[2]});
  }
  return out;
}

Result<std::vector<std::string>> GitRemote::contents(const std::vector<GitFile>& files) const {
  if (files.empty()) return std::vector<std::string>();
  std::string asked;
  for (const GitFile& file : files) asked += file.id + "\n";
  const auto output = git({"cat-file", "--batch"}, asked);
  if (!output) return tl::unexpected(output.error());
  std::vector<std::string> out;
  std::size_t at = 0;
  for (const GitFile& file : files) {
    auto content = next_object(output->out, at);
    if (!content)
      return fail(ErrorKind::corrupt_state,
                  fmt::format("the store {} lacks {} of the log {}", store_.string(), file.path, place()),
                  "Delete that directory: it is only a copy, and is fetched again.");
    out.push_back(std::move(*content));
  }
  return out;
}

Result<CommitId> GitRemote::make(const GitCommit& commit) const {
  const auto made = git({"fast-import", "--quiet", "--done"}, import_text(commit, k_made + random_id()));
  if (!made) return tl::unexpected(made.error());
  if (made->exit_code != 0) return tl::unexpected(refusal(*made, "write an event into the store"));
  return std::string(trim(made->out));
}

namespace {

// Reasons that only say that somebody else was there first.
bool says_moved(const std::string& answer) {
  constexpr std::string_view reasons[] = {"stale info",           "fetch first",         "non-fast-forward",
                                          "cannot lock ref",      "incorrect old value", "already exists",
                                          "failed to update ref", "reference already"};
  return std::any_of(std::begin(reasons), std::end(reasons),
                     [&](std::string_view each) { return answer.find(each) != std::string::npos; });
}

bool is_refused_by_the_host(const std::string& answer) {
  return answer.find("[remote rejected]") != std::string::npos && !says_moved(answer);
}

}  // namespace

Result<GitRemote::Pushed> GitRemote::push(const CommitId& commit, const CommitId& parent) const {
  std::optional<Error> why;
  for (int attempt = 0; attempt < k_push_attempts; ++attempt) {
    const auto pushed = git({"push", "--porcelain", "--no-verify",
                             fmt::format("--force-with-lease={}:{}", ref_, parent), url_, commit + ":" + ref_});
    if (pushed && pushed->exit_code == 0) return Pushed::done;
    if (pushed && is_refused_by_the_host(pushed->out)) {
      ProcessOutput told = *pushed;
      told.err = told.out + told.err;
      return tl::unexpected(refusal(told, "push an event"));
    }
    why = pushed ? refusal(*pushed, "push an event") : pushed.error();
    const auto now = tip();
    if (!now) continue;
    if (*now == commit) return Pushed::done;
    if (*now != parent) return Pushed::moved;
    if (why->kind == ErrorKind::auth) return tl::unexpected(*why);
  }
  why->kind = ErrorKind::unknown_outcome;
  why->hint = "Run it again: the log is read afresh, and nothing is done twice.";
  return tl::unexpected(*why);
}

}  // namespace train::event_log
