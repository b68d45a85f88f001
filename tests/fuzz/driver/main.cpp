// What runs a fuzz target where there is no libFuzzer: once over each file that the arguments name, or that lies
// directly in a directory they name. libFuzzer's own options are let pass. No file at all is a failure: a corpus that
// was lost shows.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> inputs_of(const std::filesystem::path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    if (entry.is_regular_file()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool run_over(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "%s cannot be read\n", file.c_str());
    return false;
  }
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::printf("%s (%zu bytes)\n", file.c_str(), bytes.size());
  std::fflush(stdout);  // named, should this be the last thing it does
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  int ran = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).substr(0, 1) == "-") continue;
    const auto inputs = inputs_of(argv[i]);
    if (inputs.empty()) std::fprintf(stderr, "%s holds no file\n", argv[i]);
    for (const auto& file : inputs) {
      if (!run_over(file)) return 1;
      ++ran;
    }
  }
  return ran == 0 ? 1 : 0;
}
