// SPDX-License-Identifier: Apache-2.0
/// MinHash (Broder, "On the resemblance and containment of documents", 1997) with locality-sensitive hashing by bands (Leskovec,
/// Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4), as Data-Juicer 1.6.1 computes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dj/base/message_lanes.hpp"

namespace dj {

/// How signatures are cut: texts that agree on all values of a band are taken for similar.
struct BandLayout {
    std::uint32_t bands = 0;
    std::uint32_t values_per_band = 0;
    bool operator==(const BandLayout&) const = default;
};

/// With at most `permutations` values, the layout for which the chance to miss texts above `threshold` (their Jaccard
/// similarity, 0 to 1) and the chance to take others for similar are least, weighted alike. As `optimal_param` of the package
/// datasketch, which integrates numerically; here to the last digits.
[[nodiscard]] BandLayout optimal_bands(double threshold, std::uint32_t permutations);

/// The random functions h -> (a h + b mod 2^64) mod (2^61 - 1) mod 2^32 of which a signature holds the least values. The
/// product wraps, as in 1.6.1. Const after construction and shared by threads.
class MinhashFunctions {
public:
    /// Those of numpy's `RandomState(42)`, in pairs.
    explicit MinhashFunctions(std::uint32_t count);
    [[nodiscard]] std::size_t size() const { return count_; }
    /// Brings `least` (one value per function, `padded_size()` long) down to what the functions give for the hashes.
    void lower(std::span<std::uint64_t> least, std::span<const std::uint32_t> hashes) const;
    /// `size()` and as much as makes whole vectors.
    [[nodiscard]] std::size_t padded_size() const { return factors_.size(); }

private:
    std::size_t count_;
    std::vector<std::uint64_t> factors_;
    std::vector<std::uint64_t> summands_;
};

/// The signature of one text after the other; a thread's.
class MinhashBuilder {
public:
    /// `functions` must outlive it.
    explicit MinhashBuilder(const MinhashFunctions& functions);
    /// A token's hash is the first four bytes of its SHA-1, little-endian.
    void add(std::string_view token);
    /// Of all tokens since the last call; all values are 2^32 - 1 if there were none. Good until the next call of `add`.
    [[nodiscard]] std::span<const std::uint64_t> take();

private:
    const MinhashFunctions* functions_;
    Sha1Lanes sha1_;
    std::vector<std::uint32_t> hashes_;
    std::vector<std::uint64_t> least_;
    bool taken_ = true;
};

}  // namespace dj
