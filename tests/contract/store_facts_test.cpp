// The table of store facts and what the adapters offer say the same: the engine plans by the one, the runner acts by
// the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "app_store_bench.hpp"
#include "google_play_fixture.hpp"
#include "support/store_capabilities.hpp"

namespace train {
namespace {

struct FactsOfAdapters : testing_play::GooglePlayStore {
  std::unique_ptr<Store> adapter_of(StoreKind kind) {
    switch (kind) {
      case StoreKind::app_store:
        return bench_.store();
      case StoreKind::google_play:
        return new_client();
    }
    return nullptr;
  }

 private:
  contract::AppStoreBench bench_;
};

TEST_F(FactsOfAdapters, EachOffersWhatIsDeclaredAndNothingElse) {
  for (const auto& facts : all_stores()) {
    const auto adapter = adapter_of(facts.kind);
    ASSERT_NE(adapter, nullptr) << facts.key;
    EXPECT_THAT(test::disagreements(facts, adapter->offers()), testing::IsEmpty()) << facts.key;
  }
}

}  // namespace
}  // namespace train
