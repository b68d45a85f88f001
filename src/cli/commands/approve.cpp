// approve: an item that a wait shows is signed off.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {
namespace {

struct ApproveOptions {
  orders::Arguments arguments;
  std::string sign_with;
};

Exit run_approve(const Context& context, const ApproveOptions& options) {
  if (!options.sign_with.empty()) {
    return context.fail(
        {ErrorKind::usage, "Signed approvals are not active in this version of train.", "Leave out --sign-with."});
  }
  return record_order(context, "approve", options.arguments,
                      acting_person(context) + " approved " + options.arguments.item + ".");
}

}  // namespace

void add_approve(CLI::App& root, Context& context, Chosen& chosen) {
  auto options = std::make_shared<ApproveOptions>();
  auto* command = add_order(root, "approve", options->arguments);
  command->add_option("--sign-with", options->sign_with, "An SSH key; not yet active");
  command->callback(
      [&chosen, &context, options] { chosen = [&context, options] { return run_approve(context, *options); }; });
}

}  // namespace train::cli
