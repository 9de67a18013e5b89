// SPDX-License-Identifier: Apache-2.0
#include "storage/hdf5_frame_mpi.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <hdf5.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dj/base/error.hpp"
#include "storage/checkpoint_index.hpp"

namespace dj {
namespace {

constexpr const char* kIndexName = "/index";
constexpr const char* kPayloadName = "/payload";
/// Where both datasets begin: whole pages.
constexpr hsize_t kAlignment = 4096;

/// The innermost message of HDF5's stack, which names the cause, and the outermost.
std::string hdf5_messages() {
    struct Found {
        std::string inner;
        std::string outer;
    } found;
    const auto visit = [](unsigned number, const H5E_error2_t* error, void* target) -> herr_t {
        auto& both = *static_cast<Found*>(target);
        if (number == 0) both.inner = error->desc;
        both.outer = fmt::format("{} in {}", error->desc, error->func_name);
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, &found);
    H5Eclear2(H5E_DEFAULT);
    return found.inner.empty() ? "no reason given" : fmt::format("{} ({})", found.inner, found.outer);
}

[[noreturn]] void fail(std::string_view what) {
    throw EnvironmentError(fmt::format("cannot {}: HDF5: {}", what, hdf5_messages()));
}

void check_call(herr_t result, std::string_view what) {
    if (result < 0) fail(what);
}

/// An open thing of HDF5, of whatever kind.
class Handle {
public:
    using Close = herr_t (*)(hid_t);
    Handle(hid_t id, Close how, std::string_view what) : id_(id), close_(how) {
        if (id < 0) fail(what);
    }
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&&) = delete;
    [[nodiscard]] hid_t id() const { return id_; }
    void close(std::string_view what) { check_call(close_(std::exchange(id_, -1)), what); }

private:
    hid_t id_;
    Close close_;
};

Handle space_of(std::uint64_t count) {
    const hsize_t size = count;
    return {H5Screate_simple(1, &size, nullptr), &H5Sclose, "describe an extent"};
}

Handle kind_type() {
    Handle type(H5Tenum_create(H5T_STD_U32LE), &H5Tclose, "describe an enumeration");
    for (const auto kind : {StateKind::rows, StateKind::row_plan, StateKind::exported}) {
        const auto value = static_cast<std::uint32_t>(kind);
        const std::string name(to_string(kind));
        check_call(H5Tenum_insert(type.id(), name.c_str(), &value), "describe an enumeration");
    }
    return type;
}

/// As `append_index_entry` writes it.
Handle index_type() {
    constexpr hsize_t kDigestBytes = sizeof(Digest128);
    const Handle digest(H5Tarray_create2(H5T_STD_U8LE, 1, &kDigestBytes), &H5Tclose, "describe a hash");
    const Handle kind = kind_type();
    Handle type(H5Tcreate(H5T_COMPOUND, kIndexEntryBytes), &H5Tclose, "describe the index");
    const std::array<std::pair<const char*, hid_t>, 12> fields{{{"node", H5T_STD_U32LE},
                                                                {"partition", H5T_STD_U32LE},
                                                                {"position", H5T_STD_U32LE},
                                                                {"base_position", H5T_STD_U32LE},
                                                                {"attempt", H5T_STD_U32LE},
                                                                {"kind", kind.id()},
                                                                {"ops_hash", digest.id()},
                                                                {"rows", H5T_STD_U64LE},
                                                                {"offset", H5T_STD_U64LE},
                                                                {"bytes", H5T_STD_U64LE},
                                                                {"raw_bytes", H5T_STD_U64LE},
                                                                {"payload_xxh3", digest.id()}}};
    std::size_t offset = 0;
    for (const auto& [name, field] : fields) {
        check_call(H5Tinsert(type.id(), name, offset, field), "describe the index");
        offset += H5Tget_size(field);
    }
    if (offset != kIndexEntryBytes) throw Bug("the index of a checkpoint is described wrongly");
    return type;
}

void add_attribute(hid_t file, const char* name, hid_t type, const void* value) {
    const Handle space(H5Screate(H5S_SCALAR), &H5Sclose, "describe an attribute");
    const Handle attribute(H5Acreate2(file, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), &H5Aclose,
                           "create an attribute");
    check_call(H5Awrite(attribute.id(), type, value), "write an attribute");
}

void add_attribute(hid_t file, const char* name, std::string_view value) {
    const Handle type(H5Tcopy(H5T_C_S1), &H5Tclose, "describe a text");
    check_call(H5Tset_size(type.id(), value.size()), "describe a text");
    check_call(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "describe a text");
    add_attribute(file, name, type.id(), value.data());
}

void add_attribute(hid_t file, const char* name, std::uint64_t value) {
    add_attribute(file, name, H5T_STD_U64LE, &value);
}

/// Allocated at once and not filled: HDF5 writes nothing into it. Returns where it lies in the file; 0 if it is empty.
std::uint64_t add_dataset(hid_t file, const char* name, hid_t type, std::uint64_t count) {
    const Handle properties(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose, "describe a dataset");
    check_call(H5Pset_layout(properties.id(), H5D_CONTIGUOUS), "describe a dataset");
    check_call(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), "describe a dataset");
    check_call(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), "describe a dataset");
    check_call(H5Pset_obj_track_times(properties.id(), false), "describe a dataset");
    const Handle space = space_of(count);
    const Handle dataset(H5Dcreate2(file, name, type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                         &H5Dclose, "create a dataset");
    if (count == 0) return 0;
    const haddr_t offset = H5Dget_offset(dataset.id());
    if (offset == HADDR_UNDEF) fail("place a dataset");
    return offset;
}

/// A file in memory, without a name that a killed process could leave behind. What is never written of it takes no memory.
class MemoryFile {
public:
    MemoryFile() : fd_(::memfd_create("dj-checkpoint", MFD_CLOEXEC)) {
        if (fd_ < 0) fail_with("create");
    }
    ~MemoryFile() { ::close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }
    [[nodiscard]] std::uint64_t size_bytes() const {
        struct stat status {};
        if (::fstat(fd_, &status) != 0) fail_with("inspect");
        return static_cast<std::uint64_t>(status.st_size);
    }
    [[nodiscard]] std::string read(std::uint64_t begin, std::uint64_t end) const {
        std::string bytes(end - begin, '\0');
        for (std::size_t done = 0; done < bytes.size();) {
            const auto got =
                ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(begin + done));
            if (got <= 0) fail_with("read");
            done += static_cast<std::size_t>(got);
        }
        return bytes;
    }

private:
    [[noreturn]] static void fail_with(std::string_view verb) {
        throw EnvironmentError(
            fmt::format("cannot {} a file in memory: {}", verb, std::generic_category().message(errno)));
    }
    int fd_;
};

/// HDF5's own state is one for the whole process, and need not be thread-safe: branches that commit at once take turns.
std::mutex hdf5_turn;

}  // namespace

GenerationFrame make_generation_frame(GenerationRecord& record) {
    const std::lock_guard turn(hdf5_turn);
    constexpr std::string_view kMake = "make the structure of a checkpoint's file in memory";
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const MemoryFile memory;
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose, kMake);
    // HDF5's usual driver insists on a path that is no link.
    check_call(H5Pset_fapl_stdio(access.id()), kMake);
    check_call(H5Pset_alignment(access.id(), kAlignment, kAlignment), kMake);
    Handle file(H5Fcreate(memory.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), &H5Fclose, kMake);
    add_attribute(file.id(), "format", "dj-mpi checkpoint");
    add_attribute(file.id(), "version", std::uint64_t{kCheckpointFormatVersion});
    add_attribute(file.id(), "generation", record.number);
    add_attribute(file.id(), "attempt", static_cast<std::uint64_t>(record.attempt));
    add_attribute(file.id(), "written_by", "dj-mpi " DJ_VERSION);
    const Handle index = index_type();
    record.index_offset = add_dataset(file.id(), kIndexName, index.id(), record.states);
    record.payload_offset = add_dataset(file.id(), kPayloadName, H5T_STD_U8LE, record.bytes);
    file.close(kMake);

    record.file_bytes = memory.size_bytes();
    GenerationFrame frame{.pieces = {}, .file_bytes = record.file_bytes};
    for (const auto& [begin, end] : frame_ranges(record)) {
        if (begin < end) frame.pieces.push_back({begin, memory.read(begin, end)});
    }
    return frame;
}

}  // namespace dj
