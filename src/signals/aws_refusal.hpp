// What Amazon's refusals mean.
#pragma once

#include <string>
#include <string_view>

#include "aws_reader.hpp"

namespace train::signals {

// The error's code without what stands around it: "ThrottlingException"; empty when the answer is no error.
std::string aws_error_code(const http::Outcome& outcome);
bool is_aws_throttle(std::string_view code);
bool is_aws_denial(std::string_view code);  // the policy does not allow it; Amazon may say so with status 400

// The refusal as a sentence: Amazon's words, what they mean here, and what to do. `at`: what was signed.
std::string aws_refusal(const AwsService& service, std::string_view operation, const http::Outcome& outcome,
                        Instant at);

}  // namespace train::signals
