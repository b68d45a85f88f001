#include "compose/trace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "train/base/text.hpp"
#include "train/http/observer.hpp"

namespace train::cli {
namespace {

constexpr std::size_t k_file_bytes_max = 5u << 20;
constexpr std::size_t k_older_files_max = 3;
constexpr std::size_t k_line_bytes_max = 4000;

// Decisions are `info`, requests `debug`.
Result<spdlog::level::level_enum> wanted_on_screen(const Context& context) {
  if (context.verbose > 1) return spdlog::level::debug;
  if (context.verbose == 1) return spdlog::level::info;
  const char* word = std::getenv("TRAIN_LOG");
  const std::string_view level = word == nullptr ? "" : word;
  if (level == "debug") return spdlog::level::debug;
  if (level == "info") return spdlog::level::info;
  if (level.empty() || level == "off") return spdlog::level::off;
  return fail(ErrorKind::usage, "TRAIN_LOG is `" + printable(level, 80) + "`.", "It may be off, info or debug.");
}

// The file is the owner's alone from its first byte, also after a rotation; an existing one becomes so.
void make_private(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return;  // opening it tells why
  struct stat seen {};
  if (::fstat(descriptor, &seen) == 0 && S_ISREG(seen.st_mode)) static_cast<void>(::fchmod(descriptor, 0600));
  ::close(descriptor);
}

std::string_view class_of(const http::RequestTrace& trace) {
  switch (trace.transport) {
    case http::Transport::not_sent:
      return "not sent";
    case http::Transport::lost:
      return "no answer";
    case http::Transport::cut:
      return "cut off";
    case http::Transport::answered:
      break;
  }
  if (trace.status == 429) return "rate limited";
  if (trace.status < 300) return "ok";
  return trace.status < 500 ? "refused" : "server error";
}

std::string_view word_of(http::Purpose purpose) {
  switch (purpose) {
    case http::Purpose::read:
      return "read";
    case http::Purpose::write:
      return "write";
    case http::Purpose::chunk:
      return "upload";
  }
  return "";
}

std::string line_of(const http::RequestTrace& trace) {
  std::string line = fmt::format("request {}: {}, {}", trace.what, word_of(trace.purpose), class_of(trace));
  if (trace.status != 0) line += fmt::format(" {}", trace.status);
  line += fmt::format(", {} ms", trace.took.count());
  if (trace.attempt > 1) line += fmt::format(", attempt {}", trace.attempt);
  if (trace.next_try) line += fmt::format(", again in {} ms", trace.next_try->count());
  return line;
}

std::string reasons_of(const std::vector<Reason>& because) {
  std::string out;
  for (const auto& reason : because)
    out +=
        fmt::format("{}{}: {} (wanted: {})", out.empty() ? " because " : "; ", reason.rule, reason.seen, reason.wanted);
  return out;
}

std::string place_of(const VersionName& version, const AppName& app) {
  return app.empty() ? version.text() : app + " " + version.text();
}

// One line for each step that is due and for each wait.
std::vector<std::string> lines_of(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& step : plan.steps) {
    out.push_back(fmt::format("decided {}: {}{}{}", place_of(step.version, step.app), to_string(step.action),
                              step.to_percent ? " to " + step.to_percent->text() : "", reasons_of(step.because)));
  }
  for (const auto& wait : plan.waits) {
    out.push_back(fmt::format("decided {}: wait ({}) {}{}", place_of(wait.version, wait.app), to_string(wait.kind),
                              wait.detail, reasons_of(wait.because)));
  }
  if (out.empty()) out.emplace_back("decided: nothing is due and nothing is waited for");
  return out;
}

class LoggerTrace final : public Trace, private http::Observer {
 public:
  explicit LoggerTrace(const std::vector<std::shared_ptr<spdlog::sinks::sink>>& sinks)
      : logger_("train", sinks.begin(), sinks.end()), observing_(*this) {}

  runner::OnDecision on_decision() override {
    return [this](const Plan& plan) {
      for (const auto& line : lines_of(plan)) write(spdlog::level::info, line);
    };
  }

  void set_level(spdlog::level::level_enum level) {
    logger_.set_level(level);
    logger_.flush_on(level);
  }

 private:
  void on_request(const http::RequestTrace& trace) override { write(spdlog::level::debug, line_of(trace)); }
  void write(spdlog::level::level_enum level, const std::string& line) {
    if (logger_.should_log(level)) logger_.log(level, printable(line, k_line_bytes_max));
  }

  spdlog::logger logger_;
  http::Observing observing_;  // last: from here on it is told
};

std::shared_ptr<spdlog::sinks::sink> screen_sink(std::ostream& err, spdlog::level::level_enum level) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(err);
  sink->set_pattern("train: %v");
  sink->set_level(level);
  return sink;
}

std::shared_ptr<spdlog::sinks::sink> file_sink(const std::string& name) {
  spdlog::file_event_handlers handlers;
  handlers.before_open = make_private;
  auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(name, k_file_bytes_max, k_older_files_max, false,
                                                                     handlers);
  sink->set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %P %v", spdlog::pattern_time_type::utc));
  sink->set_level(spdlog::level::debug);
  return sink;
}

}  // namespace

Result<std::shared_ptr<Trace>> open_trace(const Context& context) {
  const auto level = wanted_on_screen(context);
  if (!level) return tl::unexpected(level.error());
  if (*level == spdlog::level::off && !context.log_file) return std::shared_ptr<Trace>();
  try {
    std::vector<std::shared_ptr<spdlog::sinks::sink>> sinks;
    if (*level != spdlog::level::off) sinks.push_back(screen_sink(context.err(), *level));
    if (context.log_file) sinks.push_back(file_sink(*context.log_file));
    auto trace = std::make_shared<LoggerTrace>(std::move(sinks));
    trace->set_level(context.log_file ? spdlog::level::debug : *level);
    return std::shared_ptr<Trace>(std::move(trace));
  } catch (const spdlog::spdlog_ex& failure) {
    return fail(ErrorKind::storage, "Cannot write the trace: " + printable(failure.what(), 500),
                "Give --log-file a file in a directory that you may write to.");
  }
}

}  // namespace train::cli
