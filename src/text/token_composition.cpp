// SPDX-License-Identifier: Apache-2.0
#include "text/token_composition.hpp"

#include "dj/text/utf8.hpp"
#include "text/character_repair.hpp"
#include "text/repair_flags.hpp"

namespace dj::bpe {
namespace {

/// Whether the text may be another one in NFC.
bool may_compose(std::string_view text) {
    constexpr std::uint8_t kFlags = form_flag(NormalizationForm::nfc) | kMarkFlag;
    for (std::size_t at = ascii_prefix(text); at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            at += ascii_prefix(text.substr(at));
            continue;
        }
        if ((kRepairFlags.at(decode_valid(text, at)) & kFlags) != 0) return true;
    }
    return false;
}

}  // namespace

std::string_view TokenComposer::composed(std::string_view text) {
    constexpr int kUnicode = 9;
    if (!may_compose(text)) return text;
    points_.clear();
    for (std::size_t at = 0; at < text.size();) points_ += next_code_point(text, at);
    normalize(points_, spare_, NormalizationForm::nfc, kUnicode);
    composed_.clear();
    for (const char32_t point : points_) append_code_point(composed_, point);
    return composed_;
}

}  // namespace dj::bpe
