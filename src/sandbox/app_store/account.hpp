// What stands between a good token and an answer: the account behind the key. People change it in App Store Connect;
// every request is held to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app_store/json.hpp"

namespace train::sandbox::app_store {

// What Apple answers instead, before it looks at anything else; nullopt: nothing stands in the way.
std::optional<ApiError> refusal_of(const Account& account, const ServerRequest& request);

// A person's act on the account or on whose app it is, as the change it made; nullopt: `action` is none of these.
//   revoke_key renew_key narrow_role widen_role expire_agreements sign_agreements lapse_membership renew_membership
//   transfer_app return_app
std::optional<std::string> act_on_account(Model& model, AppRow& app, std::string_view action);

// "revoke_key, renew_key, …", for people.
std::string account_actions();

}  // namespace train::sandbox::app_store
