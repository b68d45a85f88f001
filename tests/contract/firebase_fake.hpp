// A small Firebase Remote Config: a program with Google's rules. One project, its versions, its ETag; templates are
// checked as strictly as the discovery document is written, and what each user would get can be asked.
#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"

namespace train::contract {

class FirebaseFake {
 public:
  using Template = nlohmann::ordered_json;
  explicit FirebaseFake(Template first);

  std::string url() const { return server_.url(""); }
  std::vector<testbed::SeenRequest> requests() const { return server_.requests(); }
  Template now() const;
  std::size_t versions() const;
  // What a user gets for whom these expressions hold, besides those that hold for everybody.
  std::string value_for(const std::string& parameter, const std::set<std::string>& expressions = {}) const;

  void refuse_expression(const std::string& expression);
  void publish_by_somebody(const Template& next);  // at once
  void publish_before_next(const Template& next);  // between the next check and the publish that follows it
  enum class Loss { after_effect, before_effect };
  void lose_next_publish(Loss loss);
  void answer_next_publish(int status, const std::string& headers);
  void revoke_token();  // the one that was given out; the next one is good

 private:
  testbed::Reply answer_to(const testbed::SeenRequest& request);
  testbed::Reply get(const std::string& query) const;
  testbed::Reply put(const testbed::SeenRequest& request, const std::string& query);
  testbed::Reply roll_back(const testbed::SeenRequest& request);
  std::string why_invalid(const Template& next) const;
  testbed::Reply template_answer(const Template& content, std::size_t version, const std::string& etag) const;
  std::string etag() const;
  void publish(Template next);

  mutable std::mutex mutex_;
  std::vector<Template> versions_;  // version N is versions_[N - 1]
  std::set<std::string> refused_;
  std::vector<Template> waiting_;
  std::optional<Loss> loss_;
  std::optional<std::pair<int, std::string>> next_answer_;
  int token_ = 0;
  testbed::ScriptedServer server_;  // the last: it asks for all of these
};

}  // namespace train::contract
