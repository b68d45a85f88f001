#include "app_store/account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "train/base/text.hpp"

namespace train::sandbox::app_store {

namespace {

struct AccountAct {
  std::string_view action;
  bool Account::*what;
  bool becomes;
  std::string_view told;
};

constexpr std::array k_acts{
    AccountAct{"revoke_key", &Account::key_revoked, true, "key revoked"},
    AccountAct{"renew_key", &Account::key_revoked, false, "key active"},
    AccountAct{"narrow_role", &Account::role_narrow, true, "role Developer"},
    AccountAct{"widen_role", &Account::role_narrow, false, "role App Manager"},
    AccountAct{"expire_agreements", &Account::agreements_missing, true, "agreements expired"},
    AccountAct{"sign_agreements", &Account::agreements_missing, false, "agreements signed"},
    AccountAct{"lapse_membership", &Account::membership_lapsed, true, "membership lapsed"},
    AccountAct{"renew_membership", &Account::membership_lapsed, false, "membership renewed"},
};

constexpr std::string_view k_transfer = "transfer_app";
constexpr std::string_view k_return = "return_app";

ApiError forbidden(std::string detail) {
  return {403, "FORBIDDEN_ERROR", "This request is forbidden for security reasons", std::move(detail), {}, {}, {}};
}

}  // namespace

std::optional<ApiError> refusal_of(const Account& account, const ServerRequest& request) {
  if (account.key_revoked) {
    return ApiError{401,
                    "NOT_AUTHORIZED",
                    "Authentication credentials are missing or invalid.",
                    "Provide a properly configured and signed bearer token, and make sure that it has not expired.",
                    {},
                    {},
                    {}};
  }
  if (account.agreements_missing) {
    return ApiError{403,
                    "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED",
                    "A required agreement is missing or has expired.",
                    "This request requires an in-effect agreement that has not been signed or has expired.",
                    {},
                    {},
                    {}};
  }
  if (account.membership_lapsed) return forbidden("The team's Apple Developer Program membership has expired.");
  if (account.role_narrow && request.method != "GET")
    return forbidden("The API key in use does not allow this request");
  return std::nullopt;
}

std::optional<std::string> act_on_account(Model& model, AppRow& app, std::string_view action) {
  if (action == k_transfer || action == k_return) {
    app.of_another_team = action == k_transfer;
    return fmt::format("app-store/{} {} the key's team", app.bundle_id, app.of_another_team ? "left" : "is back in");
  }
  const auto act =
      std::find_if(k_acts.begin(), k_acts.end(), [&](const AccountAct& one) { return one.action == action; });
  if (act == k_acts.end()) return std::nullopt;
  model.account.*(act->what) = act->becomes;
  return fmt::format("app-store/account {}", act->told);
}

std::string account_actions() {
  std::vector<std::string> words;
  for (const auto& act : k_acts) words.emplace_back(act.action);
  words.emplace_back(k_transfer);
  words.emplace_back(k_return);
  return join(words, ", ");
}

}  // namespace train::sandbox::app_store
