// abandon: the release is given up.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {

void add_abandon(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "abandon", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] {
      return record_order(context, "abandon", *arguments, "Given up. What the stores hold stays there as it is.");
    };
  });
}

}  // namespace train::cli
