#include "apple/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "apple/code_hash.hpp"
#include "apple/macho.hpp"
#include "apple/property_list.hpp"
#include "package_digests.hpp"
#include "train/base/text.hpp"

namespace train::signing {
namespace {

constexpr std::string_view k_payload_folder = "Payload/";
constexpr std::string_view k_info_name = "/Info.plist";
constexpr std::size_t k_link_bytes_max = 4'096;
constexpr std::size_t k_head_bytes = 16;

// "Payload/NAME.app" of a name below it, empty elsewhere.
std::string_view app_of(std::string_view name) {
  if (!name.starts_with(k_payload_folder)) return {};
  const std::size_t end = name.find('/', k_payload_folder.size());
  const std::string_view app = name.substr(0, end);
  return end != std::string_view::npos && app.ends_with(".app") && app.size() > k_payload_folder.size() + 4
             ? app
             : std::string_view();
}

Result<std::string> only_app(const zip::Package& package) {
  std::string_view app;
  for (const zip::PackageEntry& entry : package.entries()) {
    const std::string_view here = app_of(entry.name);
    if (here.empty() || here == app) continue;
    if (!app.empty()) {
      return package.refuse(fmt::format("it holds two apps, {} and {}", printable(app, 200), printable(here, 200)));
    }
    app = here;
  }
  if (app.empty()) return package.refuse("it has no Payload/NAME.app: it is not an .ipa");
  return std::string(app);
}

struct Seen {
  TwoHashes::Values hashes;
  std::string head;
  std::string link;
};

Result<Seen> look_at(const zip::Package& package, const zip::PackageEntry& entry) {
  Seen out;
  TwoHashes both;
  const auto seen = package.visit(entry, [&](std::string_view part) {
    both.add(part);
    if (out.head.size() < k_head_bytes) out.head += part.substr(0, k_head_bytes - out.head.size());
    if (entry.symlink && out.link.size() <= k_link_bytes_max) out.link += part.substr(0, k_link_bytes_max + 1);
  });
  if (!seen) return tl::unexpected(seen.error());
  out.hashes = both.values();
  return out;
}

// A link may lead to what lies in the app, by a relative way that never climbs above it.
bool stays_within(std::string_view name, std::string_view app, std::string_view link) {
  if (link.empty() || link.size() > k_link_bytes_max || link.front() == '/') return false;
  auto depth = std::count(name.begin() + static_cast<std::ptrdiff_t>(app.size()) + 1, name.end(), '/');
  for (const std::string& part : split(link, '/')) {
    if (part.find('\0') != std::string::npos) return false;
    if (part == "..") --depth;
    if (part != ".." && part != "." && !part.empty()) ++depth;
    if (depth < 0) return false;
  }
  return true;
}

Result<Done> take_file(const zip::Package& package, const zip::PackageEntry& entry, std::string_view app, Seen seen,
                       Payload& out) {
  if (app_of(entry.name) != app) return Done{};
  if (entry.symlink && !stays_within(entry.name, app, seen.link)) {
    return package.refuse(entry, "is a link that leads out of the app");
  }
  PayloadFile file;
  file.entry = &entry;
  file.code = !entry.symlink && looks_like_macho(seen.head);
  file.hashes = SealedFile{std::string(entry.name), std::move(seen.hashes.sha1), std::move(seen.hashes.sha256),
                           std::move(seen.link)};
  out.files.emplace(std::string(entry.name), std::move(file));
  return Done{};
}

Result<Done> read_files(const zip::Package& package, std::string_view app, Payload& out) {
  std::vector<const zip::PackageEntry*> entries;
  for (const zip::PackageEntry& entry : package.entries()) {
    if (!entry.directory()) entries.push_back(&entry);
  }
  std::vector<Result<Seen>> seen(entries.size());
  in_parallel(entries.size(), [&](std::size_t i) { seen[i] = look_at(package, *entries[i]); });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!seen[i]) return tl::unexpected(seen[i].error());
    if (auto done = take_file(package, *entries[i], app, std::move(*seen[i]), out); !done) return done;
  }
  return Done{};
}

std::optional<PayloadBundle::Kind> kind_of_folder(std::string_view path) {
  if (path.ends_with(".app")) return PayloadBundle::Kind::app;
  if (path.ends_with(".appex")) return PayloadBundle::Kind::extension;
  if (path.ends_with(".framework")) return PayloadBundle::Kind::framework;
  return std::nullopt;
}

bool is_bundle_id(std::string_view id) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_'; };
  return !id.empty() && id.size() <= 255 && std::all_of(id.begin(), id.end(), plain);
}

// The bundle whose Info.plist this is; nothing for a framework without code.
Result<std::optional<PayloadBundle>> read_bundle(const zip::Package& package, const Payload& payload,
                                                 const std::string& name, PayloadBundle::Kind kind) {
  PayloadBundle out;
  out.kind = kind;
  out.path = name.substr(0, name.size() - k_info_name.size());
  const zip::PackageEntry& entry = *payload.find(name)->entry;
  const auto bytes = package.unpack(entry);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto list = PropertyList::parse(*bytes);
  if (!list) return package.refuse(entry, "cannot be used: " + list.error().message);
  out.id = list->text("CFBundleIdentifier").value_or("");
  out.version = list->text("CFBundleShortVersionString").value_or("");
  out.build = list->text("CFBundleVersion").value_or("");
  out.sdk = list->text("DTSDKName").value_or("");
  const std::string executable = list->text("CFBundleExecutable").value_or("");
  out.executable = out.path + "/" + executable;
  const PayloadFile* const code = payload.find(out.executable);
  if (executable.empty() || executable.find('/') != std::string::npos || code == nullptr || !code->code) {
    if (kind == PayloadBundle::Kind::framework) return std::optional<PayloadBundle>();
    return package.refuse(entry, "names no executable that is there and is Mach-O");
  }
  if (!is_bundle_id(out.id)) return package.refuse(entry, "has no CFBundleIdentifier that can be used");
  return std::optional<PayloadBundle>(std::move(out));
}

Result<Done> read_bundles(const zip::Package& package, const std::string& app, Payload& out) {
  for (const auto& file : out.files) {
    const std::string& name = file.first;
    if (!name.ends_with(k_info_name)) continue;
    const auto kind = kind_of_folder(std::string_view(name).substr(0, name.size() - k_info_name.size()));
    if (!kind) continue;
    auto bundle = read_bundle(package, out, name, *kind);
    if (!bundle) return tl::unexpected(bundle.error());
    if (*bundle) out.bundles.push_back(std::move(**bundle));
  }
  const auto depth = [](const PayloadBundle& bundle) {
    return std::count(bundle.path.begin(), bundle.path.end(), '/');
  };
  std::stable_sort(out.bundles.begin(), out.bundles.end(),
                   [&depth](const PayloadBundle& a, const PayloadBundle& b) { return depth(a) > depth(b); });
  if (out.bundles.empty() || out.bundles.back().path != app) return package.refuse("its app has no Info.plist");
  return Done{};
}

}  // namespace

std::vector<SealedFile> Payload::sealed_by(const PayloadBundle& bundle) const {
  const std::string prefix = bundle.path + "/";
  std::vector<SealedFile> out;
  for (auto at = files.lower_bound(prefix); at != files.end() && at->first.starts_with(prefix); ++at) {
    if (at->first == bundle.executable || at->first.starts_with(prefix + "_CodeSignature/")) continue;
    out.push_back(at->second.hashes);
    out.back().path.erase(0, prefix.size());
  }
  return out;
}

Result<Payload> read_payload(const zip::Package& package) {
  const auto app = only_app(package);
  if (!app) return tl::unexpected(app.error());
  Payload out;
  if (const auto done = read_files(package, *app, out); !done) return tl::unexpected(done.error());
  const std::string store_keys = *app + "/SC_Info/";
  if (const auto at = out.files.lower_bound(store_keys); at != out.files.end() && at->first.starts_with(store_keys)) {
    return package.refuse("it was downloaded from the App Store, which encrypts what it delivers");
  }
  if (const auto done = read_bundles(package, *app, out); !done) return tl::unexpected(done.error());
  return out;
}

tl::unexpected<Error> refuse_payload(const zip::Package& package, std::string_view name, const Error& why) {
  return fail(why.kind,
              fmt::format("Cannot rebuild {}: \"{}\" {}.", printable(package.path().string(), 400),
                          printable(name, 300), why.message),
              why.hint);
}

}  // namespace train::signing
