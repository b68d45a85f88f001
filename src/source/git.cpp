#include "train/source/git.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "train/base/text.hpp"
#include "train/git/command.hpp"

namespace train::source {
namespace {

enum class RefKind { branch, tag };

std::string_view word(RefKind kind) { return kind == RefKind::branch ? "branch" : "tag"; }

std::string full_name(RefKind kind, const std::string& name) {
  return (kind == RefKind::branch ? "refs/heads/" : "refs/tags/") + name;
}

using Commit = std::string;
using Found = std::optional<Commit>;

std::string refused_name(RefKind kind, const std::string& name) {
  return fmt::format("\"{}\" cannot name a {}", printable(name, 200), word(kind));
}

tl::unexpected<Error> refuse_name(RefKind kind, const std::string& name) {
  return fail(ErrorKind::definition, refused_name(kind, name),
              "Use letters, digits and . _ / - and do not begin with a dash.");
}

using Refs = std::map<std::string, Commit>;  // full name → where it stands, an annotated tag where it leads

Refs read_refs(const std::string& lines) {
  constexpr std::string_view k_peeled = "^{}";
  Refs refs;
  for (const std::string& line : split(lines, '\n')) {
    const auto tab = line.find('\t');
    if (tab == 0 || tab == std::string::npos) continue;
    std::string name = line.substr(tab + 1);
    const bool peeled = name.size() > k_peeled.size() && name.substr(name.size() - k_peeled.size()) == k_peeled;
    if (peeled) name.resize(name.size() - k_peeled.size());
    if (peeled || refs.count(name) == 0) refs[name] = line.substr(0, tab);
  }
  return refs;
}

// "release" and "mobile/release" of "mobile/release/3.4.0": git keeps names as files in folders, so that none of these
// can be a branch beside it.
std::vector<std::string> folders_of(const std::string& name) {
  std::vector<std::string> out;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    out.push_back(name.substr(0, slash));
  return out;
}

// What names these, for `ls-remote` (which takes wildcards) or `for-each-ref` (which takes folders by their names).
std::vector<std::string> patterns_around(const SourceNeed& need, bool remote) {
  std::vector<std::string> out;
  const auto add = [&](RefKind kind, const std::string& name) {
    out.push_back(full_name(kind, name));
    if (remote && kind == RefKind::tag) out.push_back(full_name(kind, name) + "^{}");
  };
  for (const auto& [kind, name] : {std::pair(RefKind::branch, need.branch), std::pair(RefKind::tag, need.tag)}) {
    add(kind, name);
    if (remote) out.push_back(full_name(kind, name) + "/*");
    for (const auto& folder : folders_of(name)) add(kind, folder);
  }
  add(RefKind::branch, need.start);
  add(RefKind::tag, need.start);
  return out;
}

std::optional<std::string> clash_of(const Refs& refs, RefKind kind, const std::string& name) {
  for (const auto& folder : folders_of(name)) {
    if (refs.count(full_name(kind, folder)) != 0)
      return fmt::format("the {0} {1} cannot be made beside the {0} {2}: git keeps {2} as a folder for it", word(kind),
                         name, folder);
  }
  const std::string inside = full_name(kind, name) + "/";
  const auto below = refs.lower_bound(inside);
  if (below == refs.end() || !starts_with(below->first, inside)) return std::nullopt;
  return fmt::format("the {0} {1} cannot be made beside the {0} {2}: git keeps {1} as a folder for it", word(kind),
                     name, below->first.substr(full_name(kind, "").size()));
}

std::string taken_text(RefKind kind, const std::string& name, const Commit& found, const Commit& wanted) {
  return fmt::format("the {} {} stands at {} already, not at {}", word(kind), name, found.substr(0, 12),
                     wanted.substr(0, 12));
}

Found found_in(const Refs& refs, RefKind kind, const std::string& name) {
  const auto at = refs.find(full_name(kind, name));
  return at == refs.end() ? Found() : Found(at->second);
}

// A branch first, else a tag, as commit_of looks for it.
Found start_in(const Refs& refs, const std::string& name) {
  const auto branch = found_in(refs, RefKind::branch, name);
  return branch ? branch : found_in(refs, RefKind::tag, name);
}

// The branch once it is there, else where it would be cut.
std::vector<std::string> obstacles_among(const Refs& refs, const SourceNeed& need) {
  std::vector<std::string> out;
  const auto branch = found_in(refs, RefKind::branch, need.branch);
  const auto wanted = need.branch_is_cut ? branch : start_in(refs, need.start);
  if (!need.branch_is_cut && !wanted)
    out.push_back(fmt::format("there is no branch or tag {} to cut {} from", need.start, need.branch));
  if (!need.branch_is_cut) {
    if (branch && wanted && *branch != *wanted)
      out.push_back(taken_text(RefKind::branch, need.branch, *branch, *wanted));
    if (auto clash = clash_of(refs, RefKind::branch, need.branch)) out.push_back(std::move(*clash));
  }
  const auto tag = found_in(refs, RefKind::tag, need.tag);
  if (tag && wanted && *tag != *wanted) out.push_back(taken_text(RefKind::tag, need.tag, *tag, *wanted));
  if (auto clash = clash_of(refs, RefKind::tag, need.tag)) out.push_back(std::move(*clash));
  return out;
}

// Where an `origin` exists, it is the truth: a checkout in CI is thrown away, and others push there.
class GitSource final : public SourceControl {
 public:
  explicit GitSource(std::filesystem::path repository) : git_(std::move(repository)) {}

  Result<Found> find_branch(const std::string& branch) override { return find(RefKind::branch, branch); }
  Result<Found> find_tag(const std::string& tag) override { return find(RefKind::tag, tag); }
  Result<Done> cut_branch(const std::string& branch, const std::string& at) override {
    return create(RefKind::branch, branch, at);
  }
  Result<Done> create_tag(const std::string& tag, const std::string& at) override {
    return create(RefKind::tag, tag, at);
  }
  Result<std::vector<std::string>> obstacles(const SourceNeed& need) override {
    for (const auto& [kind, name] : {std::pair(RefKind::branch, need.branch), std::pair(RefKind::tag, need.tag),
                                     std::pair(RefKind::branch, need.start)}) {
      if (!git::is_ref_name(name)) return std::vector<std::string>{refused_name(kind, name)};
    }
    const auto refs = refs_around(need);
    if (!refs) return tl::unexpected(refs.error());
    return obstacles_among(*refs, need);
  }

 private:
  Result<Refs> refs_around(const SourceNeed& need) const {
    const auto origin = has_origin();
    if (!origin) return tl::unexpected(origin.error());
    constexpr std::string_view what = "cannot look for branches and tags";
    std::vector<std::string> arguments;
    if (*origin)
      arguments = {"ls-remote", "--", "origin"};
    else
      arguments = {"for-each-ref", "--format=%(objectname)%09%(refname)%0a%(*objectname)%09%(refname)^{}", "--"};
    for (auto& pattern : patterns_around(need, *origin)) arguments.push_back(std::move(pattern));
    const auto text = git_.output_of(std::move(arguments), what);
    if (!text) return tl::unexpected(text.error());
    return read_refs(*text);
  }

  Result<bool> has_origin() const {
    const auto output = git_.run({"config", "--get", "remote.origin.url"});
    if (!output) return tl::unexpected(output.error());
    if (output->exit_code > 1) return tl::unexpected(git_.error_of(*output, "cannot look for a remote"));
    return output->exit_code == 0;
  }

  Result<Found> find(RefKind kind, const std::string& name) const {
    if (!git::is_ref_name(name)) return refuse_name(kind, name);
    const auto origin = has_origin();
    if (!origin) return tl::unexpected(origin.error());
    return *origin ? find_on_origin(kind, name) : find_here(kind, name);
  }

  Result<Found> find_here(RefKind kind, const std::string& name) const {
    const auto output = git_.run({"rev-parse", "--verify", "--quiet", full_name(kind, name) + "^{commit}"});
    if (!output) return tl::unexpected(output.error());
    if (output->exit_code == 1) return Found();
    if (output->exit_code != 0) {
      return tl::unexpected(git_.error_of(*output, fmt::format("cannot look for the {} {}", word(kind), name)));
    }
    return Found(std::string(trim(output->out)));
  }

  Result<Found> find_on_origin(RefKind kind, const std::string& name) const {
    const std::string full = full_name(kind, name);
    const std::string peeled = full + "^{}";  // where an annotated tag leads
    const auto text = git_.output_of({"ls-remote", "--", "origin", full, peeled},
                                     fmt::format("cannot look for the {} {} on origin", word(kind), name));
    if (!text) return tl::unexpected(text.error());
    Found found;
    for (const std::string& line : split(*text, '\n')) {
      const auto tab = line.find('\t');
      if (tab == std::string::npos) continue;
      const std::string seen = line.substr(tab + 1);
      if (seen == peeled || (seen == full && !found)) found = line.substr(0, tab);
    }
    return found;
  }

  // What `at` names: a branch first, else a tag; on origin first, so that commits nobody else has are not released.
  Result<Commit> commit_of(const std::string& at, bool origin) const {
    if (!git::is_ref_name(at)) return refuse_name(RefKind::branch, at);
    for (const bool there : {true, false}) {
      if (there && !origin) continue;
      for (const RefKind kind : {RefKind::branch, RefKind::tag}) {
        const auto found = there ? find_on_origin(kind, at) : find_here(kind, at);
        if (!found) return tl::unexpected(found.error());
        if (*found) return **found;
      }
    }
    return fail(ErrorKind::not_found, fmt::format("there is no branch or tag {} to start from", at),
                "Check `source.mainline` and `source.branch` in the definition.");
  }

  Result<Done> create(RefKind kind, const std::string& name, const std::string& at) const {
    if (!git::is_ref_name(name)) return refuse_name(kind, name);
    const auto origin = has_origin();
    if (!origin) return tl::unexpected(origin.error());
    const auto start = commit_of(at, *origin);
    if (!start) return tl::unexpected(start.error());
    const auto found = *origin ? find_on_origin(kind, name) : find_here(kind, name);
    if (!found) return tl::unexpected(found.error());
    if (*found) return judge(kind, name, **found, *start);
    return *origin ? push(kind, name, *start, at) : create_here(kind, name, *start);
  }

  static Result<Done> judge(RefKind kind, const std::string& name, const Commit& found, const Commit& wanted) {
    if (found == wanted) return Done{};
    return fail(ErrorKind::conflict, taken_text(kind, name, found, wanted),
                "Somebody made or moved it. Look at it; delete it or choose another name in the definition.");
  }

  Result<Done> create_here(RefKind kind, const std::string& name, const Commit& start) const {
    // The empty old value: only if it does not exist.
    const auto output = git_.run({"update-ref", full_name(kind, name), start, ""});
    if (!output) return tl::unexpected(output.error());
    if (output->exit_code == 0) return Done{};
    const auto found = find_here(kind, name);
    if (found && *found) return judge(kind, name, **found, start);
    return tl::unexpected(git_.error_of(*output, fmt::format("cannot create the {} {}", word(kind), name)));
  }

  Result<Done> push(RefKind kind, const std::string& name, const Commit& start, const std::string& at) const {
    if (const auto here = have_commit(start, at); !here) return here;
    const std::string full = full_name(kind, name);
    // The lease on nothing: only if it does not exist there. A plain push would move an older branch forward.
    const auto pushed =
        git_.run({"push", "--quiet", "--force-with-lease=" + full + ":", "--", "origin", start + ":" + full});
    if (pushed && pushed->exit_code == 0) {
      keep_here(kind, name, start);
      return Done{};
    }
    const auto found = find_on_origin(kind, name);
    if (found && *found) return judge(kind, name, **found, start);
    Error why = pushed ? git_.error_of(*pushed, fmt::format("cannot push the {} {} to origin", word(kind), name))
                       : pushed.error();
    // It was pushed or not, and origin cannot be asked which.
    if (!found) why.kind = ErrorKind::unknown_outcome;
    return tl::unexpected(std::move(why));
  }

  Result<Done> have_commit(const Commit& commit, const std::string& at) const {
    const auto known = git_.run({"cat-file", "-e", commit + "^{commit}"});
    if (!known) return tl::unexpected(known.error());
    if (known->exit_code == 0) return Done{};
    const auto fetched = git_.output_of({"fetch", "--quiet", "--no-tags", "--", "origin", at},
                                        fmt::format("cannot fetch {} from origin", at));
    if (!fetched) return tl::unexpected(fetched.error());
    return Done{};
  }

  // For builds that run in this checkout. One that stands elsewhere here is somebody's work and stays.
  void keep_here(RefKind kind, const std::string& name, const Commit& start) const {
    const auto ignored = git_.run({"update-ref", full_name(kind, name), start, ""});
    static_cast<void>(ignored);
  }

  git::Git git_;
};

}  // namespace

std::unique_ptr<SourceControl> make_git(std::filesystem::path repository) {
  return std::make_unique<GitSource>(std::move(repository));
}

}  // namespace train::source
