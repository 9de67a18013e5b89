// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <string>

#include "dj/base/error.hpp"
#include "dj/ops/op_spec.hpp"
#include "dj/text/text_repair.hpp"

namespace dj {
namespace {

struct FixUnicodeMapper {
    std::optional<std::string> normalization;

    void prepare() {
        if (!normalization || normalization->empty()) return;
        std::string name = *normalization;
        for (char& c : name) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        constexpr std::array<std::string_view, 4> kNames{"NFC", "NFKC", "NFD", "NFKD"};  // as in the enum
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            if (kNames[i] != name) continue;
            form_ = static_cast<NormalizationForm>(i);
            return;
        }
        throw UserError("fix_unicode_mapper: normalization '" + *normalization +
                        "' is not supported; it can be NFC, NFKC, NFD or NFKD");
    }

    struct Scratch {
        TextRepair repair;
        std::string repaired{};
    };
    [[nodiscard]] Scratch make_scratch() const { return {TextRepair(form_)}; }

    void map(const Sample& sample, Scratch& scratch) const {
        switch (scratch.repair.repair(sample.text(), scratch.repaired)) {
            case RepairResult::unchanged: return;
            case RepairResult::changed: sample.rewrite_text() = scratch.repaired; return;
            case RepairResult::endless:
                sample.fail("fix_unicode_mapper: the repairs of this text undo each other without an end");
        }
    }

private:
    NormalizationForm form_ = NormalizationForm::nfc;
};

}  // namespace

OpSpec fix_unicode_mapper() {
    using T = FixUnicodeMapper;
    return Describe<T>(
               "fix_unicode_mapper",
               "Puts right what wrong encodings did to a text, and normalizes it: what `ftfy.fix_text` "
               "(ftfy 6.3.1) does with its defaults.\n\n"
               "Line by line: text that was decoded with the wrong encoding (`KÃ¤se`) is decoded with "
               "the right one; HTML's character references are replaced, up to the first line with a "
               "`<`; ligatures, full-width and half-width forms, curly quotes and line breaks become "
               "the usual ones; terminal escapes and control characters go. Lines in which "
               "nothing looks wrong are not copied.")
        .param(&T::normalization, "normalization",
               "The form: `NFC`, `NFKC`, `NFD` or `NFKD`, in any case. Null or empty: `NFC`.")
        .cost(CostClass::moderate)
        .example("{}", R"("KÃ¤se â€” lÃ¢â‚¬â„¢ÃƒÂ©tÃƒÂ©.")", R"("Käse — l'été.")")
        .example("{}", R"("&lt;&eacute;&gt; “oﬃce” ＡＢＣ\u001b[0m\r\n")", R"("<é> \"office\" ABC\n")")
        .example(R"({"normalization": "NFKC"})", R"("10³ µ ①")", R"("103 μ 1")");
}

}  // namespace dj
