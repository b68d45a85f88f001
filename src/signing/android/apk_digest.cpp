#include "android/apk_digest.hpp"

#include "train/zip/records.hpp"

namespace train::signing {
namespace {

constexpr std::size_t k_chunk_bytes = 1u << 20;
constexpr char k_chunk_mark = '\xa5';
constexpr char k_top_mark = '\x5a';

std::vector<std::string_view> chunks_of(const ApkSections& sections) {
  std::vector<std::string_view> out;
  for (std::string_view rest : {sections.entries, sections.directory, sections.end}) {
    while (!rest.empty()) {
      out.push_back(rest.substr(0, k_chunk_bytes));
      rest.remove_prefix(out.back().size());
    }
  }
  return out;
}

std::string head_of(char mark, std::uint64_t number) {
  std::string out(1, mark);
  zip::put_u32(out, number);
  return out;
}

}  // namespace

ApkSections apk_sections(const zip::Package& package, std::uint64_t block_begin, std::string& end) {
  end = std::string(package.end());
  std::string offset;
  zip::put_u32(offset, block_begin);
  end.replace(16, 4, offset);
  return {package.bytes().substr(0, block_begin), package.directory(), end};
}

std::vector<std::string> apk_digests(const ApkSections& sections, const std::vector<Hash>& hashes) {
  const std::vector<std::string_view> chunks = chunks_of(sections);
  std::vector<std::vector<std::string>> of_chunks(hashes.size(), std::vector<std::string>(chunks.size()));
  in_parallel(chunks.size(), [&](std::size_t i) {
    const std::string head = head_of(k_chunk_mark, chunks[i].size());
    for (std::size_t h = 0; h < hashes.size(); ++h) of_chunks[h][i] = digest(hashes[h], head, chunks[i]);
  });
  std::vector<std::string> out;
  for (std::size_t h = 0; h < hashes.size(); ++h) {
    std::string top = head_of(k_top_mark, chunks.size());
    for (const std::string& one : of_chunks[h]) top += one;
    out.push_back(digest(hashes[h], top));
  }
  return out;
}

}  // namespace train::signing
