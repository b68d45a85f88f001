#include "repository.hpp"

#include <fmt/format.h>

namespace train::rehearsal {

Repository::Repository(std::string mainline, std::function<void(const VersionName&)> built) : built_(std::move(built)) {
  branches_[std::move(mainline)] = "1000000000000000000000000000000000000001";
}

std::optional<std::string> Repository::find(const Names& names, const std::string& name) {
  const auto at = names.find(name);
  return at == names.end() ? std::nullopt : std::optional(at->second);
}

Result<std::optional<std::string>> Repository::find_branch(const std::string& branch) {
  const std::lock_guard lock(mutex_);
  return find(branches_, branch);
}

Result<std::optional<std::string>> Repository::find_tag(const std::string& tag) {
  const std::lock_guard lock(mutex_);
  return find(tags_, tag);
}

Result<Done> Repository::create(Names& names, const std::string& name, const std::string& at, std::string_view what) {
  const std::lock_guard lock(mutex_);
  auto commit = find(branches_, at);
  if (!commit) commit = find(tags_, at);
  if (!commit)
    return fail(ErrorKind::not_found, fmt::format("The {} {} cannot start at {}: it does not exist.", what, name, at));
  const auto [place, added] = names.emplace(name, *commit);
  if (!added && place->second != *commit)
    return fail(ErrorKind::conflict, fmt::format("The {} {} stands elsewhere.", what, name));
  return Done{};
}

Result<Done> Repository::cut_branch(const std::string& branch, const std::string& at) {
  return create(branches_, branch, at, "branch");
}

Result<Done> Repository::create_tag(const std::string& tag, const std::string& at) {
  return create(tags_, tag, at, "tag");
}

Result<std::vector<std::string>> Repository::obstacles(const SourceNeed& need) {
  const std::lock_guard lock(mutex_);
  const auto start = find(branches_, need.branch_is_cut ? need.branch : need.start);
  const auto from = start ? start : find(tags_, need.start);
  std::vector<std::string> out;
  if (!from) out.push_back(fmt::format("there is no branch or tag {} to cut {} from", need.start, need.branch));
  for (const auto& [names, name] : {std::pair(&branches_, need.branch), std::pair(&tags_, need.tag)}) {
    const auto taken = find(*names, name);
    if (taken && from && *taken != *from) out.push_back(fmt::format("{} stands elsewhere already", name));
  }
  return out;
}

Result<Done> Repository::start_build(const VersionName& version, const std::string& branch) {
  const auto found = find_branch(branch);
  if (!found || !*found) return fail(ErrorKind::not_found, fmt::format("There is no branch {} to build.", branch));
  if (built_) built_(version);
  return Done{};
}

}  // namespace train::rehearsal
