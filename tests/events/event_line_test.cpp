// SPDX-License-Identifier: Apache-2.0
#include "events/event_line.hpp"

#include <gtest/gtest.h>

namespace dj {
namespace {

Event sample() {
    Event event{.type = "op_complete", .message = "m"};
    event.timestamp = 1700000000.25;
    event.rank = 2;
    event.fields = {{"process_id", 11}, {"thread_id", 12}, {"host", "n1"},
                    {"branch", "en"},   {"duration", 0.5}, {"nothing", nullptr}};
    return event;
}

TEST(EventLine, EnvelopeComesFirstInFixedOrderAndNullsAreLeftOut) {
    const auto line = event_json_line(sample(), {"job", 2, 9});
    const auto id = nlohmann::json::parse(line).at("event_id").get<std::string>();
    EXPECT_EQ(line, R"({"event_type":"op_complete","timestamp":1700000000.25,"message":"m","event_id":")" +
                        id +
                        R"(","job_id":"job","process_id":11,"thread_id":12,"seq":9,"attempt":2,"rank":2,)"
                        R"("host":"n1","branch":"en","schema_version":1,"duration":0.5})"
                        "\n");
    EXPECT_TRUE(id.starts_with("op_complete_1700000000_")) << id;
}

TEST(EventLine, IdentifiersDiffer) {
    const auto id = [](std::uint64_t sequence, int attempt) {
        return nlohmann::json::parse(event_json_line(sample(), {"job", attempt, sequence})).at("event_id");
    };
    EXPECT_NE(id(1, 1), id(2, 1));
    EXPECT_NE(id(1, 1), id(1, 2));
    EXPECT_EQ(id(1, 1), id(1, 1));
}

TEST(EventLine, OneLineWhateverTheMessageHolds) {
    auto event = sample();
    event.message = std::string("a\nb\r\x00\x1B[31m\xFF", 11);
    const auto line = event_json_line(event, {"job", 1, 1});
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(EventLine, TextForPeopleCannotForgeLinesOrDriveATerminal) {
    auto event = sample();
    event.type = "warning";
    event.message = "a\nb\x1B[31m";
    EXPECT_EQ(event_text_line(event), "2023-11-14 22:13:20.250 WARN  [rank 2, en] warning: a\\nb\\x1b[31m\n");
}

TEST(EventLine, FrequentEventsAreNotForPeople) {
    EXPECT_EQ(event_text_line(sample()), "");
    auto event = sample();
    event.type = "op_failed";
    EXPECT_NE(event_text_line(event).find("ERROR"), std::string::npos);
}

}  // namespace
}  // namespace dj
