// What train knows of each store beforehand, one row a store. Everything that differs from store to store and is no
// wire format stands here: other code asks for a fact or for what a store can do, never which store it is.
// `StoreKind` itself is for this table, the definition's reading of an app's keys, and the wiring of the adapters.
// Sources: docs/stores/app-store.md, docs/stores/google-play.md. How the table is used and why:
// docs/decisions/0012-what-a-store-can-do.md.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "train/base/percent.hpp"

namespace train {

enum class StoreKind { app_store, google_play };

// When the store's people look at a release.
enum class StoreReview {
  none,          // never: what is released goes out
  with_release,  // the release goes to review, and out once it has passed: one act
  apart,         // a version is created, filled, submitted and reviewed, and then released; its numbers rise
};

// What a rebuilt archive is signed with.
enum class SigningKeyKind { apple_identity, android_keystore };

struct StoreFacts {
  StoreKind kind{};
  // ---- words
  std::string_view key;              // in the definition, the log and JSON: "app_store"
  std::string_view name;             // for people, alone in a column: "App Store"
  std::string_view in_sentence;      // for people, within a sentence: "the App Store"
  std::string_view company;          // whose people review and whose clock climbs: "Apple"
  std::string_view console;          // where its people do by hand what the API cannot: "App Store Connect"
  std::string_view console_address;  // of that console, for a browser
  std::string_view platform;         // what a query's $platform stands for: "ios"
  std::string_view endpoint;         // where its API is, unless the definition says otherwise; no trailing slash
  std::string_view id_key;           // what the definition calls the app's id there: "bundle_id"
  std::string_view built_in;  // its path in the built-in stores, and the first word of their changes: "app-store"
  // ---- archives
  std::span<const std::string_view> archives;  // endings of what it takes, the usual one first; empty: no archive
  std::optional<SigningKeyKind> signing;       // absent: nothing is signed for it
  // ---- the way of a release
  StoreReview review = StoreReview::none;  // see above
  bool one_build_sequence = false;         // builds of all versions are counted in one row: no number is used twice
  bool testers = false;                    // groups get the candidate before the public
  bool sets_percentages = false;           // any percentage can be asked for; else it climbs by `rungs`
  std::span<const Percent> rungs;          // its own ladder, where it has one; rising, ends at 100 %
  bool halts_after_full = false;  // a release at 100 % can still be stopped, and the one before is served again
  // ---- beside a release
  bool standby = false;     // an earlier build under a higher number can be kept ready
  bool recoveries = false;  // asks users of a build to update
  bool withdrawal = false;  // takes the whole app off sale by its API

  bool climbs_by_itself() const { return !rungs.empty(); }
  bool reviews_apart() const { return review == StoreReview::apart; }
  bool takes_archives() const { return !archives.empty(); }
};

const StoreFacts& facts_of(StoreKind kind);
// Every store, in the order of the enumerators.
std::span<const StoreFacts> all_stores();

std::string_view to_string(StoreKind kind);  // its key
std::optional<StoreKind> parse_store_kind(std::string_view key);

}  // namespace train
