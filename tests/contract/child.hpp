// A program that runs beside a test, and what it says.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "train/base/error.hpp"

namespace train::contract {

class Child {
 public:
  // `words[0]` is looked up in PATH; its standard output and its errors are read together, by a thread of its own: a
  // full pipe would stop it. `name` is for errors. It ends with the test, however that ends; `farewell` is how it is
  // asked to.
  static Result<std::unique_ptr<Child>> start(std::string name, const std::vector<std::string>& words,
                                              int farewell = SIGKILL);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits, for minutes at the most, for a line that satisfies `wanted`; each line is shown to it once. The lines up to
  // there.
  Result<std::vector<std::string>> take_until(const std::function<bool(const std::string&)>& wanted);

 private:
  Child(std::string name, int farewell) : name_(std::move(name)), farewell_(farewell) {}
  Result<Done> spawn(const std::vector<std::string>& words);
  void listen();

  std::string name_;
  int farewell_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::thread listener_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::string> lines_;
  bool ended_ = false;
};

}  // namespace train::contract
