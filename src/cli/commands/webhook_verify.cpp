// webhook verify: whether Apple sent it.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "train/auth/apple_signature.hpp"
#include "train/base/files.hpp"
#include "train/base/text.hpp"
#include "train/definition/load.hpp"
#include "train/stores/app_store/events.hpp"

namespace train::cli {
namespace {

constexpr std::size_t k_body_bytes_most = 1 << 20;
constexpr std::size_t k_secrets_most = 8;
constexpr std::string_view k_secret_hint =
    "A secret never stands on the command line: name where it is, env:NAME, file:PATH or exec:COMMAND.";

struct VerifyOptions {
  std::vector<std::string> secrets;    // references
  std::vector<std::string> variables;  // names of environment variables
  std::string signature;
  std::string header;
  std::string file = "-";
};

// ---- secrets ------------------------------------------------------------------------------------------------------

// What is not a reference may be the secret itself, so it is never repeated.
Result<SecretRef> parse_reference(const std::string& written) {
  struct Form {
    std::string_view prefix;
    SecretRef::From from;
  };
  constexpr std::array<Form, 3> forms{
      {{"env:", SecretRef::From::environment}, {"file:", SecretRef::From::file}, {"exec:", SecretRef::From::command}}};
  for (const auto& form : forms) {
    if (starts_with(written, form.prefix) && written.size() > form.prefix.size())
      return SecretRef{form.from, written.substr(form.prefix.size())};
  }
  return fail(ErrorKind::usage, "--secret is not a reference.", std::string(k_secret_hint));
}

Result<std::vector<SecretRef>> references_of(const VerifyOptions& options) {
  std::vector<SecretRef> refs;
  for (const auto& written : options.secrets) {
    auto ref = parse_reference(written);
    if (!ref) return tl::unexpected(ref.error());
    refs.push_back(std::move(*ref));
  }
  for (const auto& name : options.variables) refs.push_back({SecretRef::From::environment, name});
  if (refs.empty())
    return fail(
        ErrorKind::usage, "No secret is named to verify with.",
        "Give --secret env:NAME (or file:PATH, exec:COMMAND), or --secret-env NAME; twice while it is rotated.");
  if (refs.size() > k_secrets_most)
    return fail(ErrorKind::usage, fmt::format("At most {} secrets are tried.", k_secrets_most));
  return refs;
}

// A secret that is rotated away may be gone already; one that can be read is enough to answer.
struct Known {
  std::vector<Secret> secrets;
  std::vector<std::size_t> places;  // the reference each came from, 0-based
};

Result<Known> read_secrets(const Context& context, const std::vector<SecretRef>& refs) {
  Known known;
  std::optional<Error> first;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    auto secret = definition::resolve(refs[i], std::filesystem::current_path());
    if (secret) {
      known.secrets.push_back(std::move(*secret));
      known.places.push_back(i);
      continue;
    }
    if (first) context.fail(secret.error());
    if (!first) first = secret.error();
  }
  if (known.secrets.empty()) return tl::unexpected(*first);
  if (first) context.fail(*first);
  return known;
}

// ---- signature and body -------------------------------------------------------------------------------------------

bool names_the_header(std::string_view name) {
  name = trim(name);
  return std::equal(name.begin(), name.end(), auth::k_apple_signature_header.begin(),
                    auth::k_apple_signature_header.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

Result<std::string> signature_of(const VerifyOptions& options) {
  if (options.signature.empty() == options.header.empty())
    return fail(ErrorKind::usage, "Give either --signature VALUE or --header LINE.",
                "The value of the request's x-apple-signature, such as hmacsha256=7f06…");
  if (!options.signature.empty()) return options.signature;
  const auto colon = options.header.find(':');
  if (colon == std::string::npos || !names_the_header(std::string_view(options.header).substr(0, colon)))
    return fail(ErrorKind::usage, "--header is not a line `x-apple-signature: …`.");
  return options.header.substr(colon + 1);
}

Result<std::string> body_of(const VerifyOptions& options) {
  if (options.file != "-") {
    auto body = read_file(options.file, k_body_bytes_most);
    if (!body) return fail(ErrorKind::usage, body.error().message, body.error().hint);
    return body;
  }
  std::string body(k_body_bytes_most + 1, '\0');
  std::cin.read(body.data(), static_cast<std::streamsize>(body.size()));
  body.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (body.size() > k_body_bytes_most)
    return fail(ErrorKind::usage, fmt::format("The body is larger than {} bytes.", k_body_bytes_most));
  return body;
}

// ---- what came out ------------------------------------------------------------------------------------------------

struct Verified {
  std::optional<std::size_t> signer;  // the reference, 0-based
  std::string why;                    // when nobody signed it
  std::optional<stores::AppStoreEvent> event;
};

Verified verify(std::string_view written, std::string_view body, const Known& known) {
  Verified out;
  const auto signature = auth::parse_apple_signature(written);
  if (!signature) {
    out.why = "the signature is not of the form hmacsha256=<64 hex digits>";
    return out;
  }
  const auto signer = auth::find_apple_signer(*signature, body, known.secrets);
  if (!signer) {
    out.why = "no secret gives this signature over these bytes: another secret, or a body that was changed on the way";
    return out;
  }
  out.signer = known.places[*signer];
  out.event = stores::read_app_store_event(body);
  return out;
}

nlohmann::ordered_json event_json(const stores::AppStoreEvent& event) {
  nlohmann::ordered_json out;
  out["id"] = event.id;
  out["type"] = event.type;
  out["text"] = stores::describe(event);
  out["at"] = event.at ? nlohmann::ordered_json(format_rfc3339(*event.at)) : nlohmann::ordered_json();
  out["old"] = event.old_value;
  out["new"] = event.new_value;
  out["instance"] = {{"type", event.instance_type}, {"id", event.instance_id}};
  return out;
}

std::string document_of(const Verified& seen) {
  nlohmann::ordered_json out;
  out["schema"] = "train.webhook/1";
  out["verified"] = seen.signer.has_value();
  out["secret"] = seen.signer ? nlohmann::ordered_json(*seen.signer + 1) : nlohmann::ordered_json();
  out["why"] = seen.why;
  out["event"] = seen.event ? event_json(*seen.event) : nlohmann::ordered_json();
  return out.dump(2) + "\n";
}

void show(const Context& context, const Verified& seen, std::size_t secrets) {
  auto& out = context.out();
  if (!seen.signer) {
    out << "not verified: " << seen.why << "\n";
    return;
  }
  out << "verified";
  if (secrets > 1) out << " with secret " << *seen.signer + 1 << " of " << secrets;
  out << "\n";
  if (!seen.event) {
    out << "  the body is no event of App Store Connect\n";
    return;
  }
  const auto& event = *seen.event;
  out << "  " << stores::describe(event) << "\n  event " << event.id;
  if (event.at) out << " at " << format_rfc3339(*event.at);
  out << "\n";
  if (!event.instance_id.empty()) out << "  about " << event.instance_type << " " << event.instance_id << "\n";
  context.say("A hint, not the truth: it may come late, twice or never. Run `train advance`, which reads the store.");
}

Exit run_verify(const Context& context, const VerifyOptions& options) {
  const auto refs = references_of(options);
  if (!refs) return context.fail(refs.error());
  const auto signature = signature_of(options);
  if (!signature) return context.fail(signature.error());
  const auto known = read_secrets(context, *refs);
  if (!known) return context.fail(known.error());
  const auto body = body_of(options);
  if (!body) return context.fail(body.error());
  const auto seen = verify(*signature, *body, *known);
  if (context.format == Format::json)
    context.out() << document_of(seen);
  else
    show(context, seen, refs->size());
  return seen.signer ? Exit::done : Exit::failed;
}

}  // namespace

void add_webhook_verify(CLI::App& group, Context& context, Chosen& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = add_command(group, "verify", "Check the signature of a webhook's body; exit 0 only if it is Apple's",
                              "train webhook verify --secret env:ASC_WEBHOOK --signature \"$SIGNATURE\" body.json");
  command
      ->add_option("--secret", options->secrets, "Where the secret is: env:NAME, file:PATH, exec:COMMAND; repeatable")
      ->allow_extra_args(false);
  command->add_option("--secret-env", options->variables, "The same as --secret env:NAME; repeatable")
      ->allow_extra_args(false);
  command->add_option("--signature", options->signature, "The value of x-apple-signature");
  command->add_option("--header", options->header, "The whole line, `x-apple-signature: …`");
  command->add_option("FILE", options->file, "The raw body, byte for byte (default: -, stdin)");
  command->callback([&, options] { chosen = [&context, options] { return run_verify(context, *options); }; });
}

}  // namespace train::cli
