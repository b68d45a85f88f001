// How a sandbox is put together; the public way in (start.cpp) brings the real stores, tests may bring their own.
#pragma once

#include <memory>

#include "train/sandbox/sandbox.hpp"
#include "world/world.hpp"

namespace train::sandbox {

Result<std::unique_ptr<Sandbox>> start_with(const Options& options, const MakeService& app_store,
                                            const MakeService& play);

}  // namespace train::sandbox
