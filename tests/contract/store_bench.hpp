// One store behind its port, and what happens on its own side: the in-memory store of the loop's tests, and both
// adapters against the built-in stores. Each has 3.3.0 (330) live and 3.4.0 (340) processed, not released.
#pragma once

#include <memory>
#include <string>

#include "train/domain/store_facts.hpp"
#include "train/ports/store.hpp"

namespace train::contract {

inline const Candidate k_next{*VersionName::parse("3.4.0"), BuildNumber::from(340)};

class StoreBench {
 public:
  virtual ~StoreBench() = default;

  virtual Store& store() = 0;
  virtual const StoreFacts& facts() const = 0;
  virtual void approve() = 0;       // the store's people approve 3.4.0
  virtual void bring_it_out() = 0;  // what a store does by itself after a release has happened
  // The next read of this store is not answered in a way that could be read.
  virtual void fail_next_look() = 0;
  // The next write of a release takes effect, and its answer never comes.
  virtual void lose_next_answer() = 0;
  virtual bool has_lost_it() const = 0;
};

// What a test names; `open` makes a bench of its own.
struct StoreKeeper {
  const char* name;
  std::unique_ptr<StoreBench> (*open)();
};

std::unique_ptr<StoreBench> open_fake_reviewing();
std::unique_ptr<StoreBench> open_fake_direct();
std::unique_ptr<StoreBench> open_app_store();
std::unique_ptr<StoreBench> open_google_play();

}  // namespace train::contract
