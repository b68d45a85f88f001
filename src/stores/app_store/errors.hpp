// What App Store Connect says when it says no, and what to do about it. One table; docs/stores/app-store.md shows it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "train/base/error.hpp"
#include "train/http/client.hpp"

namespace train::stores::app_store {

// One error of an answer. `meta.associatedErrors` hold the true reasons and follow the error that carries them.
struct ApiError {
  std::string code;
  std::string title;
  std::string detail;
};

// Every error of the body, flattened; empty when the body is not an error document.
std::vector<ApiError> read_errors(std::string_view body);
std::vector<ApiError> errors_in(const nlohmann::json& document);
// "CODE: detail; CODE: detail", printable, each once.
std::string words_of(const std::vector<ApiError>& errors);

// What can come of the same request later.
enum class Next {
  new_token,   // it is sent once more with a fresh token, be it a read or a write: nothing was applied
  read_again,  // a read is tried again within this run; a write is not: the store is looked at instead
  look,        // a write may have found it done already: reading tells
  later,       // nothing more in this run; the next one may find it otherwise
  person,      // not before somebody does what the hint says
  ours,        // a fault of train
};

// An answer with a status of 300 or more.
Next next_of(const http::Outcome& outcome);
// The same as an Error. `what`: "create version 3.4.0".
Error explain(const http::Outcome& outcome, std::string_view what);

}  // namespace train::stores::app_store
