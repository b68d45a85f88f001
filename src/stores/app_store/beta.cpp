#include "beta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "train/base/text.hpp"

namespace train::stores::app_store {

using nlohmann::json;

namespace {

enum class BetaWord {
  waits,
  submittable,
  in_review,
  rejected,
  approved,
  testing,
  compliance,
  failed,
  expired,
  unknown
};

struct KnownBetaWord {
  std::string_view state;
  BetaWord word;
};

constexpr std::array k_beta_words{
    KnownBetaWord{"PROCESSING", BetaWord::waits},
    KnownBetaWord{"IN_EXPORT_COMPLIANCE_REVIEW", BetaWord::waits},
    KnownBetaWord{"READY_FOR_BETA_SUBMISSION", BetaWord::submittable},
    KnownBetaWord{"WAITING_FOR_BETA_REVIEW", BetaWord::in_review},
    KnownBetaWord{"IN_BETA_REVIEW", BetaWord::in_review},
    KnownBetaWord{"BETA_REJECTED", BetaWord::rejected},
    KnownBetaWord{"BETA_APPROVED", BetaWord::approved},
    KnownBetaWord{"READY_FOR_BETA_TESTING", BetaWord::approved},
    KnownBetaWord{"IN_BETA_TESTING", BetaWord::testing},
    KnownBetaWord{"MISSING_EXPORT_COMPLIANCE", BetaWord::compliance},
    KnownBetaWord{"PROCESSING_EXCEPTION", BetaWord::failed},
    KnownBetaWord{"NOT_APPLICABLE", BetaWord::failed},
    KnownBetaWord{"EXPIRED", BetaWord::expired},
};

BetaWord beta_word(std::string_view state) {
  const auto found = std::find_if(k_beta_words.begin(), k_beta_words.end(),
                                  [&](const KnownBetaWord& known) { return known.state == state; });
  return found == k_beta_words.end() ? BetaWord::unknown : found->word;
}

const json& at_pointer(const json& value, const char* pointer) {
  static const json nothing;
  const json::json_pointer where(pointer);
  return value.contains(where) ? value.at(where) : nothing;
}

std::string text_at(const json& value, const char* pointer) {
  const auto& found = at_pointer(value, pointer);
  return found.is_string() ? found.get<std::string>() : std::string{};
}

bool truth_at(const json& value, const char* pointer) {
  const auto& found = at_pointer(value, pointer);
  return found.is_boolean() && found.get<bool>();
}

GroupRow group_row(const json& resource) {
  return {text_at(resource, "/id"), text_at(resource, "/attributes/name"),
          truth_at(resource, "/attributes/isInternalGroup"), truth_at(resource, "/attributes/hasAccessToAllBuilds")};
}

const json* find_included(const json& document, std::string_view type, const std::string& id) {
  const auto& included = at_pointer(document, "/included");
  if (!included.is_array()) return nullptr;
  for (const auto& row : included) {
    if (text_at(row, "/type") == type && text_at(row, "/id") == id) return &row;
  }
  return nullptr;
}

tl::unexpected<Error> nameless_group() {
  return fail(ErrorKind::invalid_answer, "App Store Connect answered a betaGroups without its id or name.",
              "If this persists, Apple has changed the format: report it, and act in App Store Connect meanwhile.");
}

BetaRow beta_row(const json& document, const json& resource, BuildRow build) {
  BetaRow row;
  row.build = std::move(build);
  const auto detail_id = text_at(resource, "/relationships/buildBetaDetail/data/id");
  if (const auto* detail = find_included(document, "buildBetaDetails", detail_id)) {
    row.internal_state = text_at(*detail, "/attributes/internalBuildState");
    row.external_state = text_at(*detail, "/attributes/externalBuildState");
    row.auto_notify = truth_at(*detail, "/attributes/autoNotifyEnabled");
  }
  const auto& links = at_pointer(resource, "/relationships/betaGroups/data");
  if (!links.is_array()) return row;
  for (const auto& link : links) {
    if (const auto* group = find_included(document, "betaGroups", text_at(link, "/id")))
      row.groups.push_back(group_row(*group));
  }
  return row;
}

SeenTesters before_testing(const std::string& name, const BetaRow& build, BetaWord word, const std::string& raw,
                           Compliance compliance) {
  const auto number = printable(build.build.number, 40);
  switch (word) {
    case BetaWord::compliance:
      if (compliance == Compliance::answered_by_us) return {name, TesterStatus::absent, raw};
      return {
          name, TesterStatus::blocked,
          fmt::format("build {} lacks its export compliance answer ({}); set export_compliance, or answer it in App "
                      "Store Connect",
                      number, raw)};
    case BetaWord::failed:
      return {name, TesterStatus::blocked,
              fmt::format("Apple cannot offer build {} to testers ({}); a newer build is needed", number, raw)};
    case BetaWord::expired:
      return {name, TesterStatus::blocked, fmt::format("build {} has expired; a newer build is needed", number)};
    case BetaWord::waits:
      return {name, TesterStatus::in_review, raw};
    case BetaWord::unknown:
      return {name, TesterStatus::unknown, raw};
    case BetaWord::submittable:
    case BetaWord::in_review:
    case BetaWord::rejected:
    case BetaWord::approved:
    case BetaWord::testing:
      break;
  }
  return {name, TesterStatus::testing, raw};
}

SeenTesters external_testers(const std::string& name, const std::vector<BetaRow>& builds, const BetaRow& build,
                             BetaWord word) {
  const auto raw = printable(build.external_state, 60);
  if (word == BetaWord::in_review) return {name, TesterStatus::in_review, raw};
  if (word == BetaWord::rejected) return {name, TesterStatus::rejected, raw};
  if (word == BetaWord::testing) return {name, TesterStatus::testing, raw};
  if (word == BetaWord::approved) return {name, build.auto_notify ? TesterStatus::testing : TesterStatus::untold, raw};
  if (const auto* other = in_beta_review_beside(builds, build)) {
    return {name, TesterStatus::queued,
            fmt::format("build {} of this version is in beta review ({})", printable(other->build.number, 40),
                        printable(other->external_state, 60))};
  }
  return {name, TesterStatus::unsubmitted, raw};
}

}  // namespace

Result<std::vector<GroupRow>> read_groups(const json& document) {
  std::vector<GroupRow> groups;
  const auto& data = at_pointer(document, "/data");
  if (!data.is_array()) return nameless_group();
  for (const auto& resource : data) {
    groups.push_back(group_row(resource));
    if (groups.back().id.empty() || groups.back().name.empty()) return nameless_group();
  }
  return groups;
}

Result<std::vector<BetaRow>> read_beta_builds(const json& document) {
  auto builds = read_builds(document);
  if (!builds) return tl::unexpected(builds.error());
  std::vector<BetaRow> rows;
  for (std::size_t i = 0; i < builds->size(); ++i) {
    rows.push_back(beta_row(document, document.at("data").at(i), std::move((*builds)[i])));
  }
  return rows;
}

bool has_group(const BetaRow& build, const std::string& group_id) {
  return std::any_of(build.groups.begin(), build.groups.end(),
                     [&](const GroupRow& group) { return group.id == group_id; });
}

bool waits_for_compliance(const BetaRow& build) {
  return beta_word(build.internal_state) == BetaWord::compliance ||
         beta_word(build.external_state) == BetaWord::compliance;
}

const BetaRow* in_beta_review_beside(const std::vector<BetaRow>& builds, const BetaRow& build) {
  const auto found = std::find_if(builds.begin(), builds.end(), [&](const BetaRow& other) {
    return other.build.id != build.build.id && beta_word(other.external_state) == BetaWord::in_review;
  });
  return found == builds.end() ? nullptr : &*found;
}

SeenTesters testers_of(const std::string& name, const std::vector<GroupRow>& groups, const std::vector<BetaRow>& builds,
                       const BetaRow& build, Compliance compliance) {
  std::vector<GroupRow> named;
  std::copy_if(groups.begin(), groups.end(), std::back_inserter(named),
               [&](const GroupRow& group) { return group.name == name; });
  if (named.empty()) return {name, TesterStatus::no_group, names_of(groups)};
  if (named.size() > 1) {
    return {name, TesterStatus::blocked,
            fmt::format("{} groups have this name; rename all but one in App Store Connect", named.size())};
  }
  const auto& group = named.front();
  const auto& state = group.internal ? build.internal_state : build.external_state;
  const auto word = beta_word(state);
  const auto seen = before_testing(name, build, word, printable(state, 60), compliance);
  if (seen.status != TesterStatus::testing) return seen;
  if (!group.all_builds && !has_group(build, group.id)) {
    const bool refused = !group.internal && word == BetaWord::rejected;
    return {name, refused ? TesterStatus::rejected : TesterStatus::absent, seen.raw};
  }
  return group.internal ? seen : external_testers(name, builds, build, word);
}

std::string names_of(const std::vector<GroupRow>& groups) {
  std::vector<std::string> names;
  for (const auto& group : groups) names.push_back(printable(group.name, 60));
  return names.empty() ? "none" : join(names, ", ");
}

}  // namespace train::stores::app_store
