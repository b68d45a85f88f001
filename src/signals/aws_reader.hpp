// Signed reads of Amazon's JSON interfaces. Whatever is not a usable answer becomes a Measurement that says why.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "train/signals/cloudwatch.hpp"
#include "train/signals/promql.hpp"

namespace train::signals {

// One of Amazon's interfaces, as its own clients speak to it.
struct AwsService {
  std::string_view name;          // as it is signed: "monitoring"
  std::string_view target;        // before the operation's name in X-Amz-Target
  std::string_view content_type;  // "application/x-amz-json-1.0"
  std::string_view permission;    // before the operation's name in a policy: "cloudwatch:"
  bool query_mode = false;        // the interface once was another, and errors come with both names
};
inline constexpr AwsService k_aws_monitoring{"monitoring", "GraniteServiceVersion20100801.",
                                             "application/x-amz-json-1.0", "cloudwatch:", true};
inline constexpr AwsService k_aws_logs{"logs", "Logs_20140328.", "application/x-amz-json-1.1", "logs:", false};

class AwsReader {
 public:
  AwsReader(AwsService service, AwsAccess access);
  AwsReader(const AwsReader&) = delete;  // its client waits through it
  AwsReader& operator=(const AwsReader&) = delete;

  // Asks up to three times while Amazon is busy. `now`: what the machine's clock says.
  Reading<nlohmann::json> ask(const std::string& url, std::string_view operation, const nlohmann::json& body,
                              Instant now);
  void wait(std::chrono::milliseconds length);

 private:
  http::Request signed_request(const std::string& url, std::string_view operation, const std::string& body,
                               Instant at) const;

  AwsService service_;
  AwsAccess access_;
  std::chrono::milliseconds waited_{0};  // in the present measurement
  Instant asked_at_;
  http::Client client_;
};

// What stands in a query must not need an escape: SEARCH expressions have quotes inside quotes, and Amazon says of no
// query language of its own how a quote is written. nullopt when all that $app … may stand for is plain.
std::optional<Measurement> not_insertable(const Subject& subject);
// `fill_query`, after that check.
Reading<std::string> fill_aws_query(std::string_view query, const Subject& subject);

}  // namespace train::signals
