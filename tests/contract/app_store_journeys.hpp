// Every way of a release that the client knows, each from a fresh store: the full one, its refusals, and what a person
// does in between. Who watches them holds what was sent and answered against Apple's description.
#pragma once

#include <string>
#include <vector>

#include "app_store_bench.hpp"

namespace train::contract {

struct Journey {
  std::string name;
  void (*travel)(AppStoreBench& bench);
};
const std::vector<Journey>& app_store_journeys();

void listen_and_measure(AppStoreBench& bench);  // app_store_feedback_journey.cpp

}  // namespace train::contract
