// Flags behind a command.
#include "descriptors.hpp"
#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

constexpr std::size_t k_output_limit_bytes = 64 * 1024;
constexpr int k_timeout_seconds = 60;

std::string command_of(const Flag& flag, std::string_view verb) {
  return "`" + printable(flag.exec.front(), 200) + " … " + std::string(verb) + " " +
         printable(parameter_of(flag), 100) + "`";
}

class ExecProvider final : public FlagProvider {
 public:
  explicit ExecProvider(std::filesystem::path directory) : directory_(std::move(directory)) {}

  Result<std::string> get(const Flag& flag) override {
    const auto out = run(flag, "get", {parameter_of(flag)});
    if (!out) return tl::unexpected(out.error());
    std::string_view value = *out;
    if (!value.empty() && value.back() == '\n') value.remove_suffix(1);
    if (!value.empty() && value.back() == '\r') value.remove_suffix(1);
    return std::string(value);
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    if (flag.exec.empty()) return tl::unexpected(no_command(flag));
    const auto out = run(flag, "set", {parameter_of(flag), value});
    // A command that failed may have set the flag first; only reading tells.
    return conclude_by_reading_back(*this, flag, value, out ? std::nullopt : std::optional<Error>(out.error()));
  }

 private:
  static Error no_command(const Flag& flag) {
    return Error{ErrorKind::definition, "The flag " + flag.name + " has no command to run.",
                 "Give it `exec: [COMMAND]`."};
  }

  Result<std::string> run(const Flag& flag, const std::string& verb, const std::vector<std::string>& arguments) const {
    if (flag.exec.empty()) return tl::unexpected(no_command(flag));
    ProcessRequest request;
    request.argv = flag.exec;
    request.argv.push_back(verb);
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.directory = directory_;
    request.output_limit_bytes = k_output_limit_bytes;
    request.timeout_seconds = k_timeout_seconds;
    auto output = run_process(request);
    if (!output) {
      Error error = output.error();
      error.message = "Running " + command_of(flag, verb) + " for the flag " + flag.name + ": " + error.message;
      return tl::unexpected(error);
    }
    if (output->exit_code == 0) return std::move(output->out);
    const std::string said = printable(trim(output->err.empty() ? output->out : output->err), 300);
    return fail(ErrorKind::refused,
                command_of(flag, verb) + " for the flag " + flag.name + " ended with " +
                    std::to_string(output->exit_code) + (said.empty() ? "." : ": " + said),
                "Run the command by hand to see what it needs.");
  }

  std::filesystem::path directory_;
};

}  // namespace

std::unique_ptr<FlagProvider> make_exec_provider(std::filesystem::path directory) {
  return std::make_unique<ExecProvider>(std::move(directory));
}

namespace {

Result<std::unique_ptr<FlagProvider>> wire_exec(const Flag&, const Site& site) {
  return make_exec_provider(site.directory);
}

}  // namespace

Descriptor describe_exec() {
  FlagKeys keys{"exec",
                {{.name = "exec",
                  .kind = KeyKind::command,
                  .meaning = "a command: `… get PARAMETER` prints the value, `… set PARAMETER VALUE` sets it",
                  .need = Need::required}}};
  return {std::move(keys), wire_exec};
}

}  // namespace train::flags
