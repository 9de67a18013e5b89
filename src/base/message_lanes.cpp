// SPDX-License-Identifier: Apache-2.0
#include "dj/base/message_lanes.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dj {

namespace {

constexpr std::size_t kBlockBytes = 64;

/// Sixteen numbers; the compiler makes of it what the processor has.
using Lanes [[gnu::vector_size(64)]] = std::uint32_t;

/// RFC 1321, 3.4: floor(2^32 * abs(sin(i + 1))).
constexpr std::array<std::uint32_t, 64> kSines{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr std::array<std::array<int, 4>, 4> kShifts{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

template <class Word>
struct Md5State {
    Word a = Word{} + 0x67452301U;
    Word b = Word{} + 0xefcdab89U;
    Word c = Word{} + 0x98badcfeU;
    Word d = Word{} + 0x10325476U;
};

template <int Step, class Word>
[[gnu::always_inline]] inline void md5_step(Md5State<Word>& s, const Word* words) {
    constexpr int kRound = Step / 16;
    Word mixed;
    int index;
    if constexpr (kRound == 0) {
        mixed = s.d ^ (s.b & (s.c ^ s.d));
        index = Step;
    } else if constexpr (kRound == 1) {
        mixed = s.c ^ (s.d & (s.b ^ s.c));
        index = (5 * Step + 1) % 16;
    } else if constexpr (kRound == 2) {
        mixed = s.b ^ s.c ^ s.d;
        index = (3 * Step + 5) % 16;
    } else {
        mixed = s.c ^ (s.b | ~s.d);
        index = (7 * Step) % 16;
    }
    constexpr int kShift = kShifts[kRound][Step % 4];
    const Word sum = s.a + mixed + kSines[Step] + words[index];
    s.a = s.d;
    s.d = s.c;
    s.c = s.b;
    s.b = s.b + ((sum << kShift) | (sum >> (32 - kShift)));
}

template <class Word, int... Steps>
[[gnu::always_inline]] inline void all_md5_steps(Md5State<Word>& s, const Word* words,
                                                 std::integer_sequence<int, Steps...>) {
    (md5_step<Steps>(s, words), ...);
}

template <class Word>
void compress(Md5State<Word>& state, const Word* words) {
    Md5State<Word> s = state;
    all_md5_steps(s, words, std::make_integer_sequence<int, 64>());
    state.a += s.a;
    state.b += s.b;
    state.c += s.c;
    state.d += s.d;
}

template <class Word>
struct Sha1State {
    std::array<Word, 5> h{Word{} + 0x67452301U, Word{} + 0xefcdab89U, Word{} + 0x98badcfeU,
                          Word{} + 0x10325476U, Word{} + 0xc3d2e1f0U};
};

/// `w` holds the last sixteen words of the message's schedule.
template <int Step, class Word>
[[gnu::always_inline]] inline void sha1_step(Sha1State<Word>& s, Word* w) {
    constexpr std::array<std::uint32_t, 4> kConstants{0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    auto& [a, b, c, d, e] = s.h;
    Word mixed;
    if constexpr (Step < 20) {
        mixed = d ^ (b & (c ^ d));
    } else if constexpr (Step >= 40 && Step < 60) {
        mixed = (b & c) | (d & (b | c));
    } else {
        mixed = b ^ c ^ d;
    }
    Word& word = w[Step % 16];
    if constexpr (Step >= 16) {
        const Word four = w[(Step - 3) % 16] ^ w[(Step - 8) % 16] ^ w[(Step - 14) % 16] ^ word;
        word = (four << 1) | (four >> 31);
    }
    const Word next = ((a << 5) | (a >> 27)) + mixed + e + kConstants[Step / 20] + word;
    e = d;
    d = c;
    c = (b << 30) | (b >> 2);
    b = a;
    a = next;
}

template <class Word, int... Steps>
[[gnu::always_inline]] inline void all_sha1_steps(Sha1State<Word>& s, Word* w,
                                                  std::integer_sequence<int, Steps...>) {
    (sha1_step<Steps>(s, w), ...);
}

template <class Word>
void compress(Sha1State<Word>& state, const Word* words) {
    Sha1State<Word> s = state;
    std::array<Word, 16> schedule;
    std::copy_n(words, schedule.size(), schedule.begin());
    all_sha1_steps(s, schedule.data(), std::make_integer_sequence<int, 80>());
    for (std::size_t i = 0; i < s.h.size(); ++i) state.h[i] += s.h[i];
}

/// What the two algorithms, which fill blocks alike, do not have in common.
template <class Algorithm>
struct Rules;

template <>
struct Rules<Md5> {
    template <class Word>
    using State = Md5State<Word>;
    static constexpr bool kBigEndian = false;
    static std::uint64_t result(const Md5State<std::uint32_t>& s) {
        return (std::uint64_t{__builtin_bswap32(s.a)} << 32U) | __builtin_bswap32(s.b);
    }
    static Md5State<std::uint32_t> of_lane(const Md5State<Lanes>& s, std::size_t lane) {
        return {s.a[lane], s.b[lane], s.c[lane], s.d[lane]};
    }
};

template <>
struct Rules<Sha1> {
    template <class Word>
    using State = Sha1State<Word>;
    static constexpr bool kBigEndian = true;
    static std::uint32_t result(const Sha1State<std::uint32_t>& s) { return __builtin_bswap32(s.h[0]); }
    static Sha1State<std::uint32_t> of_lane(const Sha1State<Lanes>& s, std::size_t lane) {
        return {{s.h[0][lane], s.h[1][lane], s.h[2][lane], s.h[3][lane], s.h[4][lane]}};
    }
};

std::size_t blocks_of(std::size_t bytes) { return (bytes + 8) / kBlockBytes + 1; }

/// Block `block` of the padded message.
template <bool BigEndian>
std::array<std::uint32_t, 16> padded_block(std::string_view message, std::size_t block) {
    std::array<char, kBlockBytes> bytes{};
    const std::size_t begin = block * kBlockBytes;
    if (begin < message.size())
        std::memcpy(bytes.data(), message.data() + begin, std::min(kBlockBytes, message.size() - begin));
    if (message.size() >= begin && message.size() - begin < kBlockBytes)
        bytes[message.size() - begin] = static_cast<char>(0x80);
    if (block + 1 == blocks_of(message.size())) {
        std::uint64_t bits = std::uint64_t{message.size()} * 8;
        if constexpr (BigEndian) bits = __builtin_bswap64(bits);
        std::memcpy(bytes.data() + kBlockBytes - sizeof bits, &bits, sizeof bits);
    }
    std::array<std::uint32_t, 16> words;
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if constexpr (BigEndian) {
        for (std::uint32_t& word : words) word = __builtin_bswap32(word);
    }
    return words;
}

}  // namespace

template <class Algorithm>
void MessageLanes<Algorithm>::add(std::string_view message, std::vector<Result>& out) {
    using Rule = Rules<Algorithm>;
    const std::size_t blocks = blocks_of(message.size());
    if (blocks > kMaxBlocks) {
        typename Rule::template State<std::uint32_t> state;
        for (std::size_t block = 0; block < blocks; ++block)
            compress(state, padded_block<Rule::kBigEndian>(message, block).data());
        out.push_back(Rule::result(state));
        return;
    }
    Waiting& waiting = waiting_[blocks - 1];
    waiting.words.resize(blocks * kWords * kLanes);
    for (std::size_t block = 0; block < blocks; ++block) {
        const auto words = padded_block<Rule::kBigEndian>(message, block);
        std::uint32_t* const lane = waiting.words.data() + block * kWords * kLanes + waiting.lanes;
        for (std::size_t word = 0; word < kWords; ++word) lane[word * kLanes] = words[word];
    }
    if (++waiting.lanes == kLanes) digest(waiting, blocks, out);
}

template <class Algorithm>
void MessageLanes<Algorithm>::finish(std::vector<Result>& out) {
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        if (waiting_[i].lanes > 0) digest(waiting_[i], i + 1, out);
    }
}

template <class Algorithm>
void MessageLanes<Algorithm>::digest(Waiting& waiting, std::size_t blocks, std::vector<Result>& out) {
    using Rule = Rules<Algorithm>;
    typename Rule::template State<Lanes> state;
    for (std::size_t block = 0; block < blocks; ++block) {
        std::array<Lanes, kWords> words;
        std::memcpy(words.data(), waiting.words.data() + block * kWords * kLanes, sizeof words);
        compress(state, words.data());
    }
    for (std::size_t lane = 0; lane < waiting.lanes; ++lane)
        out.push_back(Rule::result(Rule::of_lane(state, lane)));
    waiting.lanes = 0;
}

template class MessageLanes<Md5>;
template class MessageLanes<Sha1>;

}  // namespace dj
