#include "train/domain/store_facts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "train/domain/enum_words.hpp"

namespace train {
namespace {

constexpr std::array<std::string_view, 1> k_ios_archives{".ipa"};
constexpr std::array<std::string_view, 2> k_android_archives{".aab", ".apk"};
constexpr Percent rung(int percent) { return *Percent::from_basis_points(percent * 100); }
constexpr std::array k_apple_rungs{rung(1), rung(2), rung(5), rung(10), rung(20), rung(50), rung(100)};

constexpr StoreFacts k_app_store{
    .kind = StoreKind::app_store,
    .key = "app_store",
    .name = "App Store",
    .in_sentence = "the App Store",
    .company = "Apple",
    .console = "App Store Connect",
    .console_address = "https://appstoreconnect.apple.com/apps",
    .platform = "ios",
    .endpoint = "https://api.appstoreconnect.apple.com",
    .id_key = "bundle_id",
    .built_in = "app-store",
    .archives = k_ios_archives,
    .signing = SigningKeyKind::apple_identity,
    .review = StoreReview::apart,
    .one_build_sequence = false,
    .testers = true,
    .sets_percentages = false,
    .rungs = k_apple_rungs,
    .halts_after_full = false,
    .standby = true,
    .recoveries = false,
    .withdrawal = true,
};

constexpr StoreFacts k_google_play{
    .kind = StoreKind::google_play,
    .key = "google_play",
    .name = "Google Play",
    .in_sentence = "Google Play",
    .company = "Google",
    .console = "the Play Console",
    .console_address = "https://play.google.com/console",
    .platform = "android",
    .endpoint = "https://androidpublisher.googleapis.com",
    .id_key = "package",
    .built_in = "play",
    .archives = k_android_archives,
    .signing = SigningKeyKind::android_keystore,
    .review = StoreReview::with_release,
    .one_build_sequence = true,
    .testers = true,
    .sets_percentages = true,
    .rungs = {},
    .halts_after_full = true,
    .standby = true,
    .recoveries = true,
    .withdrawal = false,
};

constexpr std::array k_stores{k_app_store, k_google_play};
static_assert(!enum_words::is_enumerator<static_cast<StoreKind>(k_stores.size())>(), "every store needs its row");

constexpr bool are_whole() {
  for (std::size_t i = 0; i < k_stores.size(); ++i) {
    const StoreFacts& row = k_stores[i];
    const bool named = !row.name.empty() && !row.in_sentence.empty() && !row.platform.empty() && !row.id_key.empty();
    // A store either takes percentages or has a ladder of its own.
    const bool climbs = row.sets_percentages == row.rungs.empty();
    // What is kept ready is an archive, built and signed again.
    const bool keeps = !row.standby || (row.signing.has_value() && !row.archives.empty());
    if (static_cast<std::size_t>(row.kind) != i || !named || !climbs || !keeps) return false;
  }
  return true;
}
static_assert(are_whole(), "a row lacks a word, stands in another place than its enumerator, or contradicts itself");

}  // namespace

const StoreFacts& facts_of(StoreKind kind) { return k_stores[static_cast<std::size_t>(kind)]; }
std::span<const StoreFacts> all_stores() { return k_stores; }

std::string_view to_string(StoreKind kind) { return facts_of(kind).key; }

std::optional<StoreKind> parse_store_kind(std::string_view key) {
  const auto row =
      std::find_if(k_stores.begin(), k_stores.end(), [&](const StoreFacts& each) { return each.key == key; });
  return row == k_stores.end() ? std::nullopt : std::optional(row->kind);
}

}  // namespace train
