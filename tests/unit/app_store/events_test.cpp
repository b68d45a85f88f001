// Payloads of Apple's webhooks, whose fields are named differently from event to event.
#include <gtest/gtest.h>

#include "train/stores/app_store/events.hpp"

namespace train::stores {
namespace {

struct PayloadCase {
  const char* name;
  std::string payload;
  const char* text;  // nullptr: no event
};
void PrintTo(const PayloadCase& row, std::ostream* out) { *out << row.name; }

std::string payload_of(const std::string& type, const std::string& attributes) {
  return R"({"data":{"type":")" + type + R"(","id":"E1","version":1,"attributes":{)" + attributes + "}}}";
}

class ApplePayload : public testing::TestWithParam<PayloadCase> {};
TEST_P(ApplePayload, IsAnEventInWords) {
  const auto event = read_app_store_event(GetParam().payload);
  ASSERT_EQ(event.has_value(), GetParam().text != nullptr);
  if (event) {
    EXPECT_EQ(describe(*event), GetParam().text);
  }
}
INSTANTIATE_TEST_SUITE_P(
    , ApplePayload,
    testing::Values(
        PayloadCase{"version", payload_of("appStoreVersionAppVersionStateUpdated", R"("oldValue":"A","newValue":"B")"),
                    "version state A → B"},
        PayloadCase{"upload", payload_of("buildUploadStateUpdated", R"("newState":"COMPLETE")"),
                    "build upload COMPLETE"},
        PayloadCase{"upload_both",
                    payload_of("buildUploadStateUpdated", R"("oldState":"PROCESSING","newState":"FAILED")"),
                    "build upload PROCESSING → FAILED"},
        PayloadCase{"beta",
                    payload_of("buildBetaDetailExternalBuildStateUpdated",
                               R"("oldExternalBuildState":"IN_BETA_REVIEW","newExternalBuildState":"BETA_APPROVED")"),
                    "TestFlight state of a build IN_BETA_REVIEW → BETA_APPROVED"},
        PayloadCase{"unknown_type", payload_of("somethingNew", R"("newValue":"X")"), "somethingNew X"},
        PayloadCase{"no_attributes", payload_of("webhookPingCreated", ""), "a ping"},
        PayloadCase{"control_characters", payload_of("somethingNew", R"("newValue":"X\u001b[2J")"),
                    "somethingNew X\\u{1b}[2J"},
        PayloadCase{"odd_values", payload_of("somethingNew", R"("newValue":7,"oldValue":null)"), "somethingNew"},
        PayloadCase{"no_id", R"({"data":{"type":"x"}})", nullptr}, PayloadCase{"no_data", "{}", nullptr},
        PayloadCase{"list", "[]", nullptr}, PayloadCase{"words", "Hello, World!", nullptr},
        PayloadCase{"empty", "", nullptr}, PayloadCase{"too_deep", std::string(100, '['), nullptr}),
    [](const auto& row) { return row.param.name; });

TEST(ApplePayloads, SayWhenAndAboutWhat) {
  const auto event = read_app_store_event(
      R"({"data":{"type":"appStoreVersionAppVersionStateUpdated","id":"E1","version":1,"attributes":{"oldValue":"PREPARE_FOR_SUBMISSION","newValue":"READY_FOR_REVIEW","timestamp":"2025-04-16T05:00:52.745Z"},"relationships":{"instance":{"data":{"type":"appStoreVersions","id":"V1"}}}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id, "E1");
  ASSERT_TRUE(event->at);
  EXPECT_EQ(format_rfc3339(*event->at), "2025-04-16T05:00:52Z");
  EXPECT_EQ(event->instance_type, "appStoreVersions");
  EXPECT_EQ(event->instance_id, "V1");
}

}  // namespace
}  // namespace train::stores
