// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event_reader.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dj/base/error.hpp"

namespace dj {
namespace {

using nlohmann::json;

constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::size_t kLongestLineBytes = 64 << 20;
constexpr std::string_view kGenerationEvent = "generation_committed";

/// Small for small files; at least one byte, for a file may grow under the reader.
std::string buffer_for(File& file) {
    return std::string(std::clamp<std::uint64_t>(file.size_bytes(), 1, kChunkBytes), '\0');
}

bool is_hex(std::string_view digits) {
    return digits.size() == 4 && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// Code unit of the escape at `at`, or 0.
unsigned escaped_unit(std::string_view line, std::size_t at) {
    if (line.substr(at, 2) != "\\u" || !is_hex(line.substr(at + 2, 4))) return 0;
    return static_cast<unsigned>(std::stoul(std::string(line.substr(at + 2, 4)), nullptr, 16));
}

/// Bytes that are no UTF-8 stand in excerpts as lone surrogates ("\udcff"), which the parser refuses: shown as U+FFFD.
std::string without_lone_surrogates(std::string_view line) {
    std::string mended;
    for (std::size_t at = 0; at < line.size();) {
        std::size_t length = line[at] == '\\' && at + 1 < line.size() ? 2 : 1;
        const unsigned unit = length == 2 ? escaped_unit(line, at) : 0;
        if (unit >= 0xD800 && unit <= 0xDFFF) {
            const unsigned next = unit < 0xDC00 ? escaped_unit(line, at + 6) : 0;
            const bool pair = next >= 0xDC00 && next <= 0xDFFF;
            mended += pair ? line.substr(at, 12) : std::string_view("\\ufffd");
            at += pair ? 12 : 6;
            continue;
        }
        mended += line.substr(at, length);
        at += length;
    }
    return mended;
}

class LineReader {
public:
    LineReader(EventReadCounts& counts, const std::function<void(const json&)>& on_event, bool events)
        : counts_(counts), on_event_(on_event), events_(events) {}

    void read(File& file) {
        std::string text;
        auto chunk = buffer_for(file);
        for (std::uint64_t offset = 0;;) {
            const std::size_t got = file.read_at(chunk, offset);
            if (got == 0) break;
            offset += got;
            text.append(chunk, 0, got);
            text.erase(0, take_lines(text));
            if (text.size() > kLongestLineBytes) {
                text.clear();
                skipping_ = true;
            }
        }
        finish(text);
    }

private:
    std::size_t take_lines(std::string_view text) {
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
            const bool readable = !std::exchange(skipping_, false) && take(text.substr(begin, end - begin));
            if (!readable) ++counts_.unreadable_lines;
            begin = end + 1;
        }
        return begin;
    }

    /// The last line may be whole but for its end.
    void finish(std::string_view rest) {
        if (std::exchange(skipping_, false) || (!rest.empty() && !take(rest))) counts_.torn_tail = true;
    }

    bool take(std::string_view line) {
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) return true;
        auto event = json::parse(line, nullptr, false);
        if (event.is_discarded() && line.find("\\ud") != std::string_view::npos) {
            event = json::parse(without_lone_surrogates(line), nullptr, false);
        }
        if (!event.is_object()) return false;
        if (events_ && is_repeated(event)) {
            ++counts_.repeated;
        } else {
            ++counts_.events;
            on_event_(event);
        }
        return true;
    }

    bool is_repeated(const json& event) {
        const auto sequence = event.find("seq");
        const auto attempt = event.find("attempt");
        if (sequence == event.end() || attempt == event.end()) return false;
        if (!sequence->is_number_unsigned() || !attempt->is_number_unsigned()) return false;
        const auto place = std::pair(attempt->get<std::uint64_t>(), sequence->get<std::uint64_t>());
        if (place.first == last_.first && place.second <= last_.second) return true;
        last_ = place;
        return false;
    }

    EventReadCounts& counts_;
    const std::function<void(const json&)>& on_event_;
    bool events_;
    std::pair<std::uint64_t, std::uint64_t> last_{0, 0};  // attempt, sequence
    bool skipping_ = false;
};

/// Calls `on_commit` for the complete lines that tell of a generation, the last one first, until it returns false. Reads
/// backwards, a chunk at a time. Returns whether it went through the whole file.
bool walk_commits_backwards(File& file, const std::function<bool(const json& event)>& on_commit) {
    std::string
        text;  // from `offset` on; its lines have been looked at but for the first, which may lack its beginning
    for (std::uint64_t offset = file.size_bytes(); offset > 0;) {
        const std::uint64_t size = std::min<std::uint64_t>(kChunkBytes, offset);
        offset -= size;
        std::string chunk(size, '\0');
        chunk.resize(file.read_at(chunk, offset));
        text.insert(0, chunk);
        for (auto at = text.rfind(kGenerationEvent); at != std::string::npos;) {
            const auto before = text.rfind('\n', at);
            const auto end = text.find('\n', at);
            const std::size_t begin = before == std::string::npos ? 0 : before + 1;
            if (end != std::string::npos && (begin > 0 || offset == 0)) {
                const auto event =
                    json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
                if (event.is_object() && event.value("event_type", json()) == json(kGenerationEvent) &&
                    event.value("generation", json()).is_number_unsigned() && !on_commit(event))
                    return false;
            }
            at = begin == 0 ? std::string::npos : text.rfind(kGenerationEvent, begin - 1);
        }
        if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end + 1);
    }
    return true;
}

EventReadCounts read_all(FileSystem& files, const std::vector<std::filesystem::path>& paths,
                         const std::function<void(const json&)>& on_object, bool events) {
    // Opened newest first: a rotation in between shows a file twice (sequence numbers tell), never not at all.
    std::vector<std::unique_ptr<File>> opened;
    for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
        try {
            opened.push_back(files.open(*path, OpenMode::read));
        } catch (const EnvironmentError&) {
            continue;
        }
    }
    std::reverse(opened.begin(), opened.end());
    EventReadCounts counts;
    LineReader reader(counts, on_object, events);
    for (const auto& file : opened) {
        try {
            reader.read(*file);
            ++counts.files;
        } catch (const EnvironmentError&) {
            counts.torn_tail = true;
        }
    }
    return counts;
}

}  // namespace

EventReadCounts read_events(FileSystem& files, const std::vector<std::filesystem::path>& paths,
                            const std::function<void(const json& event)>& on_event) {
    return read_all(files, paths, on_event, true);
}

bool stands_alone(FileSystem& files, const std::filesystem::path& path) {
    try {
        const auto file = files.open(path, OpenMode::read);
        auto head = buffer_for(*file);
        head.resize(file->read_at(head, 0));
        const std::string_view text = head;
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
            const auto line = text.substr(begin, end - begin);
            const bool first = begin == 0;
            begin = end + 1;
            if (!first && line.find("\"tally\"") == std::string_view::npos) continue;
            const auto event = json::parse(line, nullptr, false);
            if (!event.is_object()) continue;
            const auto metadata = event.value("metadata", json());
            if (metadata.is_object() && metadata.contains("tally")) return true;
            if (first && event.value("event_type", json()) == "job_start") return true;
        }
    } catch (const EnvironmentError&) {
        return false;
    }
    return false;
}

std::map<std::string, std::uint64_t> last_generations_told(FileSystem& files,
                                                           const std::vector<std::filesystem::path>& paths,
                                                           const std::set<std::string>& parts) {
    std::map<std::string, std::uint64_t> told;
    const auto note = [&](const json& event) {
        const auto branch = event.value("branch", json());
        const auto part = branch.is_string() ? branch.get<std::string>() : std::string();
        if (parts.contains(part)) told.emplace(part, event["generation"].get<std::uint64_t>());
        return told.size() < parts.size();
    };
    for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
        try {
            if (!walk_commits_backwards(*files.open(*path, OpenMode::read), note)) break;
        } catch (const EnvironmentError&) {
            continue;  // what it told is told again
        }
    }
    return told;
}

EventReadCounts read_json_lines(FileSystem& files, const std::filesystem::path& path,
                                const std::function<void(const json& object)>& on_object) {
    return read_all(files, {path}, on_object, false);
}

}  // namespace dj
