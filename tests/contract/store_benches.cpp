#include <chrono>

#include "app_store_bench.hpp"
#include "google_play_fixture.hpp"
#include "store_bench.hpp"
#include "support/fake_store.hpp"
#include "support/step_clock.hpp"

namespace train::contract {
namespace {

using namespace std::chrono_literals;

const VersionName k_served_before = *VersionName::parse("3.3.0");

class FakeBench final : public StoreBench {
 public:
  FakeBench(test::FakeStore::Kind kind, StoreKind like) : facts_(facts_of(like)), store_(kind, clock_) {
    store_.serve_before(k_served_before, BuildNumber::from(330));
    store_.add_build(k_next.version, k_next.build);
  }
  Store& store() override { return store_; }
  const StoreFacts& facts() const override { return facts_; }
  void approve() override {
    if (facts_.reviews_apart()) store_.approve(k_next.version);
  }
  void bring_it_out() override {}
  void fail_next_look() override { store_.fail_look({ErrorKind::unreachable, "no answer", ""}); }
  void lose_next_answer() override {
    store_.lose_answer(test::FakeStore::Loss::after_it_is_done);
    writes_ = store_.writes().size();
  }
  bool has_lost_it() const override { return store_.writes().size() > writes_; }

 private:
  test::StepClock clock_{*parse_rfc3339("2026-11-30T09:00:00Z")};
  const StoreFacts& facts_;
  test::FakeStore store_;
  std::size_t writes_ = 0;
};

class AppStoreSide final : public StoreBench {
 public:
  AppStoreSide() : store_(bench_.store()) {}
  Store& store() override { return *store_; }
  const StoreFacts& facts() const override { return facts_of(StoreKind::app_store); }
  void approve() override { EXPECT_TRUE(bench_.review(true)); }
  void bring_it_out() override { bench_.pass(10min); }
  void fail_next_look() override { bench_.doom("GET", "/v1/", Fate::forbidden); }
  void lose_next_answer() override {
    bench_.doom("PATCH", "/v1/appStoreVersionPhasedReleases/", Fate::lost_after_effect);
  }
  bool has_lost_it() const override { return bench_.every_doom_came(); }

 private:
  AppStoreBench bench_;
  std::unique_ptr<Store> store_;
};

// The fixture of the adapter's own tests, without being one.
class GooglePlaySide final : public StoreBench, private testing_play::GooglePlayStore {
 public:
  GooglePlaySide() {
    SetUp();
    EXPECT_TRUE(GooglePlayStore::store->offers().uploads->upload_build(bundle()));
  }
  Store& store() override { return *GooglePlayStore::store; }
  const StoreFacts& facts() const override { return facts_of(StoreKind::google_play); }
  void approve() override { review(); }
  void bring_it_out() override {}
  void fail_next_look() override { fault("GET", "/play/androidpublisher/v3/applications/", "status:403", 9); }
  void lose_next_answer() override {
    world->set_hook([this](sandbox::Moment moment, std::uint64_t, std::string_view method, std::string_view path) {
      if (moment != sandbox::Moment::before_effect || lost_ || method != "POST") return;
      if (path.find(":commit") == std::string_view::npos) return;
      lost_ = true;
      fault("POST", "/play/", "drop_after_effect");
    });
  }
  bool has_lost_it() const override { return lost_; }

 private:
  void TestBody() override {}
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<StoreBench> open_fake_reviewing() {
  return std::make_unique<FakeBench>(test::FakeStore::Kind::reviewing, StoreKind::app_store);
}
std::unique_ptr<StoreBench> open_fake_direct() {
  return std::make_unique<FakeBench>(test::FakeStore::Kind::direct, StoreKind::google_play);
}
std::unique_ptr<StoreBench> open_app_store() { return std::make_unique<AppStoreSide>(); }
std::unique_ptr<StoreBench> open_google_play() { return std::make_unique<GooglePlaySide>(); }

}  // namespace train::contract
