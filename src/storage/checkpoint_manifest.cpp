// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "dj/base/error.hpp"
#include "dj/base/json_fields.hpp"
#include "storage/checkpoint_index.hpp"

namespace dj {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view kFormatName = "dj-mpi checkpoint";
/// Ends each line: the XXH3-128 of all that stands before it in the line.
constexpr std::string_view kChecksumKey = R"(,"line_xxh3":")";
constexpr std::string_view kChecksumEnd = R"("})";
constexpr std::size_t kChecksumBytes = kChecksumKey.size() + 32 + kChecksumEnd.size();

std::string sealed(const ordered_json& object) {
    auto text = object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    text.pop_back();  // the closing brace
    return fmt::format("{}{}{}{}\n", text, kChecksumKey, to_hex(xxh3_128(text)), kChecksumEnd);
}

std::optional<json> unsealed(std::string_view line) {
    if (line.size() <= kChecksumBytes) return std::nullopt;
    const auto text = line.substr(0, line.size() - kChecksumBytes);
    if (line.substr(text.size()) != fmt::format("{}{}{}", kChecksumKey, to_hex(xxh3_128(text)), kChecksumEnd))
        return std::nullopt;
    auto object = json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    return object;
}

std::string head_line() { return sealed({{"format", kFormatName}, {"version", kCheckpointFormatVersion}}); }

void check_head(const json& object, const std::filesystem::path& path) {
    std::string format;
    int version = -1;
    read_field(object, "format", format);
    read_field(object, "version", version);
    if (format == kFormatName && version == kCheckpointFormatVersion) return;
    throw UserError(fmt::format(
        "{}: checkpoints of format \"{}\" version {}; this program reads \"{}\" version {}. Go on with the "
        "version of dj-mpi that wrote them, or start a new job.",
        path.string(), format, version, kFormatName, kCheckpointFormatVersion));
}

void take_line(std::string_view line, std::size_t number, const std::filesystem::path& path,
               Manifest& manifest) {
    const auto object = unsealed(line);
    if (!object) {
        manifest.problems.push_back(
            fmt::format("{}: line {} is damaged and was ignored", path.string(), number));
        return;
    }
    if (object->contains("format")) {
        check_head(*object, path);
        manifest.has_head = true;
    } else if (object->contains("removed")) {
        std::vector<std::string> names;
        read_field(*object, "removed", names);
        std::erase_if(manifest.generations, [&names](const auto& record) {
            return std::find(names.begin(), names.end(), record.file) != names.end();
        });
        manifest.removed.insert(manifest.removed.end(), names.begin(), names.end());
    } else if (auto record = generation_record_from_json(*object)) {
        manifest.generations.push_back(std::move(*record));
    } else {
        manifest.problems.push_back(
            fmt::format("{}: line {} is not known to this version and was ignored", path.string(), number));
    }
}

/// One durable write. It heals what an earlier one left torn.
void append_line(FileSystem& files, const std::filesystem::path& folder, std::string line) {
    files.create_directories(folder);
    const auto path = checkpoint_manifest(folder);
    const bool is_new = !files.info(path);
    const auto manifest = read_manifest(files, folder);
    if (!manifest.has_head) line.insert(0, head_line());
    if (manifest.ends_torn) line.insert(0, "\n");
    const auto file = files.open(path, OpenMode::append);
    file->append(line);
    file->sync();
    if (is_new) files.sync_directory(folder);
}

void read_digest(const json& object, const char* name, std::optional<Digest128>& target) {
    std::string text;
    read_field(object, name, text);
    target = digest_from_hex(text);
}

/// Whether both datasets lie within the file and apart from each other.
bool places_fit(const GenerationRecord& record) {
    const auto fits = [&record](std::uint64_t offset, std::uint64_t size) {
        return offset <= record.file_bytes && size <= record.file_bytes - offset;
    };
    if (record.states > record.file_bytes / kIndexEntryBytes) return false;
    const auto index_bytes = record.states * kIndexEntryBytes;
    return fits(record.index_offset, index_bytes) && fits(record.payload_offset, record.bytes) &&
           (record.index_offset + index_bytes <= record.payload_offset ||
            record.payload_offset + record.bytes <= record.index_offset);
}

}  // namespace

std::filesystem::path checkpoint_manifest(const std::filesystem::path& folder) {
    return folder / "manifest.jsonl";
}

std::string generation_file_name(std::uint64_t number, int attempt) {
    return fmt::format("generation_{:06}.a{}.h5", number, attempt);
}

std::optional<GenerationName> parse_generation_name(std::string_view name) {
    constexpr std::string_view kTemporary = ".tmp";
    GenerationName parsed{.finished = !name.ends_with(kTemporary)};
    if (!parsed.finished) name.remove_suffix(kTemporary.size());
    constexpr std::string_view kBegin = "generation_";
    if (!name.starts_with(kBegin)) return std::nullopt;
    const char* const end = name.data() + name.size();
    const auto number = std::from_chars(name.data() + kBegin.size(), end, parsed.number);
    if (number.ec != std::errc{} || end - number.ptr < 2 || std::string_view(number.ptr, 2) != ".a")
        return std::nullopt;
    if (std::from_chars(number.ptr + 2, end, parsed.attempt).ec != std::errc{}) return std::nullopt;
    if (generation_file_name(parsed.number, parsed.attempt) != name) return std::nullopt;
    return parsed;
}

ordered_json to_json(const GenerationRecord& record) {
    return {{"generation", record.number},
            {"attempt", record.attempt},
            {"file", record.file},
            {"states", record.states},
            {"bytes", record.bytes},
            {"raw_bytes", record.raw_bytes},
            {"file_bytes", record.file_bytes},
            {"index_offset", record.index_offset},
            {"payload_offset", record.payload_offset},
            {"index_xxh3", to_hex(record.index_hash)},
            {"frame_xxh3", to_hex(record.frame_hash)},
            {"seconds", record.seconds},
            {"time", record.time},
            {"reason", record.reason}};
}

std::optional<GenerationRecord> generation_record_from_json(const json& object) {
    GenerationRecord record;
    std::optional<std::uint64_t> number;
    std::optional<std::uint64_t> states;
    std::optional<Digest128> index_hash;
    std::optional<Digest128> frame_hash;
    read_field(object, "generation", number);
    read_field(object, "attempt", record.attempt);
    read_field(object, "file", record.file);
    read_field(object, "states", states);
    read_field(object, "bytes", record.bytes);
    read_field(object, "raw_bytes", record.raw_bytes);
    read_field(object, "file_bytes", record.file_bytes);
    read_field(object, "index_offset", record.index_offset);
    read_field(object, "payload_offset", record.payload_offset);
    read_digest(object, "index_xxh3", index_hash);
    read_digest(object, "frame_xxh3", frame_hash);
    read_field(object, "seconds", record.seconds);
    read_field(object, "time", record.time);
    read_field(object, "reason", record.reason);
    if (!number || !states || !index_hash || !frame_hash) return std::nullopt;
    record.number = *number;
    record.states = *states;
    record.index_hash = *index_hash;
    record.frame_hash = *frame_hash;
    // The name is no way out of the folder.
    if (record.file != generation_file_name(record.number, record.attempt) || !places_fit(record))
        return std::nullopt;
    return record;
}

Manifest read_manifest(FileSystem& files, const std::filesystem::path& folder) {
    Manifest manifest;
    const auto path = checkpoint_manifest(folder);
    const auto contents = read_whole_file(files, path);
    if (!contents) return manifest;
    std::string_view rest = *contents;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        manifest.ends_torn = end == std::string_view::npos;
        const auto line = rest.substr(0, end);
        rest.remove_prefix(manifest.ends_torn ? rest.size() : end + 1);
        if (!line.empty()) take_line(line, number, path, manifest);
    }
    return manifest;
}

void append_to_manifest(FileSystem& files, const std::filesystem::path& folder,
                        const GenerationRecord& record) {
    append_line(files, folder, sealed(to_json(record)));
}

void remove_generations(FileSystem& files, const std::filesystem::path& folder,
                        const std::vector<std::string>& generations) {
    if (generations.empty()) return;
    append_line(files, folder, sealed({{"removed", generations}}));
    for (const auto& name : generations) files.remove(folder / name);
}

std::vector<std::string> remove_unfinished_generations(FileSystem& files, const std::filesystem::path& folder,
                                                       int attempt) {
    std::vector<std::string> gone;
    if (!files.info(folder)) return gone;
    const auto manifest = read_manifest(files, folder);
    const auto counts = [&manifest](const std::string& name) {
        return std::any_of(manifest.generations.begin(), manifest.generations.end(),
                           [&name](const auto& record) { return record.file == name; });
    };
    const auto was_removed = [&manifest](const std::string& name) {
        return std::find(manifest.removed.begin(), manifest.removed.end(), name) != manifest.removed.end();
    };
    for (const auto& name : files.list(folder)) {
        const auto parsed = parse_generation_name(name);
        if (!parsed || parsed->attempt >= attempt || counts(name)) continue;
        // A line that cannot be read may be this generation's: then it stays, for whoever mends the manifest.
        if (parsed->finished && !was_removed(name) && !manifest.problems.empty()) continue;
        files.remove(folder / name);
        gone.push_back(name);
    }
    return gone;
}

}  // namespace dj
