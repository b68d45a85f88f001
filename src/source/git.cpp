#include "train/source/git.hpp"

#include <fmt/format.h>

#include <utility>

#include "git_command.hpp"
#include "train/base/text.hpp"

namespace train::source {
namespace {

enum class RefKind { branch, tag };

std::string_view word(RefKind kind) { return kind == RefKind::branch ? "branch" : "tag"; }

std::string full_name(RefKind kind, const std::string& name) {
  return (kind == RefKind::branch ? "refs/heads/" : "refs/tags/") + name;
}

using Commit = std::string;
using Found = std::optional<Commit>;

tl::unexpected<Error> refuse_name(RefKind kind, const std::string& name) {
  return fail(ErrorKind::definition, fmt::format("\"{}\" cannot name a {}", printable(name, 200), word(kind)),
              "Use letters, digits and . _ / - and do not begin with a dash.");
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

 private:
  Result<bool> has_origin() const {
    const auto output = git_.run({"config", "--get", "remote.origin.url"});
    if (!output) return tl::unexpected(output.error());
    if (output->exit_code > 1) return tl::unexpected(git_.error_of(*output, "cannot look for a remote"));
    return output->exit_code == 0;
  }

  Result<Found> find(RefKind kind, const std::string& name) const {
    if (!is_ref_name(name)) return refuse_name(kind, name);
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
    if (!is_ref_name(at)) return refuse_name(RefKind::branch, at);
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
    if (!is_ref_name(name)) return refuse_name(kind, name);
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
    return fail(ErrorKind::conflict,
                fmt::format("the {} {} stands at {} already, not at {}", word(kind), name, found.substr(0, 12),
                            wanted.substr(0, 12)),
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

  Git git_;
};

}  // namespace

std::unique_ptr<SourceControl> make_git(std::filesystem::path repository) {
  return std::make_unique<GitSource>(std::move(repository));
}

}  // namespace train::source
