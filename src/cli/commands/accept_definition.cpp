// accept-definition: the log becomes this definition's.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {

void add_accept_definition(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "accept-definition", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] {
      return record_order(context, "accept-definition", *arguments, "The log is this definition's from here on.");
    };
  });
}

}  // namespace train::cli
