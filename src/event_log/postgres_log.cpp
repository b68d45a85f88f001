// A log in a table of PostgreSQL: only its address is read so far.
#include "descriptors.hpp"

namespace train::event_log {

Descriptor describe_postgres() {
  return {{LogScheme::postgres, "postgres:URL", KeyKind::text, "a PostgreSQL database"}};
}

}  // namespace train::event_log
