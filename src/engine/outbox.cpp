#include "outbox.hpp"

#include <algorithm>
#include <set>

namespace train::engine {
namespace {

constexpr std::size_t k_outbox_max = 1000;      // entries that no channel wants stay until they are pushed out
constexpr std::size_t k_messages_at_once = 32;  // each has a thread of its own

// Older logs name a channel by its place in the list: "0", "1", …
bool is_place(const std::string& subject) {
  return !subject.empty() && subject.find_first_not_of("0123456789") == std::string::npos;
}

bool wants(const Channel& channel, Topic topic) {
  return channel.topics.empty() ||
         std::find(channel.topics.begin(), channel.topics.end(), topic) != channel.topics.end();
}

bool more_urgent(const OutboxEntry* a, const OutboxEntry* b) {
  const bool a_breach = a->topic == Topic::breach;
  const bool b_breach = b->topic == Topic::breach;
  if (a_breach != b_breach) return a_breach;
  return a->seq > b->seq;
}

// The most urgent first: breaches before all others, the newest first.
std::vector<const OutboxEntry*> waiting_for(const State& state, const Channel& channel) {
  std::vector<const OutboxEntry*> out;
  const auto known = state.channels.deaf_until.find(channel.id);
  if (known == state.channels.deaf_until.end()) return out;
  for (const auto& entry : state.outbox) {
    if (entry.seq > known->second && wants(channel, entry.topic) && entry.sent.count(channel.id) == 0)
      out.push_back(&entry);
  }
  std::sort(out.begin(), out.end(), more_urgent);
  return out;
}

std::set<ChannelId> active_ids(const Definition& definition) {
  std::set<ChannelId> out;
  for (const auto& channel : definition.notify) {
    if (channel.active) out.insert(channel.id);
  }
  return out;
}

bool has_failed(const DecisionInput& input, const ChannelId& channel) {
  return std::any_of(input.set_aside.begin(), input.set_aside.end(),
                     [&](const Step& step) { return step.action == Action::notify && step.subject == channel; });
}

Step message_step(const Channel& channel, const OutboxEntry& entry) {
  Step step;
  step.action = Action::notify;
  step.version = entry.version;
  step.subject = channel.id;
  step.value = std::string(to_string(entry.topic));
  step.event_seq = entry.seq;
  step.because = {{"notify", entry.headline, std::string(to_string(channel.kind))}};
  return step;
}

// Nobody will be told of these any more.
bool is_over(const KnownChannels& channels, const OutboxEntry& entry) {
  return channels.named && std::all_of(channels.deaf_until.begin(), channels.deaf_until.end(), [&](const auto& known) {
           return entry.seq <= known.second || entry.sent.count(known.first) != 0;
         });
}

void prune(State& state) {
  std::erase_if(state.outbox, [&](const OutboxEntry& entry) { return is_over(state.channels, entry); });
}

}  // namespace

void put_into_outbox(State& state, OutboxEntry entry) {
  if (is_over(state.channels, entry)) return;
  state.outbox.push_back(std::move(entry));
  if (state.outbox.size() > k_outbox_max) state.outbox.erase(state.outbox.begin());
}

void mark_sent(State& state, const Step& notify_step) {
  auto& channels = state.channels;
  if (!channels.named && is_place(notify_step.subject))
    channels.last_told_by_place = std::max<Seq>(channels.last_told_by_place, notify_step.event_seq);
  for (auto& entry : state.outbox) {
    if (entry.seq == notify_step.event_seq) entry.sent.insert(notify_step.subject);
  }
  prune(state);
}

void see_channels(State& state, const event::ChannelsSeen& seen, Seq seq) {
  auto& channels = state.channels;
  // What the places in an older list meant is not known any more: what was told by then is not told again to anybody,
  // and what had still to be told is told to all.
  const bool by_place = !channels.named && channels.last_told_by_place != 0;
  const Seq deaf_until = by_place ? channels.last_told_by_place : seq;
  std::map<ChannelId, Seq> now;
  for (const auto& id : seen.ids) {
    const auto known = channels.deaf_until.find(id);
    now[id] = known == channels.deaf_until.end() ? deaf_until : known->second;
  }
  channels.deaf_until = std::move(now);
  channels.named = true;
  prune(state);
}

void drop_messages(State& state, const event::MessagesDropped& dropped) {
  const std::set<Seq> events(dropped.events.begin(), dropped.events.end());
  for (auto& entry : state.outbox) {
    if (events.count(entry.seq) != 0) entry.sent.insert(dropped.channel);
  }
  prune(state);
}

void detect_channels(const DecisionInput& input, std::vector<EventBody>& out) {
  const auto& state = input.state;
  if (state.releases.empty()) return;  // there is nothing to tell anybody yet
  const auto ids = active_ids(input.definition);
  const auto& known = state.channels.deaf_until;
  const bool same = std::equal(ids.begin(), ids.end(), known.begin(), known.end(),
                               [](const ChannelId& id, const auto& each) { return id == each.first; });
  if (!same) {
    out.emplace_back(event::ChannelsSeen{{ids.begin(), ids.end()}});
    return;
  }
  for (const auto& channel : input.definition.notify) {
    const auto waiting = waiting_for(state, channel);
    if (!channel.active || waiting.size() <= k_waiting_max) continue;
    event::MessagesDropped dropped{channel.id, static_cast<int>(waiting.size() - k_waiting_max), {}};
    for (std::size_t i = k_waiting_max; i < waiting.size(); ++i) dropped.events.push_back(waiting[i]->seq);
    std::sort(dropped.events.begin(), dropped.events.end());
    out.emplace_back(std::move(dropped));
  }
}

std::vector<Step> message_steps(const DecisionInput& input) {
  std::vector<Step> out;
  for (const auto& channel : input.definition.notify) {
    if (!channel.active || has_failed(input, channel.id)) continue;
    const auto waiting = waiting_for(input.state, channel);
    if (waiting.empty()) continue;
    const auto& next = waiting.front()->topic == Topic::breach ? *waiting.front() : *waiting.back();
    out.push_back(message_step(channel, next));
    if (out.size() == k_messages_at_once) break;
  }
  return out;
}

}  // namespace train::engine
