#include "signing_fixture.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "train/base/digest.hpp"

namespace train::signing {

std::filesystem::path new_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "train-signing-XXXXXX").string();
  return ::mkdtemp(pattern.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(pattern);
}

std::filesystem::path made_once(const std::string& key,
                                const std::function<bool(const std::filesystem::path& directory)>& make) {
  namespace fs = std::filesystem;
  const auto shelf = fs::path(TRAIN_BINARY).parent_path() / "test-fixtures";
  const auto place = shelf / sha256_hex(key).substr(0, 16);
  std::error_code ignored;
  fs::create_directories(shelf, ignored);
  const int lock = ::open((place.string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0) return {};
  const auto unlock = [lock](const fs::path& answer) {
    ::close(lock);
    return answer;
  };
  if (fs::exists(place)) return unlock(place);
  const auto part = fs::path(place.string() + ".part");
  fs::remove_all(part, ignored);
  fs::create_directories(part, ignored);
  if (!make(part)) return unlock({});
  fs::rename(part, place, ignored);
  return unlock(ignored ? fs::path() : place);
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> SigningTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace train::signing
