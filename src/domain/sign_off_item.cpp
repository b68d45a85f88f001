#include "train/domain/sign_off_item.hpp"

#include <vector>

#include "train/domain/words.hpp"

namespace train {
namespace {

constexpr std::string_view k_force_update = "force-update";
constexpr std::string_view k_risk = "risk";

struct Printer {
  std::string operator()(const item::Checklist& i) const { return i.id; }
  std::string operator()(const item::Approval& i) const { return std::string(word_of(i.before)) + ":" + i.role; }
  std::string operator()(const item::Gate& i) const { return i.app + ":gate:" + i.signal; }
  std::string operator()(const item::Testers& i) const { return i.app + ":testers:" + i.group; }
  std::string operator()(const item::FullRelease& i) const { return i.app + ":full_release"; }
  std::string operator()(const item::Standby& i) const { return i.app + ":standby"; }
  std::string operator()(const item::Rollback& i) const { return i.app + ":rollback"; }
  std::string operator()(const item::ForceUpdate& i) const {
    return std::string(k_force_update) + ":" + i.bad.text() + ":" + std::string(word_of(i.degree)) + ":" + i.role;
  }
  std::string operator()(const item::Risk& i) const { return std::string(k_risk) + ":" + i.about; }
};

struct Cut {
  std::string_view head;
  std::optional<std::string_view> rest;  // nullopt: there is no colon
};

Cut cut(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<SignOffItem> parse_force_update(std::string_view rest) {
  const auto version = cut(rest);
  if (!version.rest) return std::nullopt;
  const auto degree = cut(*version.rest);
  const auto bad = VersionName::parse(version.head);
  const auto known = from_word<Degree>(degree.head);
  if (!bad || !known || !degree.rest || degree.rest->empty()) return std::nullopt;
  return item::ForceUpdate{*bad, *known, std::string(*degree.rest)};
}

std::optional<SignOffItem> parse_of_app(std::string_view app, std::string_view rest) {
  const AppName name(app);
  const auto what = cut(rest);
  if (!what.rest) {
    if (what.head == "full_release") return item::FullRelease{name};
    if (what.head == "standby") return item::Standby{name};
    if (what.head == "rollback") return item::Rollback{name};
    return std::nullopt;
  }
  if (what.rest->empty()) return std::nullopt;
  if (what.head == "gate") return item::Gate{name, SignalName(*what.rest)};
  if (what.head == "testers") return item::Testers{name, std::string(*what.rest)};
  return std::nullopt;
}

}  // namespace

std::string text_of(const SignOffItem& item) { return std::visit(Printer{}, item); }

std::optional<SignOffItem> parse_sign_off_item(std::string_view text) {
  const auto first = cut(text);
  if (first.head.empty() || (first.rest && first.rest->empty())) return std::nullopt;
  if (!first.rest) return item::Checklist{std::string(first.head)};
  if (first.head == k_risk) return item::Risk{std::string(*first.rest)};
  if (first.head == k_force_update) return parse_force_update(*first.rest);
  const auto before = from_word<Before>(first.head);
  if (before && first.rest->find(':') == std::string_view::npos)
    return item::Approval{*before, std::string(*first.rest)};
  return parse_of_app(first.head, *first.rest);
}

}  // namespace train
