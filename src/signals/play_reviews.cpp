#include <fmt/format.h>

#include <set>

#include "descriptors.hpp"
#include "google_play_reader.hpp"
#include "own_account.hpp"
#include "train/base/text.hpp"

namespace train::signals {

namespace google_play {
namespace {

using nlohmann::json;

constexpr int k_list_pages_most = 10;
constexpr int k_page_reviews = 100;
constexpr int k_stars_low = 2;
constexpr int k_reviews_least = 20;  // fewer are a few people's mood

struct Tally {
  int listed = 0;  // of all versions
  int all = 0;     // of the wanted version code
  int low = 0;
  bool whole = true;  // not only the newest of a longer list
};

// The user's own words; a developer's answer stands beside them.
const json& user_comment(const json& review) {
  const auto& comments = part(review, "comments");
  if (comments.is_array()) {
    for (const auto& comment : comments) {
      if (const auto& own = part(comment, "userComment"); own.is_object()) return own;
    }
  }
  return part(review, "userComment");  // null
}

Reading<Done> add_page(const json& reviews, std::int64_t code, std::set<std::string>& seen, Tally& tally) {
  for (const auto& review : reviews) {
    const auto id = words_of(part(review, "reviewId"));
    const auto& comment = user_comment(review);
    const auto& stars = part(comment, "starRating");
    if (id.empty()) return cannot("Google listed a review without an id");
    if (!stars.is_number_integer() || stars < 1 || stars > 5)
      return cannot("Google listed a review whose rating is not 1 to 5: " + printable(stars.dump(), 40));
    // A list that moves while it is read shows a review twice: each counts once.
    if (!seen.insert(id).second) continue;
    ++tally.listed;
    const auto& version = part(comment, "appVersionCode");  // may be absent: then it is nobody's
    if (!version.is_number_integer() || version != code) continue;
    ++tally.all;
    if (stars <= k_stars_low) ++tally.low;
  }
  return Done{};
}

Reading<Tally> read_reviews(PlayReader& reader, std::int64_t code, Instant now) {
  Tally tally;
  std::set<std::string> seen;
  std::set<std::string> tokens;
  std::string token;
  for (int page = 1;; ++page) {
    auto path = fmt::format("/reviews?maxResults={}", k_page_reviews);
    if (!token.empty()) path += "&token=" + percent_encode(token);
    const auto document = reader.publisher(path, now, "list the reviews");
    if (!document) return tl::unexpected(document.error());
    const auto& reviews = part(*document, "reviews");
    if (!reviews.is_null() && !reviews.is_array()) return cannot("list the reviews: the answer has no list");
    if (reviews.is_array()) {
      if (const auto added = add_page(reviews, code, seen, tally); !added) return tl::unexpected(added.error());
    }
    token = words_of(part(part(*document, "tokenPagination"), "nextPageToken"));
    if (token.empty()) return tally;
    if (!tokens.insert(token).second) return cannot("list the reviews: the next page was read already");
    if (page == k_list_pages_most) break;
  }
  tally.whole = false;  // newest first: what is left out is older
  return tally;
}

class PlayReviewSource final : public SignalSource {
 public:
  explicit PlayReviewSource(PlayReaders readers) : readers_(std::move(readers)) {}

  Measurement measure(const Signal&, const Subject& subject) override {
    const auto reader = readers_.find(subject.app);
    if (reader == readers_.end()) return unmeasured(Measurement::State::failed, subject.app + " is not on Google Play");
    const auto code = subject.build ? subject.build->number().value_or(0) : 0;
    if (code <= 0)
      return unmeasured(Measurement::State::no_data, "the version code of " + subject.version.text() + " is not known");
    const std::lock_guard turn(reader->second->turn);
    const auto tally = read_reviews(*reader->second, code, subject.now);
    if (!tally) return tally.error();
    const auto words = fmt::format(
        "{} of {} reviews of version code {} with one or two stars, among the {}{} that Google "
        "lists: written ones of the last week",
        tally->low, tally->all, code, tally->whole ? "" : "newest ", tally->listed);
    if (tally->all < k_reviews_least)
      return unmeasured(Measurement::State::no_data,
                        fmt::format("{}; fewer than {} say nothing", words, k_reviews_least));
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.value = 100.0 * tally->low / tally->all;
    seen.as_of = subject.now;
    seen.detail = words;
    return seen;
  }

 private:
  PlayReaders readers_;
};

}  // namespace
}  // namespace google_play

std::unique_ptr<SignalSource> make_play_reviews(PlayReaders readers) {
  return std::make_unique<google_play::PlayReviewSource>(std::move(readers));
}

namespace google_play {
namespace {

std::vector<KeyProblem> settle_reviews(Signal& signal, const WrittenKeys&) {
  keep_credentials_as_token(signal);
  signal.kind = SignalKind::level;
  const bool other = !signal.unit.empty() && signal.unit != "%";
  signal.unit = "%";
  if (!other) return {};
  return {{"unit", "is always %: the share of one and two stars"}};
}

}  // namespace
}  // namespace google_play

Descriptor describe_play_reviews() {
  SignalKeys keys{"play_reviews",
                  {{.name = "metric",
                    .kind = KeyKind::choice,
                    .meaning = "the share of one and two stars",
                    .otherwise = "`low_stars`",
                    .words = {"low_stars"}},
                   play_credentials()}};
  keys.queries = Queries::refused;
  keys.store = StoreKind::google_play;
  keys.settle = google_play::settle_reviews;
  return {std::move(keys), wire_play<make_play_reviews>, play_sign_in};
}

}  // namespace train::signals
