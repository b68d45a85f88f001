#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app_store/json.hpp"
#include "train/base/text.hpp"

namespace train::sandbox::app_store {

using nlohmann::json;

namespace {

constexpr std::size_t k_json_limit_bytes = 1 << 20;
constexpr std::size_t k_page_limit = 200;

ServerResponse unprocessable(std::string detail) {
  return error_response(
      {{422, "ENTITY_UNPROCESSABLE", "The request entity is not a valid request document object", std::move(detail)}});
}

ApiError parameter_error(std::string_view kind, const std::string& name, std::string detail) {
  ApiError error{400, fmt::format("PARAMETER_ERROR.{}", kind), "A parameter has an invalid value", std::move(detail)};
  error.parameter = name;
  return error;
}

ApiError attribute_error(std::string_view kind, std::string_view name, std::string detail) {
  ApiError error{409, fmt::format("ENTITY_ERROR.ATTRIBUTE.{}", kind), "The provided entity has an invalid attribute",
                 std::move(detail)};
  error.pointer = fmt::format("/data/attributes/{}", name);
  return error;
}

ApiError relationship_error(std::string_view kind, std::string_view name, std::string detail) {
  ApiError error{409, fmt::format("ENTITY_ERROR.RELATIONSHIP.{}", kind),
                 "The provided entity includes an invalid relationship", std::move(detail)};
  error.pointer = fmt::format("/data/relationships/{}", name);
  return error;
}

template <typename Rules>
const typename Rules::value_type* find_rule(const Rules& rules, std::string_view name) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

bool has_type(const json& value, const AttributeRule& rule) {
  if (value.is_null()) return true;
  if (rule.list)
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& one) { return one.is_string(); });
  if (rule.flag) return value.is_boolean();
  return rule.whole_number ? value.is_number_unsigned() : value.is_string();
}

// The text of `value`, or of the first of its list, that is not among the allowed words.
std::optional<std::string> odd_word(const json& value, const AttributeRule& rule) {
  if (rule.words.empty()) return std::nullopt;
  for (const auto& one : rule.list ? value : json::array({value})) {
    if (!one.is_string()) continue;
    auto word = one.get<std::string>();
    if (std::find(rule.words.begin(), rule.words.end(), word) == rule.words.end()) return word;
  }
  return std::nullopt;
}

void check_attributes(const json& given, const BodyRule& rule, std::vector<ApiError>& errors) {
  for (const auto& [name, value] : given.items()) {
    const auto* known = find_rule(rule.attributes, name);
    if (known == nullptr) {
      errors.push_back(attribute_error("UNKNOWN", name,
                                       fmt::format("'{}' is not an attribute on the resource '{}'", name, rule.type)));
    } else if (!has_type(value, *known)) {
      errors.push_back(attribute_error("TYPE", name, fmt::format("'{}' has the wrong type", name)));
    } else if (const auto odd = odd_word(value, *known)) {
      errors.push_back(attribute_error("INVALID", name,
                                       fmt::format("'{}' is not a valid value for the attribute '{}'", *odd, name)));
    }
  }
  for (const auto& known : rule.attributes) {
    const std::string name(known.name);
    if (known.must == Must::appear && (!given.contains(name) || given.at(name).is_null())) {
      errors.push_back(attribute_error(
          "REQUIRED", name, fmt::format("You must provide a value for the attribute '{}' with this request", name)));
    }
  }
}

std::map<std::string, std::string> check_relationships(const json& given, const BodyRule& rule,
                                                       std::vector<ApiError>& errors) {
  std::map<std::string, std::string> related;
  for (const auto& [name, value] : given.items()) {
    const auto* known = find_rule(rule.relationships, name);
    const auto data = value.is_object() && value.contains("data") ? value.at("data") : json();
    if (known == nullptr) {
      errors.push_back(relationship_error(
          "UNKNOWN", name, fmt::format("'{}' is not a relationship on the resource '{}'", name, rule.type)));
    } else if (!data.is_object() || data.value("type", json()) != known->type ||
               !data.value("id", json()).is_string()) {
      errors.push_back(relationship_error("INVALID", name, fmt::format("'{}' must be one {}", name, known->type)));
    } else {
      related[name] = data.at("id").get<std::string>();
    }
  }
  for (const auto& known : rule.relationships) {
    if (known.must == Must::appear && related.count(std::string(known.name)) == 0) {
      errors.push_back(relationship_error("REQUIRED", known.name,
                                          fmt::format("You must provide a value for the relationship '{}' with this "
                                                      "request",
                                                      known.name)));
    }
  }
  return related;
}

tl::expected<json, ServerResponse> parse_data(const ServerRequest& request, std::string_view type) {
  if (request.body.size() > k_json_limit_bytes) return tl::unexpected(unprocessable("The body is too large."));
  const auto content = request.headers.find("content-type");
  if (content == request.headers.end() || !starts_with(content->second, "application/json")) {
    return tl::unexpected(error_response({{415, "UNSUPPORTED_MEDIA_TYPE", "The media type is not supported",
                                           "Content-Type must be application/json."}}));
  }
  const auto body = json::parse(request.body, nullptr, false);
  if (!body.is_object() || body.size() != 1 || !body.contains("data") || !body.at("data").is_object()) {
    return tl::unexpected(unprocessable("The body must be an object with the member 'data' and no other."));
  }
  const auto& data = body.at("data");
  for (const auto& [name, value] : data.items()) {
    const bool known = name == "type" || name == "id" || name == "attributes" || name == "relationships";
    const bool nested = name == "attributes" || name == "relationships";
    if (!known || (nested && !value.is_object())) {
      return tl::unexpected(
          unprocessable(fmt::format("'/data/{}' does not belong there or has the wrong type.", name)));
    }
  }
  if (data.value("type", json()) != type) {
    return tl::unexpected(error_response({{409, "ENTITY_ERROR.TYPE.INVALID", "The provided resource type is invalid",
                                           fmt::format("'{}' was expected.", type)}}));
  }
  return data;
}

}  // namespace

bool Body::has(const std::string& attribute) const {
  return attributes.contains(attribute) && !attributes.at(attribute).is_null();
}

std::string Body::text(const std::string& attribute) const {
  return has(attribute) && attributes.at(attribute).is_string() ? attributes.at(attribute).get<std::string>() : "";
}

bool Body::flag(const std::string& attribute) const {
  return has(attribute) && attributes.at(attribute).is_boolean() && attributes.at(attribute).get<bool>();
}

std::uint64_t Body::number(const std::string& attribute) const {
  return has(attribute) && attributes.at(attribute).is_number_unsigned() ? attributes.at(attribute).get<std::uint64_t>()
                                                                         : 0;
}

std::string Body::id_of(const std::string& relationship) const {
  const auto found = related.find(relationship);
  return found == related.end() ? std::string{} : found->second;
}

tl::expected<Body, ServerResponse> parse_body(const ServerRequest& request, const BodyRule& rule,
                                              const std::string& id) {
  const auto data = parse_data(request, rule.type);
  if (!data) return tl::unexpected(data.error());
  if (data->contains("id") == id.empty() || (!id.empty() && data->value("id", json()) != id)) {
    return tl::unexpected(error_response({{409, "ENTITY_ERROR.ID.INVALID", "The provided id is invalid",
                                           "A create carries no id; an update carries the id of its address."}}));
  }
  Body body;
  std::vector<ApiError> errors;
  body.attributes = data->value("attributes", json::object());
  check_attributes(body.attributes, rule, errors);
  body.related = check_relationships(data->value("relationships", json::object()), rule, errors);
  if (!errors.empty()) return tl::unexpected(error_response(errors));
  return body;
}

tl::expected<std::string, ServerResponse> parse_linkage(const ServerRequest& request, std::string_view type) {
  const auto data = parse_data(request, type);
  if (!data) return tl::unexpected(data.error());
  if (data->size() != 2 || !data->value("id", json()).is_string()) {
    return tl::unexpected(unprocessable("A linkage has a type and an id and nothing else."));
  }
  return data->at("id").get<std::string>();
}

namespace {

bool lists(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<std::string_view> inside(std::string_view name, std::string_view prefix) {
  if (!starts_with(name, prefix) || name.back() != ']') return std::nullopt;
  return name.substr(prefix.size(), name.size() - prefix.size() - 1);
}

std::optional<std::size_t> number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<ApiError> read_page(const std::string& name, const std::string& value, Selection& selection) {
  const auto count = number(value);
  const bool fits = count && (name == "cursor" || (*count >= 1 && *count <= k_page_limit));
  if (!fits) return parameter_error("INVALID", name, fmt::format("'{}' is not a valid value for '{}'", value, name));
  (name == "cursor" ? selection.offset : selection.limit) = *count;
  return std::nullopt;
}

std::optional<ApiError> read_words(const std::string& name, const std::string& value,
                                   const std::vector<std::string_view>& allowed, std::set<std::string>& into) {
  for (const auto& word : split(value, ',')) {
    if (!lists(allowed, word)) {
      return parameter_error("INVALID", name, fmt::format("'{}' is not a valid value for '{}'", word, name));
    }
    into.insert(word);
  }
  return std::nullopt;
}

std::optional<ApiError> read_parameter(const std::string& name, const std::string& value, const QueryRule& rule,
                                       Selection& selection) {
  const auto filter = inside(name, "filter[");
  const auto fields = inside(name, "fields[");
  const auto most = inside(name, "limit[");
  if (filter && lists(rule.filters, *filter)) return std::nullopt;
  if (fields && lists(rule.fields, *fields)) {
    for (const auto& field : split(value, ',')) selection.fields[std::string(*fields)].insert(field);
    return std::nullopt;
  }
  if (most && lists(rule.limits, *most)) {
    Selection unused;  // linkages are always told whole
    return read_page("limit", value, unused);
  }
  if (rule.paged && (name == "limit" || name == "cursor")) return read_page(name, value, selection);
  if (name == "include" && !rule.include.empty()) return read_words(name, value, rule.include, selection.include);
  std::set<std::string> sort;
  if (name == "sort" && !rule.sort.empty()) return read_words(name, value, rule.sort, sort);
  return parameter_error("ILLEGAL", name, fmt::format("The parameter '{}' can not be used with this request", name));
}

}  // namespace

tl::expected<Selection, ServerResponse> parse_query(const ServerRequest& request, const QueryRule& rule) {
  Selection selection;
  std::vector<ApiError> errors;
  for (const auto& [name, value] : request.query) {
    if (auto error = read_parameter(name, value, rule, selection)) errors.push_back(std::move(*error));
  }
  for (const auto& name : rule.required) {
    const auto parameter = fmt::format("filter[{}]", name);
    if (!request.query_value(parameter)) {
      errors.push_back(parameter_error("REQUIRED", parameter, fmt::format("'{}' is required", parameter)));
    }
  }
  if (!errors.empty()) return tl::unexpected(error_response(errors));
  return selection;
}

bool passes(const ServerRequest& request, std::string_view filter, std::string_view value) {
  const auto wanted = request.query_value(fmt::format("filter[{}]", filter));
  if (!wanted) return true;
  const auto words = split(*wanted, ',');
  return std::find(words.begin(), words.end(), value) != words.end();
}

}  // namespace train::sandbox::app_store
