// SPDX-License-Identifier: Apache-2.0
#include "dj/text/word_set.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "dj/base/error.hpp"

namespace dj {

WordSet::WordSet(const std::vector<std::string>& words)
    : slots_(std::bit_ceil(2 * words.size() + 2)), mask_(slots_.size() - 1) {
    for (const std::string& word : words) {
        const std::uint64_t hash = hash_word(word);
        if (word.empty() || contains(word, hash)) continue;
        if (bytes_.size() + word.size() > std::numeric_limits<std::uint32_t>::max())
            throw UserError("a list of words of more than 4 GiB");
        std::uint64_t at = hash & mask_;
        while (slots_[at].size != 0) at = (at + 1) & mask_;
        slots_[at] = {.hash = hash,
                      .begin = static_cast<std::uint32_t>(bytes_.size()),
                      .size = static_cast<std::uint32_t>(word.size())};
        bytes_ += word;
        longest_bytes_ = std::max(longest_bytes_, word.size());
        ++size_;
    }
}

}  // namespace dj
