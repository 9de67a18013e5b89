// SPDX-License-Identifier: Apache-2.0
/// What mappers that drop words have in common: Data-Juicer splits a text at line feeds, each line at tabs, each part at
/// spaces, and joins what is left of each by the same characters; what became empty is left out.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "dj/data/sample.hpp"
#include "dj/text/byte_block.hpp"

namespace dj {

/// Rewrites a row's text from the words that stay. Between two of them stays the strongest separator that stood there
/// (line feed, tab, space), once. The text is copied in runs, and not at all if nothing changes.
class WordKeeper {
public:
    explicit WordKeeper(const Sample& sample) : sample_(&sample), text_(sample.text()) {}

    /// `keep(word)` is asked for each word in order.
    template <class Keep>
    void run(const Keep& keep) {
        std::size_t begin = 0;
        for (std::size_t at = 0; at < text_.size(); at += ByteBlock::kSize) {
            const ByteBlock block(text_, at);
            std::uint64_t separators = block.equal(' ') | block.equal('\t') | block.equal('\n');
            for (; separators != 0; separators &= separators - 1) {
                const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(separators));
                take(begin, end, keep);
                note_separator(text_[end]);
                begin = end + 1;
            }
        }
        take(begin, text_.size(), keep);
        finish();
    }

private:
    template <class Keep>
    void take(std::size_t begin, std::size_t end, const Keep& keep) {
        if (begin == end || !keep(text_.substr(begin, end - begin))) return;
        if (!any_) {
            run_begin_ = begin;
        } else if (begin != run_end_ + 1) {
            flush();
            *out_ += separator_;
            run_begin_ = begin;
        }
        any_ = true;
        run_end_ = end;
        separator_ = ' ';
    }
    void note_separator(char separator) {
        if (separator == '\n' || separator_ == ' ') separator_ = separator;
    }
    void flush() {
        if (out_ == nullptr) out_ = &sample_->rewrite_text();
        out_->append(text_, run_begin_, run_end_ - run_begin_);
    }
    void finish() {
        if (out_ != nullptr || run_begin_ != 0 || run_end_ != text_.size()) flush();
    }

    const Sample* sample_;
    std::string_view text_;
    std::string* out_ = nullptr;  ///< Null as long as the text so far stays as it is.
    std::size_t run_begin_ = 0;   ///< Words kept with one separator each between them, not yet copied.
    std::size_t run_end_ = 0;
    char separator_ = ' ';  ///< The strongest since the last word that stays.
    bool any_ = false;
};

}  // namespace dj
