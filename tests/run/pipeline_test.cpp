// SPDX-License-Identifier: Apache-2.0
#include "run/pipeline.hpp"

#include <cstdlib>

#include <gmock/gmock.h>

#include "dj/base/error.hpp"
#include "dj/base/hash.hpp"
#include "run/small_job.hpp"
#include "run/watched_file_system.hpp"

namespace dj {
namespace {

using testing::HasSubstr;

class PipelineModels : public testing::Test {
protected:
    PipelineModels() {
        const char* const root = std::getenv("DJ_SOURCE_DIR");
        const auto path =
            std::filesystem::path(root == nullptr ? "." : root) / "tests/goldens/language_models/hs.ftz";
        const auto bytes = read_whole_file(files_, path).value();
        model_ = {.path = path.string(), .size_bytes = bytes.size(), .hash = to_hex(xxh3_128(bytes))};
    }
    Pipeline make(const ModelFile& model) {
        JobSpec spec;
        spec.ops = {op_call(catalog_, "language_id_score_filter")};
        spec.ops.front().models = {model};
        return make_pipeline(spec, catalog_, files_, {}, {});
    }
    std::string error_of(const ModelFile& model) {
        try {
            (void)make(model);
        } catch (const EnvironmentError& error) {
            return error.what();
        }
        return "none";
    }

    WatchedFileSystem files_;
    const OpCatalog catalog_ = make_op_catalog();
    ModelFile model_;
};

TEST_F(PipelineModels, AreThoseThatRankZeroFound) {
    const Pipeline pipeline = make(model_);
    EXPECT_EQ(pipeline.schema->columns[*pipeline.schema->find("__dj__stats__.lang")].scalar,
              ScalarType::code);
    ModelFile elsewhere = model_;
    elsewhere.path = "/nowhere/m.ftz";
    EXPECT_THAT(error_of(elsewhere), HasSubstr("the model /nowhere/m.ftz cannot be read on this node"));
    ModelFile longer = model_;
    ++longer.size_bytes;
    EXPECT_THAT(error_of(longer), HasSubstr("is not the file that it was"));
    ModelFile other = model_;
    other.hash.front() = other.hash.front() == '0' ? '1' : '0';
    EXPECT_THAT(error_of(other), HasSubstr("put it where all nodes see the same file"));
}

}  // namespace
}  // namespace dj
