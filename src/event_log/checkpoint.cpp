#include "checkpoint.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "train/base/files.hpp"
#include "train/base/text.hpp"

namespace train::event_log {
namespace {

using PlainJson = nlohmann::json;

constexpr std::size_t k_state_bytes_max = 64u << 20;

// The envelope only: the fold inside may be large, and nobody reads it here.
PlainJson parse_envelope(const std::string& text) {
  const auto keep = [](int depth, PlainJson::parse_event_t event, PlainJson& value) {
    return !(depth == 1 && event == PlainJson::parse_event_t::key && value == "state") && depth <= 2;
  };
  return PlainJson::parse(text, keep, false);
}

Result<Done> check_whose(const PlainJson& json, const std::filesystem::path& file, const std::string& train) {
  const int version = json.value("version", PlainJson()).is_number_integer() ? json["version"].get<int>() : 0;
  if (version > k_state_version) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("{} was written by a newer train: state version {}, this one reads {}", file.string(),
                            version, k_state_version),
                "Use the train that wrote it, or a newer one. Nothing was changed.");
  }
  const auto name = json.find("train");
  if (name != json.end() && name->is_string() && name->get_ref<const std::string&>() != train) {
    return fail(ErrorKind::corrupt_state,
                fmt::format("{} belongs to the train \"{}\", not to \"{}\"", file.string(),
                            printable(name->get_ref<const std::string&>(), 80), train),
                "If the directory was renamed on purpose, delete state.json: it is made again from the log.");
  }
  return Done{};
}

tl::unexpected<Error> cut(const std::string& what, const std::filesystem::path& log,
                          const std::filesystem::path& file) {
  return fail(
      ErrorKind::corrupt_state, fmt::format("the log was cut: {}", what),
      fmt::format("Restore {} from a backup. To accept the log as it is, delete {} and look at the stores before "
                  "the next `train advance`.",
                  log.string(), file.string()));
}

}  // namespace

Result<std::optional<Checkpoint>> read_checkpoint(const std::filesystem::path& file, const std::string& train) {
  const auto text = read_file(file, k_state_bytes_max);
  if (!text) return std::optional<Checkpoint>();
  const PlainJson json = parse_envelope(*text);
  if (!json.is_object()) return std::optional<Checkpoint>();
  if (const auto whose = check_whose(json, file, train); !whose) return tl::unexpected(whose.error());
  const auto seq = json.find("seq");
  const auto hash = json.find("hash");
  if (seq == json.end() || hash == json.end() || !seq->is_number_unsigned() || !hash->is_string()) {
    return std::optional<Checkpoint>();
  }
  return std::optional<Checkpoint>(Checkpoint{seq->get<Seq>(), hash->get<std::string>()});
}

Result<Done> write_checkpoint(const std::filesystem::path& file, const std::string& train, const Chain& chain,
                              const std::string& state) {
  const PlainJson name(train);
  const std::string text =
      fmt::format(R"({{"version":{},"train":{},"seq":{},"hash":"{}","state":{}}})", k_state_version,
                  name.dump(-1, ' ', false, PlainJson::error_handler_t::replace), chain.last(), chain.head(),
                  PlainJson::accept(state) ? state : std::string("{}"));
  return replace_file(file, text + "\n");
}

Result<Done> check_not_cut(const std::optional<Checkpoint>& known, const Chain& chain, const std::filesystem::path& log,
                           const std::filesystem::path& file) {
  if (!known || known->seq == 0) return Done{};
  if (known->seq > chain.last()) {
    return cut(fmt::format("{} ends at event {}, but {} knows event {}", log.string(), chain.last(), file.string(),
                           known->seq),
               log, file);
  }
  if (chain.events[known->seq - 1].hash != known->hash) {
    return cut(fmt::format("event {} of {} is not the one {} knows: events were cut off and others written", known->seq,
                           log.string(), file.string()),
               log, file);
  }
  return Done{};
}

}  // namespace train::event_log
