#include "apple/examine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "apple/findings.hpp"
#include "package_digests.hpp"

namespace train::signing {
namespace {

const PayloadBundle* bundle_of_executable(const Payload& payload, std::string_view name) {
  const auto at = std::find_if(payload.bundles.begin(), payload.bundles.end(),
                               [name](const PayloadBundle& bundle) { return bundle.executable == name; });
  return at == payload.bundles.end() ? nullptr : &*at;
}

Result<std::optional<std::string>> content_of(const zip::Package& package, const Payload& payload,
                                              const std::string& name) {
  const PayloadFile* const file = payload.find(name);
  if (file == nullptr) return std::optional<std::string>();
  auto bytes = package.unpack(*file->entry);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::optional<std::string>(std::move(*bytes));
}

Result<CodeReport> check_one(const zip::Package& package, const Payload& payload, const std::string& name) {
  Beside beside;
  std::optional<std::string> info;
  std::optional<std::string> resources;
  if (const PayloadBundle* const bundle = bundle_of_executable(payload, name)) {
    auto first = content_of(package, payload, bundle->info_plist());
    if (!first) return tl::unexpected(first.error());
    auto second = content_of(package, payload, bundle->resources());
    if (!second) return tl::unexpected(second.error());
    info = std::move(*first);
    resources = std::move(*second);
    beside.bundle = true;
    if (info) beside.info_plist = *info;
    if (resources) beside.resources = *resources;
  }
  const auto bytes = package.unpack(*payload.find(name)->entry, k_code_bytes_max);
  if (!bytes) return tl::unexpected(bytes.error());
  auto report = check_code(*bytes, beside);
  if (!report) return refuse_payload(package, name, report.error());
  return report;
}

Result<Done> check_all_code(const zip::Package& package, ExaminedPayload& out) {
  std::vector<std::string> names;
  for (const auto& file : out.payload.files) {
    if (file.second.code) names.push_back(file.first);
  }
  std::vector<Result<CodeReport>> reports(names.size());
  in_parallel(names.size(), [&](std::size_t i) { reports[i] = check_one(package, out.payload, names[i]); });
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!reports[i]) return tl::unexpected(reports[i].error());
    out.code.emplace(names[i], std::move(*reports[i]));
  }
  return Done{};
}

Result<Done> check_resources(const zip::Package& package, const ExaminedPayload& examined,
                             const PayloadBundle& bundle) {
  const auto bytes = content_of(package, examined.payload, bundle.resources());
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return Done{};  // a signature would have missed it
  const auto list = CodeResources::parse(**bytes);
  if (!list) {
    return refuse_payload(package, bundle.resources(),
                          Error{list.error().kind, "cannot be used: " + list.error().message, list.error().hint});
  }
  if (const auto same = list->verify(examined.payload.sealed_by(bundle)); !same) {
    return refuse_payload(
        package, bundle.path,
        Error{ErrorKind::refused, "is damaged, its seal was made over other files: " + same.error().message,
              "Take the archive from where the build was kept."});
  }
  return Done{};
}

Result<Done> check_app_version(const zip::Package& package, const PayloadBundle& app) {
  if (app.version.empty() || app.build.empty()) {
    return refuse_payload(package, app.info_plist(), Error{ErrorKind::refused, "names no version or no build", {}});
  }
  return Done{};
}

}  // namespace

bool is_watch_stub(std::string_view name) { return name.ends_with("/_WatchKitStub/WK"); }

Result<ExaminedPayload> examine_payload(const zip::Package& package) {
  auto payload = read_payload(package);
  if (!payload) return tl::unexpected(payload.error());
  ExaminedPayload out;
  out.payload = std::move(*payload);
  if (const auto done = check_app_version(package, out.payload.app()); !done) return tl::unexpected(done.error());
  if (const auto done = check_all_code(package, out); !done) return tl::unexpected(done.error());
  for (const PayloadBundle& bundle : out.payload.bundles) {
    if (const auto done = check_resources(package, out, bundle); !done) return tl::unexpected(done.error());
  }
  out.version = out.payload.app().version;
  out.build = out.payload.app().build;
  out.findings = findings_of(out);
  return out;
}

}  // namespace train::signing
