#include "compose/signal_wiring.hpp"

#include "compose/aws_credentials.hpp"
#include "train/definition/load.hpp"

namespace train::cli {

signals::Site signal_site(const std::filesystem::path& directory, http::Sleep sleep) {
  signals::Site site;
  site.directory = directory;
  site.sleep = std::move(sleep);
  site.resolve = [directory](const SecretRef& ref) { return definition::resolve(ref, directory); };
  site.aws_credentials = [directory](const Signal& signal) { return aws_credentials(signal, directory); };
  return site;
}

}  // namespace train::cli
