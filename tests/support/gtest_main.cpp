// SPDX-License-Identifier: Apache-2.0
// Main of the serial tests. `--file=<folder>/<name>_test.cpp` runs the tests of that file alone, which is one ctest entry.
#include <iostream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>

namespace {

std::string filter_for_file(std::string_view wanted) {
    std::string filter;
    const auto& all = *testing::UnitTest::GetInstance();
    for (int s = 0; s < all.total_test_suite_count(); ++s) {
        const auto& suite = *all.GetTestSuite(s);
        for (int t = 0; t < suite.total_test_count(); ++t) {
            const auto& test = *suite.GetTestInfo(t);
            if (std::string_view(test.file()).ends_with(wanted)) {
                filter += std::string(filter.empty() ? "" : ":") + suite.name() + "." + test.name();
            }
        }
    }
    return filter;
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    constexpr std::string_view kFileOption = "--file=";
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (!argument.starts_with(kFileOption)) continue;
        const auto filter = filter_for_file(argument.substr(kFileOption.size()));
        if (filter.empty()) {
            std::cerr << "no test stands in " << argument.substr(kFileOption.size()) << '\n';
            return 1;
        }
        testing::GTEST_FLAG(filter) = filter;
    }
    return RUN_ALL_TESTS();
}
