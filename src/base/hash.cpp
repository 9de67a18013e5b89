// SPDX-License-Identifier: Apache-2.0
#include "dj/base/hash.hpp"

#include <cstring>

#include <openssl/evp.h>
#include <xxhash.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

Digest128 canonical_bytes(XXH128_hash_t hash) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    Digest128 result;
    static_assert(sizeof(canonical.digest) == sizeof(result));
    std::memcpy(result.data(), canonical.digest, result.size());
    return result;
}

}  // namespace

Digest128 xxh3_128(std::string_view bytes) {
    return canonical_bytes(XXH3_128bits(bytes.data(), bytes.size()));
}

std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Digest128 md5(std::string_view bytes) { return Md5Hasher().digest(bytes); }

std::string to_hex(const Digest128& digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result;
    result.reserve(2 * digest.size());
    for (const unsigned char byte : digest) {
        result += kDigits[byte >> 4];
        result += kDigits[byte & 15];
    }
    return result;
}

std::optional<Digest128> digest_from_hex(std::string_view text) {
    Digest128 result{};
    if (text.size() != 2 * result.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
        const int value = digit ? c - '0' : c - 'a' + 10;
        result[i / 2] = static_cast<unsigned char>(result[i / 2] << 4 | value);
    }
    return result;
}

struct Xxh3Hasher::State {
    struct Free {
        void operator()(XXH3_state_t* made) const { XXH3_freeState(made); }
    };
    std::unique_ptr<XXH3_state_t, Free> state{XXH3_createState()};
};

Xxh3Hasher::Xxh3Hasher() : state_(std::make_unique<State>()) {
    if (!state_->state || XXH3_128bits_reset(state_->state.get()) != XXH_OK)
        throw EnvironmentError("no memory to compute a hash");
}

Xxh3Hasher::~Xxh3Hasher() = default;
Xxh3Hasher::Xxh3Hasher(Xxh3Hasher&&) noexcept = default;
Xxh3Hasher& Xxh3Hasher::operator=(Xxh3Hasher&&) noexcept = default;

void Xxh3Hasher::update(std::string_view bytes) {
    XXH3_128bits_update(state_->state.get(), bytes.data(), bytes.size());
}

Digest128 Xxh3Hasher::digest() const { return canonical_bytes(XXH3_128bits_digest(state_->state.get())); }

struct Md5Hasher::State {
    struct FreeContext {
        void operator()(EVP_MD_CTX* made) const { EVP_MD_CTX_free(made); }
    };
    struct FreeAlgorithm {
        void operator()(EVP_MD* made) const { EVP_MD_free(made); }
    };
    std::unique_ptr<EVP_MD, FreeAlgorithm> algorithm{EVP_MD_fetch(nullptr, "MD5", nullptr)};
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Md5Hasher::Md5Hasher() : state_(std::make_unique<State>()) {
    if (!state_->algorithm || !state_->context ||
        EVP_DigestInit_ex2(state_->context.get(), state_->algorithm.get(), nullptr) != 1) {
        throw EnvironmentError(
            "OpenSSL offers no MD5, which exact deduplication needs: is this machine in FIPS mode? "
            "Run with an OpenSSL configuration that allows MD5 (OPENSSL_CONF).");
    }
}

Md5Hasher::~Md5Hasher() = default;
Md5Hasher::Md5Hasher(Md5Hasher&&) noexcept = default;
Md5Hasher& Md5Hasher::operator=(Md5Hasher&&) noexcept = default;

Digest128 Md5Hasher::digest(std::string_view bytes) {
    Digest128 result;
    auto* const context = state_->context.get();
    // A null algorithm keeps the one of the last call: no look-up.
    if (EVP_DigestInit_ex2(context, nullptr, nullptr) != 1 ||
        EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context, result.data(), nullptr) != 1) {
        throw EnvironmentError("OpenSSL failed to compute an MD5 digest");
    }
    return result;
}

}  // namespace dj
