// SPDX-License-Identifier: Apache-2.0
/// The ceiling of tools/bench/compare.py: how fast this machine reads JSON lines, parses every record, decodes its text and
/// writes the same bytes out again, with simdjson's quickest interface and nothing else to do. One thread, or two that take
/// a half of the file each.
///
/// usage: bench_ceiling IN OUT [--threads N] [--sync]      --sync: fsync before the end, as a program does that promises its
/// output. Prints what it saw as one JSON object.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

class Descriptor {
public:
    Descriptor(const char* path, int flags) : number_(::open(path, flags | O_CLOEXEC, 0644)) {
        if (number_ < 0) fail(path);
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

struct Counts {
    std::uint64_t records = 0;
    std::uint64_t text_bytes = 0;
};

std::size_t read_at(int file, char* into, std::size_t size, std::uint64_t offset) {
    const ssize_t got = ::pread(file, into, size, static_cast<off_t>(offset));
    if (got < 0) fail("read");
    return static_cast<std::size_t>(got);
}

void write_at(int file, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t done = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0) fail("write");
        bytes.remove_prefix(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

/// Whole lines, with room for simdjson's padding behind them: each is parsed, and the value of "text" decoded.
void parse(simdjson::ondemand::parser& parser, const char* lines, std::size_t size, Counts& counts) {
    simdjson::ondemand::document_stream records = parser.iterate_many(lines, size, size).value();
    for (auto record : records) {
        ++counts.records;
        simdjson::ondemand::object fields = record.get_object().value();
        for (auto field : fields) {
            if (field.escaped_key().value() == "text")
                counts.text_bytes += field.value().get_string().value().size();
        }
    }
    if (records.truncated_bytes() > 0) throw std::runtime_error("a record is torn");
}

/// Copies the lines in [begin, end), which are whole, through the parser.
Counts copy(int in, int out, std::uint64_t begin, std::uint64_t end) {
    simdjson::ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false;  // a thread of its own for the first stage would be a second core
#endif
    Counts counts;
    std::vector<char> buffer(2 * kBlockBytes + simdjson::SIMDJSON_PADDING);
    std::size_t held = 0;
    for (std::uint64_t at = begin; at < end;) {
        if (buffer.size() < held + kBlockBytes + simdjson::SIMDJSON_PADDING) buffer.resize(2 * buffer.size());
        const auto wanted = std::min<std::uint64_t>(kBlockBytes, end - at);
        const std::size_t got = read_at(in, buffer.data() + held, wanted, at);
        if (got == 0) throw std::runtime_error("the input has become shorter");
        at += got;
        held += got;
        const auto border = at == end ? held : std::string_view(buffer.data(), held).rfind('\n') + 1;
        if (border == 0) continue;
        parse(parser, buffer.data(), border, counts);
        write_at(out, {buffer.data(), border}, at - held);
        std::copy(buffer.data() + border, buffer.data() + held, buffer.data());
        held -= border;
    }
    return counts;
}

/// The first line border at or after `offset`.
std::uint64_t border_after(int in, std::uint64_t offset, std::uint64_t size) {
    std::vector<char> buffer(kBlockBytes);
    while (offset > 0 && offset < size) {
        const std::size_t got = read_at(in, buffer.data(), buffer.size(), offset);
        const auto found = std::string_view(buffer.data(), got).find('\n');
        if (found != std::string_view::npos) return offset + found + 1;
        offset += got;
    }
    return offset;
}

struct Options {
    const char* in = nullptr;
    const char* out = nullptr;
    std::uint64_t threads = 1;
    bool sync = false;
};

Options parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--sync") {
            options.sync = true;
        } else if (argument == "--threads" && i + 1 < argc) {
            options.threads = std::strtoull(argv[++i], nullptr, 10);
        } else if (options.in == nullptr) {
            options.in = argv[i];
        } else {
            options.out = argv[i];
        }
    }
    if (options.out == nullptr || options.threads == 0 || options.threads > 64)
        throw std::runtime_error("usage: bench_ceiling IN OUT [--threads N] [--sync]");
    return options;
}

int run(const Options& options) {
    const Descriptor in(options.in, O_RDONLY);
    const Descriptor out(options.out, O_WRONLY | O_CREAT | O_TRUNC);
    struct stat info {};
    if (::fstat(in.number(), &info) != 0) fail(options.in);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    std::vector<std::uint64_t> borders;
    for (std::uint64_t i = 0; i < options.threads; ++i)
        borders.push_back(border_after(in.number(), size * i / options.threads, size));
    borders.push_back(size);

    std::vector<Counts> counts(options.threads);
    std::vector<std::exception_ptr> failures(options.threads);
    const auto work = [&](std::size_t part) {
        try {
            counts[part] = copy(in.number(), out.number(), borders[part], borders[part + 1]);
        } catch (...) {
            failures[part] = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (std::size_t part = 1; part < options.threads; ++part) others.emplace_back(work, part);
    work(0);
    for (std::thread& other : others) other.join();
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
    if (options.sync && ::fsync(out.number()) != 0) fail("fsync");
    Counts total;
    for (const Counts& part : counts) {
        total.records += part.records;
        total.text_bytes += part.text_bytes;
    }
    std::printf("{\"bytes\": %llu, \"records\": %llu, \"text_bytes\": %llu, \"simdjson\": \"%s\"}\n",
                static_cast<unsigned long long>(size), static_cast<unsigned long long>(total.records),
                static_cast<unsigned long long>(total.text_bytes),
                simdjson::get_active_implementation()->name().c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(parse_options(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_ceiling: %s\n", error.what());
        return 1;
    }
}
