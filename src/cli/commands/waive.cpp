// waive: an item passes without its sign-off, for a reason.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {

void add_waive(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "waive", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] {
      return record_order(context, "waive", *arguments, acting_person(context) + " waived " + arguments->item + ".");
    };
  });
}

}  // namespace train::cli
