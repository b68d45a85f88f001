// An App Store that answers what the test says, word for word: for what the built-in one never says.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../../src/sandbox/http/server.hpp"
#include "../../src/stores/app_store/api.hpp"
#include "train/domain/definition.hpp"
#include "train/ports/clock.hpp"
#include "train/ports/store.hpp"

namespace train::contract {

struct ScriptedAnswer {
  int status = 200;
  std::string body = R"({"data":[]})";
  std::vector<std::pair<std::string, std::string>> headers{};
};

class AppStoreScript final : public Clock {
 public:
  AppStoreScript();
  ~AppStoreScript() override;

  Instant now() override;
  bool wait_until(Instant until) override;

  std::string endpoint() const;
  stores::app_store::Api api();
  std::unique_ptr<Store> store();

  // In order; the last one is repeated for whatever comes after.
  void answer(ScriptedAnswer next);
  // Apple's clock beside ours: its Date is ours and this much more.
  void set_their_clock(Duration later) { their_clock_ = later; }

  struct Asked {
    std::string method;
    std::string target;
    std::string token;
    Instant at;
  };
  std::vector<Asked> asked() const;

 private:
  sandbox::Reply handle(sandbox::WireRequest&& request);

  mutable std::mutex mutex_;
  Instant now_;
  Duration their_clock_{0};
  std::deque<ScriptedAnswer> answers_;
  std::vector<Asked> asked_;
  std::unique_ptr<sandbox::HttpServer> server_;
};

}  // namespace train::contract
