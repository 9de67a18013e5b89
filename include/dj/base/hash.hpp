// SPDX-License-Identifier: Apache-2.0
/// Hashes by name: XXH3-128 for content identity and placement, MD5 where Data-Juicer's results depend on it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dj {

/// 16 bytes in the order in which they are printed.
using Digest128 = std::array<unsigned char, 16>;

[[nodiscard]] Digest128 xxh3_128(std::string_view bytes);
[[nodiscard]] std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed = 0);
[[nodiscard]] Digest128 md5(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Digest128& digest);
/// 32 lower-case digits, as `to_hex` writes them; else nullopt.
[[nodiscard]] std::optional<Digest128> digest_from_hex(std::string_view text);

/// `xxh3_128` of bytes that come in pieces.
class Xxh3Hasher {
public:
    Xxh3Hasher();
    ~Xxh3Hasher();
    Xxh3Hasher(Xxh3Hasher&&) noexcept;
    Xxh3Hasher& operator=(Xxh3Hasher&&) noexcept;

    void update(std::string_view bytes);
    /// Of all bytes so far; more may follow.
    [[nodiscard]] Digest128 digest() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// MD5 for hot loops: keeps its context, so that a row costs no allocation and no look-up of the algorithm. One per
/// thread. Throws EnvironmentError where the machine's OpenSSL forbids MD5.
class Md5Hasher {
public:
    Md5Hasher();
    ~Md5Hasher();
    Md5Hasher(Md5Hasher&&) noexcept;
    Md5Hasher& operator=(Md5Hasher&&) noexcept;

    [[nodiscard]] Digest128 digest(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dj
