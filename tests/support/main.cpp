// The main of every test program. Run by ctest a program is quiet (--gtest_brief=1) and runs many tests: this says by
// name what was skipped, which .ci/run reads, and in which test the program was when it hung or died. It starts each
// program without the variables that `train` reads: a CI runner sets some of them, and answers would differ there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string current_test;  // NOLINT: read by a signal's handler

void say_where(int signal) {
  const auto say = [](const char* text) { (void)!::write(STDERR_FILENO, text, std::strlen(text)); };
  say(signal == SIGALRM ? "\n[  FAILED  ] took too long: " : "\n[  FAILED  ] died in: ");
  say(current_test.c_str());
  say("\n");
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

class Names : public testing::EmptyTestEventListener {
 public:
  Names(unsigned seconds_each, bool brief) : seconds_each_(seconds_each), brief_(brief) {}

  void OnTestStart(const testing::TestInfo& test) override {
    current_test = std::string(test.test_suite_name()) + "." + test.name();
    ::alarm(seconds_each_);
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    ::alarm(0);
    if (brief_ && test.result()->Skipped()) std::printf("[  SKIPPED ] %s\n", current_test.c_str());
  }

 private:
  unsigned seconds_each_;  // 0: no bound
  bool brief_;
};

void forget_what_train_reads() {
  for (const char* name : {"CI", "NO_COLOR", "TRAIN_AS", "TRAIN_CLOCK", "TRAIN_LOG", "TRAIN_STATE"}) ::unsetenv(name);
}

}  // namespace

int main(int argc, char** argv) {
  forget_what_train_reads();
  testing::InitGoogleTest(&argc, argv);
  const char* seconds = std::getenv("TRAIN_SECONDS_A_TEST");
  testing::UnitTest::GetInstance()->listeners().Append(
      new Names(seconds ? static_cast<unsigned>(std::atoi(seconds)) : 0, testing::GTEST_FLAG(brief)));
  ::signal(SIGALRM, say_where);
  ::signal(SIGABRT, say_where);
#if !defined(__SANITIZE_ADDRESS__)
  ::signal(SIGSEGV, say_where);  // a sanitizer says more about it
#endif
  return RUN_ALL_TESTS();
}
