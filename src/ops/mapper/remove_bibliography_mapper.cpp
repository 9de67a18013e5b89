// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "dj/ops/op_spec.hpp"

namespace dj {
namespace {

constexpr std::array<std::string_view, 4> kBeginnings{"\\appendix", "\\begin{references}",
                                                      "\\begin{REFERENCES}", "\\begin{thebibliography}"};
constexpr std::string_view kCommand = "\\bibliography{";

struct RemoveBibliographyMapper {
    void map(const Sample& sample) const {
        const auto text = sample.text();
        const auto last_brace = text.rfind('}');
        for (auto at = text.find('\\'); at != text.npos; at = text.find('\\', at + 1)) {
            const auto rest = text.substr(at);
            bool found =
                rest.starts_with(kCommand) && last_brace != text.npos && last_brace >= at + kCommand.size();
            for (const auto beginning : kBeginnings) found = found || rest.starts_with(beginning);
            if (!found) continue;
            sample.rewrite_text().assign(text, 0, at);
            return;
        }
    }
};

}  // namespace

OpSpec remove_bibliography_mapper() {
    return Describe<RemoveBibliographyMapper>(
               "remove_bibliography_mapper",
               "Removes the bibliography of a LaTeX document and all that follows it.\n\n"
               "It begins at the first `\\appendix`, `\\begin{references}`, `\\begin{REFERENCES}`, "
               "`\\begin{thebibliography}` or `\\bibliography{...}`.")
        .example("{}", R"("Text.\n\\bibliography{refs}\n\\end{document}")", R"("Text.\n")")
        .example("{}", R"("\\cite{a} only")", R"("\\cite{a} only")");
}

}  // namespace dj
