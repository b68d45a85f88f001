// The list of engines: one declaration and one entry for each. What a function describes stands in its engine's file.
#pragma once

#include "train/event_log/catalog.hpp"

namespace train::event_log {

Descriptor describe_file();
Descriptor describe_git();
Descriptor describe_postgres();
Descriptor describe_etcd();
Descriptor describe_s3();
Descriptor describe_gcs();

inline constexpr Descriptor (*k_engines[])() = {describe_file, describe_git, describe_postgres,
                                                describe_etcd, describe_s3,  describe_gcs};

}  // namespace train::event_log
