// The keys that all of Amazon's sources have, and where Amazon is asked.
#pragma once

#include <string_view>
#include <vector>

#include "train/signals/catalog.hpp"
#include "train/signals/cloudwatch.hpp"

namespace train::signals {

// Those of the source, among the keys that each of Amazon's has.
std::vector<ProviderKey> with_aws_keys(std::vector<ProviderKey> own);
// `host`: the first part of the name of the host that serves a region.
void settle_aws(Signal& signal, std::string_view host);
Result<AwsAccess> aws_access(const Signal& signal, const Site& site);

}  // namespace train::signals
