// nlohmann::json's members, compiled once (once.cpp) and not again in every file. Part of the precompiled headers; a
// build without those compiles them where they are used.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
