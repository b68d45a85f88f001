// Rebuilds one archive as `train` does, and prints the seconds it took and the most anonymous memory (MiB) it had: what
// the process holds beyond the pages of files, which the system takes back when it likes.
// usage: STORE_PASSWORD=… bench_signing SOURCE OUT KEYSTORE VERSION BUILD       (.aab, .apk)
//        STORE_PASSWORD=… bench_signing SOURCE OUT IDENTITY VERSION BUILD [BUNDLE_ID=PROFILE …]       (.ipa)
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "train/signing/signer.hpp"

namespace {

// From the kernel's own account of this process, in KiB.
long anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("RssAnon:", 0) == 0) return std::atol(line.c_str() + 8);
  }
  return 0;
}

class Watch {
 public:
  long stop() {
    going_ = false;
    thread_.join();
    return most_;
  }

 private:
  void run() {
    while (going_) {
      most_ = std::max(most_.load(), anonymous_kib());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::atomic<bool> going_{true};
  std::atomic<long> most_{0};
  std::thread thread_{[this] { run(); }};
};

std::variant<train::AndroidKey, train::AppleIdentity> identity_of(const std::vector<std::string>& arguments,
                                                                  const char* password) {
  if (!arguments[0].ends_with(".ipa")) return train::AndroidKey{arguments[2], "", train::Secret(password)};
  train::AppleIdentity out{arguments[2], train::Secret(password), {}};
  for (std::size_t i = 5; i < arguments.size(); ++i) {
    const std::size_t middle = arguments[i].find('=');
    if (middle != std::string::npos) out.profiles[arguments[i].substr(0, middle)] = arguments[i].substr(middle + 1);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const char* password = std::getenv("STORE_PASSWORD");
  if (argc < 6 || password == nullptr) {
    fmt::print(stderr, "usage: STORE_PASSWORD=... {} SOURCE OUT KEYSTORE VERSION BUILD [BUNDLE_ID=PROFILE...]\n",
               argv[0]);
    return 2;
  }
  train::SigningOrder order;
  order.source = argv[1];
  order.out = argv[2];
  order.identity = identity_of(std::vector<std::string>(argv + 1, argv + argc), password);
  order.version = train::VersionName::parse(argv[4]).value_or(train::VersionName());
  order.build = train::BuildNumber::parse(argv[5]).value_or(train::BuildNumber());
  order.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Watch watch;
  const auto begin = std::chrono::steady_clock::now();
  const auto built = train::signing::make_signer()->rebuild(order);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const long most = watch.stop();
  if (!built) {
    fmt::print(stderr, "{}\n", built.error().text());
    return 1;
  }
  fmt::print("{:.3f} {:.1f}\n", took.count(), static_cast<double>(most) / 1024);
  for (const auto& finding : built->findings) {
    fmt::print(stderr, "{}: {}\n", finding.level == train::Finding::Level::note ? "note" : "warning", finding.text);
  }
  return 0;
}
