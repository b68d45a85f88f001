// A log under a key of etcd: only its address is read so far.
#include "descriptors.hpp"

namespace train::event_log {

Descriptor describe_etcd() { return {{LogScheme::etcd, "etcd:URL", KeyKind::url, "an etcd cluster"}}; }

}  // namespace train::event_log
