#include <fmt/format.h>

#include <array>
#include <utility>

#include "train/base/process.hpp"
#include "train/base/text.hpp"
#include "train/git/command.hpp"
#include "train/source/git.hpp"

namespace train::source {
namespace {

constexpr int k_build_seconds = 15 * 60;  // to start a build, not to finish one
constexpr std::size_t k_output_bytes_max = 64u << 20;

std::optional<http::Method> method_of(std::string_view word) {
  for (const auto method :
       {http::Method::get, http::Method::post, http::Method::put, http::Method::patch, http::Method::del}) {
    if (http::to_string(method) == word) return method;
  }
  return std::nullopt;
}

class StarterBuildService final : public BuildService {
 public:
  StarterBuildService(BuildStarter starter, std::filesystem::path directory, http::Sleep sleep,
                      std::map<std::string, Secret> secrets)
      : starter_(std::move(starter)),
        directory_(std::move(directory)),
        client_(std::move(sleep)),
        secrets_(std::move(secrets)) {}

  Result<Done> start_build(const VersionName& version, const std::string& branch) override {
    if (!git::is_ref_name(branch)) {
      return fail(ErrorKind::definition, fmt::format("\"{}\" cannot name a branch", printable(branch, 200)),
                  "Use letters, digits and . _ / - in `source.branch`.");
    }
    if (starter_.http) return call(*starter_.http, version.text(), branch);
    return execute(version.text(), branch);
  }

 private:
  Result<Done> execute(const std::string& version, const std::string& branch) const {
    const std::array<Substitution, 2> values{{{"version", version}, {"branch", branch}}};
    ProcessRequest request;
    for (const std::string& part : starter_.exec) request.argv.push_back(substitute(part, values));
    request.directory = directory_;
    request.timeout_seconds = k_build_seconds;
    request.output_limit_bytes = k_output_bytes_max;
    if (request.argv.empty()) return fail(ErrorKind::definition, "`source.build` names no command");
    const auto output = run_process(request);
    if (!output) return tl::unexpected(not_finished(output.error()));
    if (output->exit_code == 0) return Done{};
    const std::string_view said = trim(output->err.empty() ? output->out : output->err);
    const std::string_view last = said.substr(said.size() > 500 ? said.size() - 500 : 0);
    return fail(ErrorKind::refused,
                fmt::format("the build command {} ended with {}: {}", printable(request.argv.front(), 200),
                            output->exit_code, printable(last, 600)),
                "Run it by hand to see all it says; a build that runs already is found in the store.");
  }

  // A command that was stopped half-way may have started its build.
  static Error not_finished(Error why) {
    if (!starts_with(why.message, "Cannot run ")) why.kind = ErrorKind::unknown_outcome;
    return why;
  }

  Result<Done> call(const HttpCall& wanted, const std::string& version, const std::string& branch) {
    const auto method = method_of(wanted.method);
    if (!method) {
      return fail(ErrorKind::definition, fmt::format("\"{}\" is not a method", printable(wanted.method, 40)),
                  "Use GET, POST, PUT, PATCH or DELETE.");
    }
    const std::string encoded = percent_encode(branch);
    const std::array<Substitution, 2> in_url{{{"version", version}, {"branch", encoded}}};
    const std::array<Substitution, 2> in_body{{{"version", version}, {"branch", branch}}};
    http::Request request;
    request.method = *method;
    request.purpose = http::Purpose::write;
    request.url = substitute(wanted.url, in_url);
    request.body = substitute(wanted.body, in_body);
    for (const auto& [name, value] : wanted.headers) request.headers.push_back({name, value});
    for (const auto& [name, value] : secrets_) request.headers.push_back({name, value.expose()});
    const auto outcome = client_.send(request);
    switch (http::effect_of(outcome)) {
      case http::Effect::applied:
      case http::Effect::applied_unseen:
        return Done{};
      case http::Effect::not_applied:
      case http::Effect::ambiguous:
        break;
    }
    return tl::unexpected(http::error_of(request, outcome, "cannot start a build"));
  }

  BuildStarter starter_;
  std::filesystem::path directory_;
  http::Client client_;
  std::map<std::string, Secret> secrets_;  // by header name
};

}  // namespace

std::unique_ptr<BuildService> make_build_service(BuildStarter starter, std::filesystem::path directory,
                                                 http::Sleep sleep, std::map<std::string, Secret> secrets) {
  return std::make_unique<StarterBuildService>(std::move(starter), std::move(directory), std::move(sleep),
                                               std::move(secrets));
}

}  // namespace train::source
