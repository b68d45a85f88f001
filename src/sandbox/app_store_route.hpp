// A row of the built-in App Store's route table.
#pragma once

#include <string_view>
#include <vector>

#include "app_store_handlers.hpp"

namespace train::sandbox::app_store {

struct Route {
  std::string_view method;
  std::string_view pattern;
  QueryRule query;
  Handled (*handle)(Call&);
};

std::vector<Route> testflight_routes();  // app_store_testflight_calls.cpp

}  // namespace train::sandbox::app_store
