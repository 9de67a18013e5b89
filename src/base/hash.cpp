// SPDX-License-Identifier: Apache-2.0
#include "dj/base/hash.hpp"

#include <cstring>

#include <openssl/evp.h>
#include <xxhash.h>

#include "dj/base/error.hpp"

namespace dj {

Digest128 xxh3_128(std::string_view bytes) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    Digest128 result;
    static_assert(sizeof(canonical.digest) == sizeof(result));
    std::memcpy(result.data(), canonical.digest, result.size());
    return result;
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
