// SPDX-License-Identifier: Apache-2.0
#include "cli/input_survey.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/record_sample.hpp"
#include "cli/validate_rows.hpp"
#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"

namespace dj {
namespace {

constexpr std::uint64_t kEndBytes = 64 << 10;
/// Files whose ends are looked into for rows: enough to see an average.
constexpr std::size_t kSampledFiles = 64;
constexpr std::size_t kMorselBytes = 256 << 10;

/// Network file systems have bad moments: a failing read is tried again before a job is refused.
template <class Read>
auto patiently(Read read) {
    constexpr int kTries = 3;
    for (int attempt = 1;; ++attempt) {
        try {
            return read();
        } catch (const EnvironmentError&) {
            if (attempt == kTries) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(50 * attempt));
        }
    }
}

struct FileEnds {
    std::string head;
    std::string tail;  ///< Empty if the head is all there is.
};

FileEnds read_ends(FileSystem& files, const FoundFile& found) {
    const auto file = files.open(found.path, OpenMode::read);
    const auto read = [&](std::uint64_t begin, std::uint64_t end) {
        std::string bytes(end - begin, '\0');
        bytes.resize(file->read_at(bytes, begin));
        return bytes;
    };
    const auto size = found.info.size_bytes;
    FileEnds ends{.head = read(0, std::min(size, kEndBytes))};
    if (size > kEndBytes) ends.tail = read(std::max(kEndBytes, size - kEndBytes), size);
    return ends;
}

class Surveyor {
public:
    Surveyor(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe, const OpCatalog& catalog)
        : files_(files), inputs_(inputs), recipe_(recipe), catalog_(catalog) {}

    InputSurvey survey() {
        for (const auto& found : inputs_.files) {
            survey_.files.push_back(patiently([&] { return look_at(found); }));
            survey_.bytes += found.info.size_bytes;
        }
        finish_sample();
        check_text_keys();
        patiently([&] { validate_rows(files_, inputs_, recipe_); });
        return std::move(survey_);
    }

private:
    InputFile look_at(const FoundFile& found) {
        InputFile file{
            .path = found.path, .size_bytes = found.info.size_bytes, .modified_ns = found.info.modified_ns};
        const auto ends = read_ends(files_, found);
        file.head_tail_hash = to_hex(xxh3_128(ends.head + ends.tail));
        file.divisible = found.kind.divisible();
        if (found.kind.format == FileFormat::parquet) {
            auto outline = outline_file(files_, found.path, found.kind);
            file.unit_bytes = std::move(outline.unit_bytes);
            file.unit_rows = std::move(outline.unit_rows);
        } else if (found.kind.compression == Compression::none && sampled_files_ < kSampledFiles) {
            ++sampled_files_;
            sample_.add(ends.head, true, ends.tail.empty());
            sample_.add(ends.tail, false, true);
        }
        return file;
    }

    void finish_sample() {
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0;
        for (const auto& file : survey_.files) {
            for (const auto unit_rows : file.unit_rows) rows += unit_rows;
            for (const auto unit_bytes : file.unit_bytes) bytes += unit_bytes;
        }
        if (rows > 0) {
            survey_.sample.rows_seen = rows;
            survey_.sample.bytes_per_row = static_cast<double>(bytes) / static_cast<double>(rows);
            return;
        }
        if (sample_.rows() == 0) sample_first_morsel();
        // The plan counts compressed bytes; of a compressed file's rows it knows nothing.
        const bool plain = sampled_files_ > 0;
        survey_.sample.rows_seen = sample_.rows();
        survey_.sample.bytes_per_row = plain ? sample_.bytes_per_row() : 0;
        survey_.sample.modality = sample_.modality("images", "audios", "videos");
    }

    /// For compressed files, and for rows longer than the ends of a file.
    void sample_first_morsel() {
        const auto first = std::ranges::find_if(inputs_.files, [](const FoundFile& file) {
            return file.kind.format == FileFormat::jsonl && file.info.size_bytes > 0;
        });
        if (first == inputs_.files.end()) return;
        patiently([&] {
            const auto input = make_jsonl_input({});
            const FileRange range{0, 0, first->info.size_bytes};
            const auto source = input->open(files_, first->path, first->kind, range, kMorselBytes);
            RawMorsel morsel;
            if (source->next(morsel)) sample_.add(morsel.bytes, true, true);
        });
    }

    /// Fields that operators read as text.
    [[nodiscard]] std::set<std::string> text_fields() const {
        std::set<std::string> fields;
        for (const auto& op : recipe_.ops) {
            const auto* spec = catalog_.find(op.name);
            const auto key = op.params.find("text_key");
            if (spec != nullptr && spec->reads_text && key != op.params.end() && key->is_string())
                fields.insert(*key);
        }
        return fields;
    }

    void check_text_keys() const {
        if (sample_.objects() == 0) return;
        for (const auto& field : text_fields()) {
            if (sample_.having(field) > 0) continue;
            const auto seen = sample_.fields();
            const auto near = nearest_name(field, seen);
            throw UserError(fmt::format(
                "{}: none of the first {} records of {} has the field \"{}\" that operators are to "
                "read; they have: {}.{}",
                to_string(recipe_.origin_of("text_keys")), sample_.objects(), first_path(), field,
                seen.empty() ? "none at all" : fmt::format("{}", fmt::join(seen, ", ")),
                seen.empty() ? "" : fmt::format(" Perhaps text_keys: {}", near ? *near : seen.front())));
        }
    }

    [[nodiscard]] std::string first_path() const {
        return inputs_.files.empty() ? "" : inputs_.files.front().path;
    }

    FileSystem& files_;
    const FoundInputs& inputs_;
    const Recipe& recipe_;
    const OpCatalog& catalog_;
    InputSurvey survey_;
    RecordSample sample_;
    std::size_t sampled_files_ = 0;
};

}  // namespace

InputSurvey survey_inputs(FileSystem& files, const FoundInputs& inputs, const Recipe& recipe,
                          const OpCatalog& catalog) {
    return Surveyor(files, inputs, recipe, catalog).survey();
}

PartitionDecision plan_survey(const InputSurvey& survey, const FoundInputs& inputs,
                              const PartitionOptions& options, const Resources& resources,
                              const std::optional<std::vector<RowBorder>>& borders) {
    auto files = survey.files;
    for (std::size_t i = 0; i < files.size(); ++i) {
        // No row groups: without this its bytes would look as if they could be cut anywhere.
        if (inputs.files[i].kind.format == FileFormat::parquet && files[i].unit_bytes.empty())
            files[i].size_bytes = 0;
    }
    if (borders) return plan_partitions_at(files, *borders, options, resources);
    return plan_partitions(files, options, survey.sample, resources);
}

}  // namespace dj
