#include "shelf.hpp"

namespace train::simulation {

Result<Done> send(Line& line, Shelf& shelf, const std::string& call, const VersionName& version,
                  const std::function<Result<Done>()>& change) {
  const auto lost = [&] { return fail(ErrorKind::unknown_outcome, "The answer to `" + call + "` was lost."); };
  const Fate fate = line.before_write(call, version);
  switch (fate) {
    case Fate::refused:
      return fail(ErrorKind::refused, "The store refuses `" + call + "` today.");
    case Fate::unreachable:
      return fail(ErrorKind::unreachable, "`" + call + "` was not sent.");
    case Fate::lost_before:
      return lost();
    case Fate::lost_after:
    case Fate::through:
      break;
  }
  const Standing before = shelf.standing(version);
  const int revision = shelf.revision();
  const auto result = change();
  line.after_write(call, version, before, shelf.revision() != revision);
  if (fate == Fate::lost_after) return lost();
  return result;
}

}  // namespace train::simulation
