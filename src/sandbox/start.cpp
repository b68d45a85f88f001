#include "sandbox.hpp"

namespace train::sandbox {

Result<std::unique_ptr<Sandbox>> Sandbox::start(Options options) {
  return start_with(options, make_app_store_service, make_play_service);
}

}  // namespace train::sandbox
