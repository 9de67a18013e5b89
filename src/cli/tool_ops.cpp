// SPDX-License-Identifier: Apache-2.0
// dj-tools ops: what operators there are, and what each can do; made from their declarations.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/op_pages.hpp"
#include "cli/terminal.hpp"
#include "cli/tools.hpp"
#include "dj/base/error.hpp"
#include "dj/report/human_units.hpp"

namespace dj {
namespace {

using nlohmann::ordered_json;

struct Options {
    std::string name;
    bool schema = false;
    bool json = false;
};

const OpSpec& find_op(const OpCatalog& catalog, const std::string& name) {
    if (const auto* spec = catalog.find(name)) return *spec;
    std::vector<std::string> names;
    for (const auto& spec : catalog.all()) names.push_back(spec.name);
    auto message = fmt::format("no operator \"{}\"", show_text(name));
    if (const auto nearest = nearest_name(name, names))
        message += fmt::format(". Did you mean {}?", *nearest);
    throw UserError(message + (message.ends_with('?') ? " " : ". ") + "`dj-tools ops` lists all");
}

int run(ToolContext& context, const Options& options) {
    const auto& catalog = context.catalog();
    std::vector<OpSpec> chosen(catalog.all().begin(), catalog.all().end());
    if (!options.name.empty()) chosen = {find_op(catalog, options.name)};
    ordered_json result;
    if (options.schema && !options.name.empty()) {
        result = op_schema(chosen.front());
    } else if (options.schema) {
        auto any = ordered_json::array();
        for (const auto& spec : chosen) any.push_back(op_schema(spec));
        result["type"] = "array";
        result["items"]["anyOf"] = std::move(any);
    } else if (options.json && !options.name.empty()) {
        result = op_to_json(chosen.front());
    } else if (options.json) {
        result = ordered_json::array();
        for (const auto& spec : chosen) result.push_back(op_to_json(spec));
    } else {
        print(options.name.empty() ? op_list_screen(chosen, screen_style(1))
                                   : op_page(chosen.front(), screen_style(1)));
        return 0;
    }
    if (options.schema) {
        ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
        schema.update(result);
        result = std::move(schema);
    }
    print(result.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
    return 0;
}

}  // namespace

void add_ops_tool(CLI::App& app, ToolContext& context, ToolRun& run_it) {
    auto options = std::make_shared<Options>();
    auto* tool = app.add_subcommand("ops", "The operators, or all about one of them");
    tool->add_option("NAME", options->name,
                     "An operator: its parameters, ranges, defaults, statistics, examples")
        ->type_name("");
    auto* schema =
        tool->add_flag("--schema", options->schema, "JSON Schema of the operator's entry in `process`");
    tool->add_flag("--json", options->json, "The declarations as JSON")->excludes(schema);
    tool->footer(
        "Examples:\n"
        "  dj-tools ops\n"
        "  dj-tools ops text_length_filter\n"
        "  dj-tools ops --json | jq -r '.[].name'");
    tool->callback(
        [&context, &run_it, options] { run_it = [&context, options] { return run(context, *options); }; });
}

}  // namespace dj
