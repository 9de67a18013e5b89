// SPDX-License-Identifier: Apache-2.0
#include "dj/text/bpe_tokenizer.hpp"

#include <string>
#include <unordered_map>
#include <utility>

#include "dj/text/utf8.hpp"
#include "text/added_tokens.hpp"
#include "text/bpe_file.hpp"
#include "text/bpe_merges.hpp"
#include "text/bpe_pattern.hpp"
#include "text/kept_words.hpp"
#include "text/token_composition.hpp"

namespace dj {
namespace bpe {
namespace {

std::vector<AddedToken> added_where(const BpeFile& file, bool is_normalized) {
    std::vector<AddedToken> tokens;
    for (AddedToken token : file.added) {
        if (token.is_normalized != is_normalized) continue;
        if (is_normalized && file.composes) {
            TokenComposer composer;
            token.content = std::string(composer.composed(token.content));
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

/// Tokens by the bytes that they are, if a piece may be one of them without being merged.
std::unordered_map<std::string, TokenId> whole_tokens(const BpeFile& file) {
    std::unordered_map<std::string, TokenId> whole;
    if (!file.ignores_merges) return whole;
    std::unordered_map<std::string, char> bytes;
    const auto letters = byte_letters();
    for (std::size_t byte = 0; byte < letters.size(); ++byte) bytes[letters[byte]] = static_cast<char>(byte);
    for (const auto& [token, id] : file.vocabulary) {
        std::string decoded;
        bool is_of_bytes = true;
        for (std::size_t at = 0; at < token.size() && is_of_bytes;) {
            const std::size_t begin = at;
            (void)next_code_point(token, at);
            const auto found = bytes.find(token.substr(begin, at - begin));
            is_of_bytes = found != bytes.end();
            if (is_of_bytes) decoded += found->second;
        }
        if (is_of_bytes) whole[decoded] = id;
    }
    return whole;
}

}  // namespace

struct Core {
    explicit Core(const BpeFile& file)
        : composes(file.composes),
          pattern(file.pattern),
          as_written(added_where(file, false)),
          normalized(added_where(file, true)),
          merges(file),
          whole(whole_tokens(file)) {}

    bool composes;
    Pattern pattern;
    AddedTokens as_written;
    AddedTokens normalized;
    Merges merges;
    std::unordered_map<std::string, TokenId> whole;  ///< Empty unless the file ignores merges.
};

/// A thread's part of tokenizing: buffers, and the tokens of pieces.
class PieceCache {
public:
    explicit PieceCache(std::shared_ptr<const Core> core) : core_(std::move(core)) {}

    /// The number of tokens. `ids`: null if they are not wanted.
    std::uint64_t tokenize(std::string_view text, std::vector<TokenId>* ids) {
        if (pieces_.is_full() || tokens_.size() > kMostTokens) {
            pieces_.clear();
            tokens_.clear();
        }
        ids_ = ids;
        count_ = 0;
        core_->as_written.split(text, outer_);
        for (const auto& part : outer_) {
            const std::string_view inside = text.substr(part.begin, part.end - part.begin);
            if (part.token != nullptr) {
                add_token(part.token->id);
            } else {
                add_part(core_->composes ? composer_.composed(inside) : inside);
            }
        }
        return count_;
    }

private:
    static constexpr std::size_t kMostTokens = std::size_t{1} << 20;

    struct Entry {
        std::uint32_t first = 0;  ///< In `tokens_`.
        std::uint32_t count = 0;
    };

    void add_token(TokenId token) {
        ++count_;
        if (ids_ != nullptr) ids_->push_back(token);
    }
    void add_part(std::string_view text) {
        core_->normalized.split(text, inner_);
        for (const auto& part : inner_) {
            if (part.token != nullptr) {
                add_token(part.token->id);
                continue;
            }
            const std::string_view inside = text.substr(part.begin, part.end - part.begin);
            for (std::size_t at = 0; at < inside.size();) {
                const std::size_t end = end_of_piece(core_->pattern, inside, at);
                add_piece(inside.substr(at, end - at));
                at = end;
            }
        }
    }
    void add_piece(std::string_view piece) {
        const auto [entry, is_new, is_kept] = pieces_.find_or_add(piece);
        if (is_new) {
            entry.first = static_cast<std::uint32_t>(tokens_.size());
            split(piece);
            entry.count = static_cast<std::uint32_t>(tokens_.size() - entry.first);
        }
        count_ += entry.count;
        if (ids_ != nullptr) {
            const auto first = tokens_.begin() + entry.first;
            ids_->insert(ids_->end(), first, first + entry.count);
        }
        if (!is_kept) tokens_.resize(entry.first);
    }
    void split(std::string_view piece) {
        if (!core_->whole.empty()) {
            const auto found = core_->whole.find(std::string(piece));
            if (found != core_->whole.end()) {
                tokens_.push_back(found->second);
                return;
            }
        }
        merger_.merge(core_->merges, piece, tokens_);
    }

    std::shared_ptr<const Core> core_;
    KeptWords<Entry> pieces_;
    std::vector<TokenId> tokens_;  ///< Of pieces.
    Merger merger_;
    TokenComposer composer_;
    std::vector<AddedTokens::Part> outer_;
    std::vector<AddedTokens::Part> inner_;
    std::vector<TokenId>* ids_ = nullptr;
    std::uint64_t count_ = 0;
};

}  // namespace bpe

BpeModel::BpeModel(std::string_view file)
    : core_(std::make_shared<const bpe::Core>(bpe::read_bpe_file(file))) {}
BpeModel::~BpeModel() = default;
BpeModel::BpeModel(BpeModel&&) noexcept = default;
BpeModel& BpeModel::operator=(BpeModel&&) noexcept = default;

BpeTokenizer::BpeTokenizer(const BpeModel& model) : cache_(std::make_unique<bpe::PieceCache>(model.core_)) {}
BpeTokenizer::~BpeTokenizer() = default;
BpeTokenizer::BpeTokenizer(BpeTokenizer&&) noexcept = default;
BpeTokenizer& BpeTokenizer::operator=(BpeTokenizer&&) noexcept = default;

std::uint64_t BpeTokenizer::count(std::string_view text) { return cache_->tokenize(text, nullptr); }
void BpeTokenizer::encode(std::string_view text, std::vector<std::uint32_t>& ids) {
    ids.clear();
    cache_->tokenize(text, &ids);
}

}  // namespace dj
