// hold: nothing more is exposed; what is exposed stays as it is.
#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "give_order.hpp"

namespace train::cli {

void add_hold(CLI::App& root, Context& context, Chosen& chosen) {
  auto arguments = std::make_shared<orders::Arguments>();
  add_order(root, "hold", *arguments)->callback([&chosen, &context, arguments] {
    chosen = [&context, arguments] {
      return record_order(
          context, "hold", *arguments,
          "Held: nothing is submitted, released or raised until `train resume`; what users have stays.");
    };
  });
}

}  // namespace train::cli
