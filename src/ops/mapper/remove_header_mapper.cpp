// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>

#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

constexpr std::array<std::string_view, 7> kNames{"chapter",       "part",      "section",     "subsection",
                                                 "subsubsection", "paragraph", "subparagraph"};

/// Finds the first heading: a name, a star or none, a short title in brackets or none, a title in braces. Titles end at
/// the first bracket with a brace behind it, and at the first brace, wherever in the text these stand.
class HeadingFinder {
public:
    explicit HeadingFinder(std::string_view text) : text_(text), last_close_(text.rfind('}')) {}

    [[nodiscard]] std::optional<std::size_t> find() {
        if (last_close_ == text_.npos) return std::nullopt;
        for (auto at = text_.find('\\'); at < last_close_; at = text_.find('\\', at + 1)) {
            for (const auto name : kNames) {
                if (text_.substr(at + 1).starts_with(name) && has_title(at + 1 + name.size())) return at;
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] bool has_title(std::size_t at) {
        if (at < text_.size() && text_[at] == '*') ++at;
        if (at >= text_.size()) return false;
        if (text_[at] == '{') return last_close_ > at;
        return text_[at] == '[' && last_change() > at;
    }

    /// The last bracket that ends a short title: `]{` with a brace somewhere behind. 0 if there is none.
    [[nodiscard]] std::size_t last_change() {
        if (!last_change_) {
            const auto at = last_close_ < 2 ? text_.npos : text_.rfind("]{", last_close_ - 2);
            last_change_ = at == text_.npos ? 0 : at;
        }
        return *last_change_;
    }

    std::string_view text_;
    std::size_t last_close_;
    std::optional<std::size_t> last_change_;
};

struct RemoveHeaderMapper {
    bool drop_no_head = true;

    void map(const Sample& sample) const {
        const auto text = sample.text();
        if (const auto heading = HeadingFinder(text).find()) {
            if (*heading > 0) sample.rewrite_text().assign(text, *heading);
        } else if (drop_no_head && !text.empty()) {
            sample.rewrite_text().clear();
        }
    }
};

}  // namespace

OpSpec remove_header_mapper() {
    using T = RemoveHeaderMapper;
    return Describe<T>(
               "remove_header_mapper",
               "Removes what stands before the first heading of a LaTeX document.\n\n"
               "Headings are `\\chapter`, `\\part`, `\\section`, `\\subsection`, `\\subsubsection`, "
               "`\\paragraph` and `\\subparagraph` with their title, `*` and short title allowed. The row "
               "stays even if its text becomes empty.")
        .param(&T::drop_no_head, "drop_no_head", "Whether a text without a heading becomes empty.")
        .example("{}", R"("\\documentclass{a}\n\\section*{One}\nText.")", R"("\\section*{One}\nText.")")
        .example("{}", R"("No heading.")", R"("")")
        .example(R"({"drop_no_head": false})", R"("No heading.")", R"("No heading.")");
}

}  // namespace dj
