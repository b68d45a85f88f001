#include "world/altered_answer.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace train::sandbox {
namespace {

using nlohmann::json;

bool says(const json& value, const std::string& word) {
  if (value.is_string()) return value.get_ref<const std::string&>().find(word) != std::string::npos;
  if (value.is_number_integer()) return value.dump() == word;
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(), [&](const json& inner) { return says(inner, word); });
}

// Of the lists that stand in the answer itself; a row inside a row stays.
void leave_out_rows(json& answer, const std::string& word) {
  for (auto& member : answer) {
    if (!member.is_array()) continue;
    for (std::size_t i = member.size(); i-- > 0;) {
      if (says(member[i], word)) member.erase(i);
    }
  }
}

void leave_out_values(json& value, const std::string& field) {
  if (value.is_object() && value.contains(field)) value[field] = nullptr;
  if (!value.is_structured()) return;
  for (auto& inner : value) leave_out_values(inner, field);
}

}  // namespace

void alter_answer(const Fault& fault, ServerResponse& response) {
  const bool lacks = fault.kind == Fault::Kind::lacks;
  if (!lacks && fault.kind != Fault::Kind::nulls) return;
  auto answer = json::parse(response.body, nullptr, false);
  if (!answer.is_object()) return;
  if (lacks)
    leave_out_rows(answer, fault.word);
  else
    leave_out_values(answer, fault.word);
  response.body = answer.dump();
}

}  // namespace train::sandbox
