#include "upload_name.hpp"

#include <algorithm>

#include "train/base/text.hpp"

namespace train::stores::app_store {
namespace {

constexpr std::string_view k_mark = ".train-";
constexpr std::string_view k_ipa = ".ipa";
constexpr std::size_t k_digits = 16;
constexpr std::size_t k_stem_most = 100;

}  // namespace

std::string upload_name(const std::filesystem::path& artifact, std::string_view sha256) {
  std::string stem = artifact.stem().string().substr(0, k_stem_most);
  const auto odd = [](unsigned char c) { return c < 0x21 || c > 0x7e || c == '"' || c == '\\' || c == '/'; };
  std::replace_if(stem.begin(), stem.end(), odd, '_');
  return stem + std::string(k_mark) + std::string(sha256.substr(0, k_digits)) + std::string(k_ipa);
}

std::optional<std::string> digest_in(std::string_view name) {
  const auto tail = k_mark.size() + k_digits + k_ipa.size();
  if (name.size() < tail || name.substr(name.size() - k_ipa.size()) != k_ipa) return std::nullopt;
  const auto mark = name.substr(name.size() - tail);
  if (!starts_with(mark, k_mark)) return std::nullopt;
  const auto digits = mark.substr(k_mark.size(), k_digits);
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  return std::string(digits);
}

}  // namespace train::stores::app_store
