// The list of providers: one declaration and one entry for each. What a function describes stands in its provider's
// file.
#pragma once

#include "train/flags/catalog.hpp"

namespace train::flags {

Descriptor describe_firebase();
Descriptor describe_unleash();
Descriptor describe_launchdarkly();
Descriptor describe_http();
Descriptor describe_exec();
Descriptor describe_file();

// In the order in which messages and pages name them.
inline constexpr Descriptor (*k_providers[])() = {
    describe_firebase, describe_unleash, describe_launchdarkly, describe_http, describe_exec, describe_file,
};

}  // namespace train::flags
