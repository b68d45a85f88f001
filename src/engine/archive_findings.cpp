#include "train/engine/archive_findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "requirements.hpp"
#include "train/base/text.hpp"

namespace train::engine {

std::vector<ArchiveFinding> unwaived_refusals(const std::vector<ArchiveFinding>& findings, const AppName& app,
                                              const Release& release) {
  std::vector<ArchiveFinding> out;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(out), [&](const ArchiveFinding& finding) {
    return finding.weight == ArchiveFinding::Weight::refused && !is_signed(release, archive_item(app, finding));
  });
  return out;
}

std::string refusals_text(const std::vector<ArchiveFinding>& refusals, const AppName& app) {
  std::vector<std::string> out;
  for (const auto& one : refusals) {
    out.push_back(fmt::format("{} ({}; `train waive {} --why …` uploads it all the same)", one.text, one.source,
                              archive_item(app, one)));
  }
  return join(out, "; ");
}

}  // namespace train::engine
