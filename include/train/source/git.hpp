// Plain git for branches and tags, and what starts a build.
#pragma once

#include <filesystem>
#include <memory>

#include "train/base/secret.hpp"
#include "train/domain/definition.hpp"
#include "train/http/client.hpp"
#include "train/ports/source_control.hpp"

namespace train::source {

// Runs `git -C repository …`. When the repository has a remote `origin`, branches and tags are pushed there too.
std::unique_ptr<SourceControl> make_git(std::filesystem::path repository);

// {version} and {branch} in the command, URL and body are replaced. `secrets` by header name.
std::unique_ptr<BuildService> make_build_service(BuildStarter starter, std::filesystem::path directory,
                                                 http::Sleep sleep, std::map<std::string, Secret> secrets);

}  // namespace train::source
