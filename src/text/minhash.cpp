// SPDX-License-Identifier: Apache-2.0
#include "dj/text/minhash.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace dj {
namespace {

constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61U) - 1;
constexpr std::uint64_t kLargest = 0xFFFFFFFF;

/// Four numbers; the compiler makes of it what the processor has.
using Lanes [[gnu::vector_size(32)]] = std::uint64_t;
using SignedLanes [[gnu::vector_size(32)]] = std::int64_t;
constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(std::uint64_t);

/// The product of the lower halves. Of these compilers do not see that one instruction does it.
[[gnu::always_inline]] inline Lanes product_of_halves(Lanes a, Lanes b) {
#ifdef __AVX2__
    return reinterpret_cast<Lanes>(
        _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
    return (a & kLargest) * (b & kLargest);
#endif
}

/// Numbers from 0 to `largest` as numpy's legacy `randint(dtype=uint64)` draws them from std::mt19937: two words, the first
/// of them the upper half, cut to as many bits as the largest has, and drawn again if they are beyond it.
std::uint64_t draw(std::mt19937& random, std::uint64_t largest) {
    for (;;) {
        const std::uint64_t upper = random();
        const std::uint64_t number = ((upper << 32U) | random()) & kPrime;
        if (number <= largest) return number;
    }
}

/// Of `f` from `low` to `high`, for smooth functions: Gauss and Legendre's ten points (Abramowitz and Stegun, table 25.4) in
/// each of many intervals.
template <class Function>
double integral(Function f, double low, double high) {
    constexpr std::array<double, 5> kPoints{0.1488743389816312, 0.4333953941292472, 0.6794095682990244,
                                            0.8650633666889845, 0.9739065285171717};
    constexpr std::array<double, 5> kWeights{0.2955242247147529, 0.2692667193099963, 0.2190863625159820,
                                             0.1494513491505806, 0.0666713443086881};
    constexpr int kIntervals = 64;
    const double half = (high - low) / kIntervals / 2;
    double sum = 0;
    for (int i = 0; i < kIntervals; ++i) {
        const double middle = low + (2 * i + 1) * half;
        for (std::size_t p = 0; p < kPoints.size(); ++p)
            sum += kWeights[p] * (f(middle - half * kPoints[p]) + f(middle + half * kPoints[p]));
    }
    return sum * half;
}

}  // namespace

BandLayout optimal_bands(double threshold, std::uint32_t permutations) {
    BandLayout best;
    double least = std::numeric_limits<double>::infinity();
    for (std::uint32_t bands = 1; bands <= permutations; ++bands) {
        for (std::uint32_t values = 1; values <= permutations / bands; ++values) {
            /// That texts of the similarity agree on no band.
            const auto missed = [&](double similarity) {
                return std::pow(1 - std::pow(similarity, values), bands);
            };
            const double false_positives = threshold - integral(missed, 0, threshold);
            const double false_negatives = integral(missed, threshold, 1);
            constexpr double kWeight = 0.5;
            const double error = kWeight * false_positives + kWeight * false_negatives;
            constexpr double kRounding = 1e-13;  // ways that are equally good: the first
            if (error >= least - kRounding) continue;
            least = error;
            best = {bands, values};
        }
    }
    return best;
}

MinhashFunctions::MinhashFunctions(std::uint32_t count) : count_(count) {
    std::mt19937 random(
        42);  // NOLINT(bugprone-random-generator-seed,cert-msc51-cpp): the same for all texts of all time
    const std::size_t padded = (count_ + kLanes - 1) / kLanes * kLanes;
    factors_.resize(padded);
    summands_.resize(padded);
    for (std::size_t i = 0; i < count_; ++i) {
        factors_[i] = draw(random, kPrime - 2) + 1;
        summands_[i] = draw(random, kPrime - 1);
    }
}

void MinhashFunctions::lower(std::span<std::uint64_t> least, std::span<const std::uint32_t> hashes) const {
    for (std::size_t at = 0; at < factors_.size(); at += kLanes) {
        Lanes factor;
        Lanes summand;
        Lanes now;
        std::memcpy(&factor, factors_.data() + at, sizeof factor);
        std::memcpy(&summand, summands_.data() + at, sizeof summand);
        std::memcpy(&now, least.data() + at, sizeof now);
        const Lanes upper_factor = factor >> 32U;
        for (const std::uint32_t hash : hashes) {
            const Lanes all = Lanes{} + std::uint64_t{hash};
            const Lanes product =
                product_of_halves(factor, all) + (product_of_halves(upper_factor, all) << 32U) + summand;
            // 2^61 is 1 modulo the prime; what is left is below twice the prime.
            const Lanes folded = (product & kPrime) + (product >> 61U);
            const Lanes value = (folded + ((folded + 1) >> 61U)) & kLargest;
            // Below 2^32, so that signs do not matter; most processors compare signed numbers alone.
            now = reinterpret_cast<SignedLanes>(value) < reinterpret_cast<SignedLanes>(now) ? value : now;
        }
        std::memcpy(least.data() + at, &now, sizeof now);
    }
}

MinhashBuilder::MinhashBuilder(const MinhashFunctions& functions)
    : functions_(&functions), least_(functions.padded_size()) {}

void MinhashBuilder::add(std::string_view token) {
    if (taken_) std::ranges::fill(least_, kLargest);
    taken_ = false;
    sha1_.add(token, hashes_);
    if (hashes_.size() < Sha1Lanes::kLanes) return;
    functions_->lower(least_, hashes_);
    hashes_.clear();
}

std::span<const std::uint64_t> MinhashBuilder::take() {
    if (taken_) std::ranges::fill(least_, kLargest);
    taken_ = true;
    sha1_.finish(hashes_);
    functions_->lower(least_, hashes_);
    hashes_.clear();
    return std::span(least_).first(functions_->size());
}

}  // namespace dj
