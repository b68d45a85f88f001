// schema: the JSON Schema of the definition.
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "compose/catalog.hpp"
#include "train/definition/load.hpp"

namespace train::cli {
namespace {

Exit run_schema(const Context& context) {
  const auto text = definition::json_schema(catalog());
  context.out() << text << (text.empty() || text.back() == '\n' ? "" : "\n");
  return Exit::done;
}

}  // namespace

void add_schema(CLI::App& root, Context& context, Chosen& chosen) {
  auto* schema = add_command(root, "schema", "The JSON Schema of the definition", "train schema > train.schema.json");
  schema->callback([&] { chosen = [&context] { return run_schema(context); }; });
}

}  // namespace train::cli
