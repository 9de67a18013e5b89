// SPDX-License-Identifier: Apache-2.0
#include "recipe/branch_list.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/plan/branch_plan.hpp"
#include "dj/storage/job_layout.hpp"
#include "recipe/convert_value.hpp"
#include "recipe/process_list.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::string_view kCommon = "common";
constexpr std::size_t kMaxNameBytes = 100;

/// A branch as it stands in the file.
struct Entry {
    RecipeBranch branch;
    const YamlNode* process = nullptr;  ///< Null: it has no operators of its own.
    std::optional<std::size_t> input;   ///< Another entry.
};

std::vector<const YamlNode*> items_of(const YamlNode* list) {
    std::vector<const YamlNode*> items;
    if (list == nullptr) return items;
    for (const YamlNode& item : list->items) items.push_back(&item);
    return items;
}

class BranchReader {
public:
    BranchReader(const GatheredSettings& gathered, const OpCatalog& catalog, const std::string& text_key,
                 RecipeResult& result)
        : gathered_(gathered), catalog_(catalog), text_key_(text_key), result_(result) {}

    void read() {
        if (gathered_.process) {
            complain(
                gathered_.process_origin,
                "a recipe with branches has common_process and branches; \"process\" has no place in it");
        }
        if (is_list("common_process", gathered_.common_process)) common_ = &*gathered_.common_process;
        read_entries();
        find_inputs();
        find_cycles();
        read_chains();
    }

private:
    void complain(const Origin& origin, std::string message) {
        result_.problems.push_back({origin, std::move(message)});
    }

    [[nodiscard]] Origin place_of(const YamlPlace& place) const {
        Origin origin = gathered_.branches_origin;
        origin.line = place.line;
        origin.column = place.column;
        return origin;
    }

    /// Whether there is one.
    bool is_list(std::string_view key, const std::optional<YamlNode>& node) {
        if (!node || node->is_null()) return false;
        if (node->kind == YamlNode::Kind::sequence) return true;
        complain(place_of(node->place),
                 fmt::format("\"{}\" takes a list, each entry begun with \"- \"", key));
        return false;
    }

    void read_entries() {
        const auto& given = gathered_.branches;
        const bool any = is_list("branches", given);
        if (any ? given->items.empty() : !given || given->is_null()) {
            complain(result_.recipe.origin_of("executor_type"),
                     "executor_type: branch needs \"branches\": a list with a name and a process for each");
        }
        if (!any) return;
        for (const YamlNode& item : gathered_.branches->items) {
            if (item.kind != YamlNode::Kind::mapping) {
                complain(place_of(item.place), "expected a branch: name, process, export_path");
                continue;
            }
            read_entry(item);
        }
    }

    void read_entry(const YamlNode& item) {
        Entry entry;
        entry.branch.place = place_of(item.place);
        json values = json::object();
        for (const YamlEntry& member : item.entries) {
            entry.branch.origins.emplace(member.key, place_of(member.value.place));
            if (member.key == "process") {
                if (is_list("process", member.value)) entry.process = &member.value;
            } else if (member.key == "resources") {
                read_resources(member.value, entry.branch);
            } else {
                read_member(member, branch_entry_params().specs(), values);
            }
        }
        branch_entry_params().assign(entry.branch.options, values);
        const bool told =
            item.find("name") != nullptr && !item.find("name")->value.is_null() && !values.contains("name");
        if (!told) check_name(entry.branch);
        entries_.push_back(std::move(entry));
    }

    bool is_list(std::string_view key, const YamlNode& node) { return is_list(key, std::optional(node)); }

    void read_member(const YamlEntry& member, const std::vector<ParamSpec>& specs, json& values) {
        const auto spec = std::ranges::find(specs, member.key, &ParamSpec::name);
        if (spec == specs.end()) {
            std::vector<std::string> names{"process", "resources"};
            for (const ParamSpec& known : specs) names.push_back(known.name);
            const auto near = nearest_name(member.key, names);
            complain(place_of(member.place),
                     fmt::format("a branch has no key \"{}\"{}", member.key,
                                 near ? fmt::format(", did you mean \"{}\"?", *near) : ""));
            return;
        }
        try {
            json value = convert_node(*spec, member.value);
            if (value.is_null()) return;
            const auto problem = check_value(*spec, value);
            if (problem) throw UserError(fmt::format("{}: {}", member.key, *problem));
            values[member.key] = std::move(value);
        } catch (const UserError& error) {
            complain(place_of(member.value.place), error.what());
        }
    }

    void read_resources(const YamlNode& node, RecipeBranch& branch) {
        if (node.is_null()) return;
        if (node.kind != YamlNode::Kind::mapping) {
            complain(place_of(node.place), "\"resources\" takes a mapping of keys");
            return;
        }
        json values = json::object();
        for (const YamlEntry& member : node.entries)
            read_member(member, branch_resource_params().specs(), values);
        branch_resource_params().assign(branch.resources, values);
    }

    void check_name(const RecipeBranch& branch) {
        const std::string& name = branch.options.name;
        const Origin origin = branch.origin_of("name");
        if (name.empty()) {
            complain(origin, "a branch needs a name");
            return;
        }
        try {
            check_job_id(name);
            if (name.size() > kMaxNameBytes) throw UserError("it is longer than 100 bytes");
        } catch (const UserError&) {
            complain(origin,
                     fmt::format("name: \"{}\" cannot name a branch's folders; use at most 100 letters, "
                                 "digits and . _ - + = @ ,",
                                 name));
        }
        if (is_reserved_branch_name(lower(name))) {
            complain(origin,
                     fmt::format("name: \"{}\" is a name that dj-mpi uses itself; take another", name));
        }
        for (const Entry& other : entries_) {
            if (lower(other.branch.options.name) != lower(name)) continue;
            complain(origin,
                     fmt::format("name: there is another branch \"{}\" ({}); names must differ in more than "
                                 "their case",
                                 other.branch.options.name, to_string(other.branch.place)));
        }
    }

    static std::string lower(std::string name) {
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return name;
    }

    void find_inputs() {
        std::vector<std::string> names{std::string(kCommon)};
        for (const Entry& entry : entries_) names.push_back(entry.branch.options.name);
        for (Entry& entry : entries_) {
            const std::string& input = entry.branch.options.input;
            if (input == kCommon) continue;
            const auto found = std::ranges::find(names, input);
            if (found == names.end()) {
                const auto near = nearest_name(input, names);
                complain(entry.branch.origin_of("input"),
                         fmt::format("input: there is no branch \"{}\"{}", input,
                                     near ? fmt::format(", did you mean \"{}\"?", *near) : ""));
                continue;
            }
            entry.input = static_cast<std::size_t>(found - names.begin()) - 1;
        }
    }

    void find_cycles() {
        std::set<std::size_t> told;
        for (std::size_t start = 0; start < entries_.size(); ++start) {
            std::vector<std::size_t> way{start};
            while (const auto input = entries_[way.back()].input) {
                const auto seen = std::ranges::find(way, *input);
                if (seen == way.end()) {
                    way.push_back(*input);
                    continue;
                }
                if (*seen == start && !told.contains(start)) tell_cycle(way, told);
                entries_[start].input.reset();
                break;
            }
        }
    }

    void tell_cycle(const std::vector<std::size_t>& way, std::set<std::size_t>& told) {
        std::string names;
        for (const std::size_t entry : way) {
            told.insert(entry);
            names += entries_[entry].branch.options.name + " -> ";
        }
        complain(entries_[way.front()].branch.origin_of("input"),
                 fmt::format("input: the branches take their rows from each other ({}{})", names,
                             entries_[way.front()].branch.options.name));
    }

    /// Operators are checked as whole chains: in 1.6.1 an entry takes over parameters of the entry before of the same name.
    void read_chains() {
        RecipeResult common = read_chain(items_of(common_));
        result_.recipe.process = std::move(common.recipe.process);
        result_.recipe.ops = std::move(common.recipe.ops);
        for (Entry& entry : entries_) {
            std::vector<const YamlNode*> items = inherited(entry);
            entry.branch.first_own_op = items.size();
            for (const YamlNode* item : items_of(entry.process)) items.push_back(item);
            RecipeResult chain = read_chain(items);
            entry.branch.process = std::move(chain.recipe.process);
            entry.branch.ops = std::move(chain.recipe.ops);
            result_.recipe.branches.push_back(std::move(entry.branch));
        }
    }

    [[nodiscard]] std::vector<const YamlNode*> inherited(const Entry& entry) const {
        if (!entry.input) return items_of(common_);
        const Entry& input = entries_[*entry.input];
        std::vector<const YamlNode*> items = inherited(input);
        for (const YamlNode* item : items_of(input.process)) items.push_back(item);
        return items;
    }

    RecipeResult read_chain(const std::vector<const YamlNode*>& items) {
        GatheredSettings chain;
        chain.process.emplace();
        chain.process->kind = YamlNode::Kind::sequence;
        std::set<std::string> used;
        for (const YamlNode* item : items) {
            chain.process->items.push_back(*item);
            if (!item->entries.empty()) used.insert(item->entries.front().key);
            if (item->scalar.is_string()) used.insert(item->scalar.get<std::string>());
        }
        chain.process_origin = gathered_.branches_origin;
        for (const OpOverride& given : gathered_.op_overrides) {
            if (used.contains(given.op) || !used_anywhere(given.op)) chain.op_overrides.push_back(given);
        }
        RecipeResult read;
        read_process(chain, catalog_, text_key_, read);
        for (RecipeProblem& problem : read.problems) {
            if (told_.insert(to_string(problem)).second) result_.problems.push_back(std::move(problem));
        }
        for (std::string& notice : read.recipe.notices) {
            if (told_.insert(notice).second) result_.recipe.notices.push_back(std::move(notice));
        }
        return read;
    }

    [[nodiscard]] bool used_anywhere(const std::string& op) const {
        const auto uses = [&](const YamlNode* list) {
            return std::ranges::any_of(items_of(list), [&](const YamlNode* item) {
                return item->scalar == op || (!item->entries.empty() && item->entries.front().key == op);
            });
        };
        return uses(common_) || std::ranges::any_of(entries_, uses, &Entry::process);
    }

    const GatheredSettings& gathered_;
    const OpCatalog& catalog_;
    const std::string& text_key_;
    RecipeResult& result_;
    const YamlNode* common_ = nullptr;
    std::vector<Entry> entries_;
    std::set<std::string> told_;
};

}  // namespace

void read_branches(const GatheredSettings& gathered, const OpCatalog& catalog, const std::string& text_key,
                   RecipeResult& result) {
    BranchReader(gathered, catalog, text_key, result).read();
}

}  // namespace dj
