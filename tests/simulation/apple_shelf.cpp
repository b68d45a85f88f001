#include "apple_shelf.hpp"

#include <algorithm>
#include <array>

namespace train::simulation {

namespace apple = stores::app_store;

namespace {

constexpr Duration k_a_day{86400};
constexpr std::array k_rungs{1, 2, 5, 10, 20, 50, 100};

tl::unexpected<Error> apple_refuses(const std::string& what, const std::string& why) {
  return fail(ErrorKind::refused, "Cannot " + what + ": " + why + ".");
}

}  // namespace

void AppleShelf::serve(const VersionName& version, const BuildNumber& build) {
  Record record;
  record.version = version;
  record.created = now_;
  record.row = {version.text(), version.text(), "READY_FOR_DISTRIBUTION", "", "MANUAL", {}, {}};
  record.row.build = apple::BuildRow{build.text(), build.text(), version.text(), "VALID", "", false, true, {}};
  records_.push_back(record);
  touch();
}

AppleShelf::Record* AppleShelf::find(const VersionName& version) {
  const auto found = std::find_if(records_.begin(), records_.end(),
                                  [&](const Record& record) { return record.version.text() == version.text(); });
  return found == records_.end() ? nullptr : &*found;
}
const AppleShelf::Record* AppleShelf::find(const VersionName& version) const {
  const auto found = std::find_if(records_.begin(), records_.end(),
                                  [&](const Record& record) { return record.version.text() == version.text(); });
  return found == records_.end() ? nullptr : &*found;
}

AppleShelf::Row AppleShelf::shown(const Record& record) const {
  Row row = record.row;
  row.phase_told = true;
  if (removed_) row.old_state = "DEVELOPER_REMOVED_FROM_SALE";
  if (row.phase) {
    const auto paused = record.paused_for + (record.paused ? now_ - *record.paused : Duration(0));
    row.phase->pause_days = static_cast<int>(paused / k_a_day);
  }
  return row;
}

Standing AppleShelf::standing(const VersionName& version) const {
  const auto* record = find(version);
  if (record == nullptr) return {};
  const Row& row = record->row;
  Standing out;
  out.exists = true;
  out.status = apple::status_of(row);
  out.percent = apple::percent_of(row);
  if (row.build) out.build = BuildNumber::parse(row.build->number);
  out.runs = !removed_ && out.status == ReleaseStatus::serving && !out.percent.is_zero();
  const bool by_itself = row.release_type == "AFTER_APPROVAL" &&
                         (out.status == ReleaseStatus::in_review || out.status == ReleaseStatus::waiting_for_review);
  const bool begins = out.status == ReleaseStatus::serving && out.percent.is_zero();
  out.on_its_way = !removed_ && (out.status == ReleaseStatus::releasing || by_itself || begins);
  out.off_sale = removed_;
  out.in_phases = row.phase.has_value();
  return out;
}

std::optional<LiveVersion> AppleShelf::live_beside(const VersionName& version) const {
  std::vector<Row> rows;
  for (const auto& record : records_) rows.push_back(shown(record));
  return apple::live_beside(rows, version);
}

bool AppleShelf::is_overtaken(const VersionName& version) const {
  return std::any_of(records_.begin(), records_.end(), [&](const Record& record) {
    return record.version > version && record.row.state == "READY_FOR_DISTRIBUTION";
  });
}

void AppleShelf::add_build(const VersionName& version, const BuildNumber& build) {
  builds_[version].push_back(build);
  touch();
}

void AppleShelf::move(Record& record, const std::string& state, Duration due_in) {
  record.row.state = state;
  record.due = now_ + due_in;
  touch();
}

Instant AppleShelf::next_tick(const Record& record) const {
  return *record.row.phase->started + k_a_day * record.row.phase->day + record.paused_for;
}

void AppleShelf::go_live(Record& record) {
  for (auto& other : records_) {
    if (&other == &record || other.row.state != "READY_FOR_DISTRIBUTION") continue;
    other.row.state = "REPLACED_WITH_NEW_VERSION";
    if (other.row.phase) other.row.phase->state = "COMPLETE";
  }
  move(record, "READY_FOR_DISTRIBUTION");
  if (!record.row.phase) return;
  record.row.phase->state = "ACTIVE";
  record.row.phase->day = 1;
  record.row.phase->started = now_;
}

// One thing that the store does by itself; false when nothing more is due.
bool AppleShelf::step(Record& record, Instant until) {
  const auto& state = record.row.state;
  if (state == "READY_FOR_DISTRIBUTION") {
    if (!record.row.phase || record.row.phase->state != "ACTIVE" || next_tick(record) > until) return false;
    now_ = std::max(now_, next_tick(record));
    if (++record.row.phase->day == static_cast<int>(k_rungs.size())) record.row.phase->state = "COMPLETE";
    touch();
    return true;
  }
  const bool waits = state == "WAITING_FOR_REVIEW" || state == "IN_REVIEW" || state == "PROCESSING_FOR_DISTRIBUTION";
  if (!waits || record.due > until) return false;
  now_ = std::max(now_, record.due);
  if (state == "WAITING_FOR_REVIEW") {
    move(record, "IN_REVIEW", rules_.review);
  } else if (state == "PROCESSING_FOR_DISTRIBUTION") {
    go_live(record);
  } else if (record.rejects) {
    move(record, "REJECTED");
  } else if (record.row.release_type == "AFTER_APPROVAL") {
    move(record, "PROCESSING_FOR_DISTRIBUTION", rules_.distribution);
  } else {
    move(record, "PENDING_DEVELOPER_RELEASE");
  }
  return true;
}

void AppleShelf::pass_time(Instant now) {
  for (auto& record : records_) {
    while (step(record, now)) {
    }
  }
  now_ = std::max(now_, now);
}

StoreView AppleShelf::view(const VersionName& version, const LookFault& fault, bool closely) const {
  std::vector<Row> rows;
  for (const auto& record : records_) {
    if (record.created + fault.late <= now_ || fault.late.count() == 0) rows.push_back(shown(record));
  }
  if (fault.partial && !rows.empty()) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(fault.which % rows.size()));
  StoreView out;
  out.as_of = now_;
  out.live = apple::live_beside(rows, version);
  if (const auto* holder = apple::slot_holder_beside(rows, version)) out.slot_held_by = apple::holder_of(*holder);
  if (const auto* row = apple::find_version(rows, version)) {
    out.release = apple::release_of(*row);
    const auto* record = find(version);
    out.release->notes_set = out.release->notes_set || !closely || record->notes;
  }
  if (!closely) return out;
  const auto builds = builds_.find(version);
  if (builds == builds_.end()) return out;
  for (const auto& build : builds->second)
    out.builds.insert(out.builds.begin(), SeenBuild{build, BuildState::ready, "", "VALID"});
  return out;
}

Result<AppleShelf::Record*> AppleShelf::wanted(const VersionName& version, const std::string& what) {
  if (auto* record = find(version)) return record;
  return fail(ErrorKind::not_found, "Cannot " + what + ": there is no version " + version.text() + ".");
}

Result<Done> AppleShelf::create(const VersionName& version) {
  if (find(version) != nullptr) return apple_refuses("create " + version.text(), "another version holds the place");
  for (const auto& record : records_) {
    if (apple::holds_the_slot(record.row.state))
      return apple_refuses("create " + version.text(), record.version.text() + " holds the place");
    if (record.version > version && apple::is_live_word(record.row.state))
      return apple_refuses("create " + version.text(), record.version.text() + " is higher and live");
  }
  Record record;
  record.version = version;
  record.created = now_;
  record.row = {version.text(), version.text(), "PREPARE_FOR_SUBMISSION", "", "MANUAL", {}, {}};
  if (!records_.empty()) record.row.phase = apple::PhaseRow{"p" + version.text(), "INACTIVE", 0, 0, {}};
  records_.push_back(record);
  touch();
  return Done{};
}

Result<Done> AppleShelf::rename(const VersionName& held, const VersionName& version) {
  const auto record = wanted(held, "rename " + held.text());
  if (!record) return tl::unexpected(record.error());
  if (!apple::is_editable((*record)->row.state)) return apple_refuses("rename it", (*record)->row.state);
  (*record)->version = version;
  (*record)->row.number = version.text();
  (*record)->row.build.reset();
  touch();
  return Done{};
}

Result<Done> AppleShelf::attach(const VersionName& version, const BuildNumber& build) {
  const auto record = wanted(version, "attach a build");
  if (!record) return tl::unexpected(record.error());
  auto& row = (*record)->row;
  if (!apple::is_editable(row.state)) return apple_refuses("attach a build", row.state);
  if (row.build && row.build->number == build.text()) return Done{};
  row.build = apple::BuildRow{build.text(), build.text(), version.text(), "VALID", "", false, true, {}};
  touch();
  return Done{};
}

Result<Done> AppleShelf::set_notes(const VersionName& version) {
  const auto record = wanted(version, "set the notes");
  if (!record) return tl::unexpected(record.error());
  (*record)->notes = true;
  return Done{};
}

}  // namespace train::simulation
