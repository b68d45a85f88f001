#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app_store_reader.hpp"
#include "descriptors.hpp"
#include "train/base/text.hpp"

namespace train::signals {

using nlohmann::json;
using namespace app_store;

namespace {

constexpr int k_low_rating_most = 2;

struct Reviews {
  int all = 0;
  int low = 0;
};

// A list that moves while it is read shows a review twice: each counts once.
Reading<Reviews> count_reviews(const std::vector<json>& rows) {
  Reviews count;
  std::set<std::string> seen;
  for (const auto& row : rows) {
    const std::string id = words_of(part(row, "id"));
    const auto& rating = part(part(row, "attributes"), "rating");
    if (id.empty()) return cannot("App Store Connect listed a review without an id");
    if (!rating.is_number_integer() || rating.get<std::int64_t>() < 1 || rating.get<std::int64_t>() > 5)
      return cannot("App Store Connect listed a review whose rating is not 1 to 5: " + printable(rating.dump(), 40));
    if (!seen.insert(id).second) continue;
    ++count.all;
    if (rating.get<std::int64_t>() <= k_low_rating_most) ++count.low;
  }
  return count;
}

std::string one_line(std::string words) {
  std::replace(words.begin(), words.end(), '\n', ',');
  return words;
}

class ReviewSource final : public SignalSource {
 public:
  ReviewSource(AppStoreReaders readers, int pages_most) : readers_(std::move(readers)), pages_most_(pages_most) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto reader = readers_.find(subject.app);
    if (reader == readers_.end())
      return unmeasured(Measurement::State::failed, subject.app + " is not on the App Store");
    const auto territory = signal.options.find("territory");
    const std::string where = territory == signal.options.end() ? "" : one_line(territory->second);
    const std::lock_guard turn(reader->second->turn);
    const auto count = read(*reader->second, subject, where);
    if (!count) return count.error();
    Measurement seen;
    seen.state = Measurement::State::measured;
    seen.counts = Counts{static_cast<double>(count->low), static_cast<double>(count->all)};
    seen.as_of = subject.now;
    seen.detail = "one or two stars out of written reviews" + (where.empty() ? "" : " in " + where) +
                  "; Apple tells no ratings without words";
    return seen;
  }

 private:
  Reading<Reviews> read(AppStoreReader& reader, const Subject& subject, const std::string& where) const {
    const auto ids = reader.find(subject.version, subject.now);
    if (!ids) return tl::unexpected(ids.error());
    Query query{{"fields[customerReviews]", "rating"}, {"sort", "-createdDate"}, {"limit", "200"}};
    if (!where.empty()) query.emplace_back("filter[territory]", where);
    const auto rows = reader.list("/v1/appStoreVersions/" + ids->version + "/customerReviews", query, subject.now,
                                  pages_most_, "list the reviews of " + subject.version.text());
    if (!rows) return tl::unexpected(rows.error());
    return count_reviews(*rows);
  }

  AppStoreReaders readers_;
  int pages_most_;
};

}  // namespace

std::unique_ptr<SignalSource> make_app_store_reviews(AppStoreReaders readers, int pages_most) {
  return std::make_unique<ReviewSource>(std::move(readers), pages_most);
}

namespace {

std::optional<std::string> storefront_fault(std::string_view code) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() == 3 && std::all_of(code.begin(), code.end(), is_capital)) return std::nullopt;
  return "is not a storefront; three capital letters such as DEU";
}

Result<std::unique_ptr<SignalSource>> wire_written_reviews(const Signal&, const Site& site) {
  auto readers = site.app_store_readers();
  if (!readers) return tl::unexpected(readers.error());
  return make_app_store_reviews(std::move(*readers));
}

}  // namespace

Descriptor describe_app_store_reviews() {
  SignalKeys keys{"app_store_reviews",
                  {{.name = "territory",
                    .kind = KeyKind::words,
                    .meaning = "storefronts such as `DEU`",
                    .otherwise = "all of them",
                    .noun = "storefront",
                    .fault = storefront_fault}}};
  keys.queries = Queries::refused;
  keys.store = StoreKind::app_store;
  return {std::move(keys), wire_written_reviews};
}

}  // namespace train::signals
