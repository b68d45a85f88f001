// Flags in a JSON file.
#include <sys/stat.h>

#include "descriptors.hpp"
#include "flagd.hpp"
#include "json_member.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/flags/providers.hpp"
#include "values.hpp"

namespace train::flags {

namespace {

constexpr std::size_t k_file_limit_bytes = 4 << 20;

Error about(const Flag& flag, const Error& cause, std::string_view tried) {
  Error error = cause;
  error.message = std::string(tried) + " the flag " + flag.name + " in " + flag.path.string() + ": " + cause.message;
  return error;
}

class FileProvider final : public FlagProvider {
 public:
  Result<std::string> get(const Flag& flag) override {
    const auto text = read(flag, "Reading");
    if (!text) return tl::unexpected(text.error());
    if (is_flagd(*text))
      return flagd_value(*text, flag).map_error([&](const Error& error) { return about(flag, error, "Reading"); });
    const auto json = find_member(*text, parameter_of(flag));
    if (!json) {
      Error error = about(flag, json.error(), "Reading");
      if (error.kind == ErrorKind::not_found)
        error.hint = "Set it once with `train flags set`, or correct `parameter`.";
      return tl::unexpected(error);
    }
    if (auto value = text_of_json(*json)) return *value;
    return fail(ErrorKind::invalid_answer, "Reading the flag " + flag.name + " in " + flag.path.string() + ": `" +
                                               parameter_of(flag) + "` is neither a text, a number, true nor false.");
  }

  Result<Done> set(const Flag& flag, const std::string& value) override {
    const auto text = read(flag, "Setting");
    if (!text) return tl::unexpected(text.error());
    const auto changed = is_flagd(*text) ? with_flagd_value(*text, flag, value) : with_member(*text, flag, value);
    if (!changed) return tl::unexpected(about(flag, changed.error(), "Setting"));
    if (auto written = write(flag, *changed); !written) return tl::unexpected(about(flag, written.error(), "Setting"));
    return conclude_by_reading_back(*this, flag, value, std::nullopt);
  }

 private:
  static Result<std::string> with_member(const std::string& text, const Flag& flag, const std::string& value) {
    const auto before = find_member(text, parameter_of(flag));
    // A switch that was a text stays a text; what was true, false or a number stays that where it can.
    const bool was_text = !before || before->front() == '"';
    return set_member(text, parameter_of(flag), was_text ? json_string_of_text(value) : json_of_text(value));
  }

  static Result<std::string> read(const Flag& flag, std::string_view tried) {
    auto text = read_file(flag.path, k_file_limit_bytes);
    if (text) return text;
    Error error = about(flag, text.error(), tried);
    if (error.kind == ErrorKind::not_found) {
      error.hint = "Create it with {} inside, or correct the flag's `path` in the definition.";
    }
    return tl::unexpected(error);
  }

  static Result<Done> write(const Flag& flag, std::string_view text) {
    std::error_code ignored;
    const auto behind_links =
        std::filesystem::canonical(flag.path, ignored);  // else a link would be replaced by a file
    const auto& path = ignored ? flag.path : behind_links;
    struct stat seen {};
    const bool known = ::stat(path.c_str(), &seen) == 0;
    return write_file_atomically(path, text, known ? static_cast<int>(seen.st_mode & 0777) : 0600);
  }
};

}  // namespace

std::unique_ptr<FlagProvider> make_file_provider() { return std::make_unique<FileProvider>(); }

namespace {

Result<std::unique_ptr<FlagProvider>> wire_file(const Flag&, const Site&) { return make_file_provider(); }

}  // namespace

Descriptor describe_file() {
  FlagKeys keys{"file",
                {{.name = "path",
                  .kind = KeyKind::path,
                  .meaning = "a JSON object with the member `parameter`, or a flagd file",
                  .need = Need::required}}};
  keys.reach = FlagReach::everybody;
  return {std::move(keys), wire_file};
}

}  // namespace train::flags
