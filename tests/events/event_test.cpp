// SPDX-License-Identifier: Apache-2.0
#include "dj/events/event.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "dj/base/error.hpp"

namespace dj {
namespace {

TEST(Event, TravelsBetweenRanksUnchanged) {
    Event event{.type = "op_complete", .message = "done \xE4\xBD\xA0"};
    event.fields = {{"partition_id", 7},
                    {"metadata", {{"input_rows", 10}}},
                    {"process_id", 1},
                    {"host", "n1"},
                    {"thread_id", 2}};
    event.timestamp = 1234.5;
    event.rank = 3;
    const auto back = deserialise_event(serialise(event));
    EXPECT_EQ(back.type, event.type);
    EXPECT_EQ(back.message, event.message);
    EXPECT_EQ(back.fields, event.fields);
    EXPECT_EQ(back.timestamp, event.timestamp);
    EXPECT_EQ(back.rank, 3);
}

TEST(Event, SenderStampsWhatOnlyItKnows) {
    const auto back = deserialise_event(serialise({.type = "info", .message = ""}));
    EXPECT_GT(back.timestamp, 1.6e9);
    EXPECT_EQ(back.fields.at("process_id"), getpid());
    EXPECT_TRUE(back.fields.at("thread_id").is_number());
    EXPECT_FALSE(back.fields.at("host").get<std::string>().empty());
}

TEST(Event, InvalidUtf8IsReplaced) {
    const auto back =
        deserialise_event(serialise({.type = "warning", .message = std::string("bad \xFF\x00 row", 10)}));
    EXPECT_EQ(back.message, std::string("bad \xEF\xBF\xBD\x00 row", 12));
}

TEST(Event, GarbageFromARankIsABug) {
    EXPECT_THROW((void)deserialise_event(""), Bug);
    EXPECT_THROW((void)deserialise_event("{}"), Bug);
    EXPECT_THROW((void)deserialise_event("[1,2"), Bug);
}

}  // namespace
}  // namespace dj
