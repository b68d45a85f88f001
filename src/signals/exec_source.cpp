// Numbers from a command: variables in its environment and on its standard input, one JSON object on its output.
#include <fmt/format.h>

#include "descriptors.hpp"
#include "json_pointer.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/http/json_depth.hpp"

namespace train::signals {

using nlohmann::json;

namespace {

constexpr std::size_t k_printed_most = 1u << 20;
constexpr int k_exit_no_data = 75;  // EX_TEMPFAIL: come again
constexpr std::size_t k_told_most = 300;

json told_to_command(const Signal& signal, const Subject& subject) {
  json told = {{"signal", signal.name},
               {"app", subject.app},
               {"version", subject.version.text()},
               {"platform", subject.platform},
               {"start", subject.start.time_since_epoch().count()},
               {"end", subject.end().time_since_epoch().count()}};
  if (!subject.store_id.empty()) told["bundle_id"] = subject.store_id;
  if (subject.build) told["build"] = subject.build->text();
  if (subject.baseline_version) told["baseline_version"] = subject.baseline_version->text();
  return told;
}

// TRAIN_VERSION and so on; empty where it is not known, so that nothing inherited stands in for it.
std::vector<std::pair<std::string, std::string>> variables_of(const json& told) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const char* name :
       {"signal", "app", "bundle_id", "version", "build", "baseline_version", "platform", "start", "end"}) {
    std::string upper = "TRAIN_";
    for (const char* c = name; *c != '\0'; ++c) upper += *c == '_' ? '_' : static_cast<char>(*c - 'a' + 'A');
    const json& value = part(told, name);
    variables.emplace_back(upper, value.is_string() ? words_of(value) : value.is_null() ? "" : value.dump());
  }
  return variables;
}

// The end of what was said, which is where a program says why it stops.
std::string tail_of(std::string_view text) {
  text = trim(text);
  return printable(text.size() > k_told_most ? text.substr(text.size() - k_told_most) : text, k_told_most + 50);
}

const char* first_of(const json& document, const char* name, const char* other) {
  return part(document, name).is_null() ? other : name;
}

// The bounds of one number; both or none.
Reading<std::optional<std::pair<double, double>>> bounds_in(const json& document, const std::string& name,
                                                            double value) {
  const json& low = part(document, (name + "_low").c_str());
  const json& high = part(document, (name + "_high").c_str());
  if (low.is_null() && high.is_null()) return std::nullopt;
  const auto least = number_in(low, name + "_low");
  if (!least) return tl::unexpected(least.error());
  const auto most = number_in(high, name + "_high");
  if (!most) return tl::unexpected(most.error());
  if (*least > value || value > *most)
    return cannot(fmt::format("{} is {:g}, outside of its own bounds {:g} and {:g}", name, value, *least, *most));
  return std::pair(*least, *most);
}

Reading<Done> add_bounds(const json& document, Measurement& seen) {
  const auto x = bounds_in(document, "x", seen.counts.events);
  if (!x) return tl::unexpected(x.error());
  const auto n = bounds_in(document, "n", seen.counts.exposures);
  if (!n) return tl::unexpected(n.error());
  if (!*x && !*n) return Done{};
  CountSpan span{seen.counts, seen.counts};
  if (*x) std::tie(span.least.events, span.most.events) = **x;
  if (*n) std::tie(span.least.exposures, span.most.exposures) = **n;
  seen.between = span;
  return Done{};
}

class ExecSource final : public SignalSource {
 public:
  ExecSource(std::filesystem::path directory, int timeout_seconds)
      : directory_(std::move(directory)), timeout_seconds_(timeout_seconds) {}

  Measurement measure(const Signal& signal, const Subject& subject) override {
    const auto document = run(signal, subject);
    if (!document) return document.error();
    Instant at = subject.end();
    if (const json& as_of = part(*document, "as_of"); !as_of.is_null()) {
      const auto told = time_in(as_of, "as_of");
      if (!told) return told.error();
      at = *told;
    }
    Measurement seen = measure_queries(
        with_pointers(signal, *document), subject, "number is not in what the command printed",
        [&](const std::string& pointer, std::string_view) { return sample_at(*document, pointer, subject, at); });
    if (seen.state != Measurement::State::measured || signal.kind == SignalKind::level) return seen;
    if (const auto added = add_bounds(*document, seen); !added) return added.error();
    return concluded(signal, subject, std::move(seen));
  }

 private:
  static Signal with_pointers(Signal signal, const json& document) {
    if (!signal.value.empty() || !signal.events.empty()) return signal;
    signal.events = fmt::format("/{}", first_of(document, "events", "x"));
    signal.exposures = fmt::format("/{}", first_of(document, "exposures", "n"));
    return signal;
  }

  Reading<json> run(const Signal& signal, const Subject& subject) const {
    if (signal.exec.empty()) return cannot("there is no command to run: give the signal `exec: [COMMAND]`");
    const json told = told_to_command(signal, subject);
    ProcessRequest request;
    request.argv = signal.exec;
    request.directory = directory_;
    request.environment = variables_of(told);
    request.input = told.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    request.output_limit_bytes = k_printed_most;
    request.timeout_seconds = timeout_seconds_;
    const auto output = run_process(request);
    if (!output) return cannot(output.error().message);
    const std::string command = "`" + printable(signal.exec.front(), 200) + "`";
    const std::string said = tail_of(output->err.empty() ? output->out : output->err);
    if (output->exit_code == k_exit_no_data)
      return nothing_yet(command + " has no data yet" + (said.empty() ? "" : ": " + said));
    if (output->exit_code != 0)
      return cannot(fmt::format("{} ended with {}{}; run it by hand to see what it needs", command, output->exit_code,
                                said.empty() ? "" : ": " + said));
    return parsed_output(output->out, command);
  }

  static Reading<json> parsed_output(const std::string& out, const std::string& command) {
    auto document = http::is_nested_within(out) ? json::parse(out, nullptr, false) : json();
    if (document.is_object()) return document;
    return cannot(fmt::format("{} printed something else than one JSON object: {}", command, printable(out, 80)));
  }

  std::filesystem::path directory_;
  int timeout_seconds_;
};

}  // namespace

std::unique_ptr<SignalSource> make_exec_source(std::filesystem::path directory, int timeout_seconds) {
  return std::make_unique<ExecSource>(std::move(directory), timeout_seconds);
}

namespace {

Result<std::unique_ptr<SignalSource>> wire_exec(const Signal&, const Site& site) {
  return make_exec_source(site.directory);
}

}  // namespace

Descriptor describe_exec() {
  SignalKeys keys{
      "exec",
      {{.name = "exec", .kind = KeyKind::command, .meaning = "a command, as a list of words", .need = Need::required}}};
  keys.queries = Queries::optional;
  keys.query_fault = pointer_fault;
  return {std::move(keys), wire_exec};
}

}  // namespace train::signals
