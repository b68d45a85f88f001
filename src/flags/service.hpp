// What the three services share: where they are, and how a write ends.
#pragma once

#include <string>
#include <string_view>

#include "train/http/client.hpp"
#include "train/ports/flag_provider.hpp"

namespace train::flags {

inline constexpr std::size_t k_service_answer_bytes = 16u << 20;  // a template of thousands of parameters is 1 MiB

// An option of the definition, or what stands for it.
std::string option_of(const Flag& flag, const std::string& name, std::string_view otherwise);
std::string path_part(std::string_view text);  // percent-encoded

// What the flag is written as when it is on and off, for services that only know these two.
std::string word_on(const Flag& flag);
std::string word_off(const Flag& flag);

// The answer was whole, with status 200.
bool is_good(const http::Outcome& outcome);

// How a write that was sent once ends: read back where it may have been applied, else the error.
Result<Done> conclude_write(FlagProvider& provider, const Flag& flag, const std::string& value,
                            const http::Request& request, const http::Outcome& outcome);

}  // namespace train::flags
