#include "layering/rules.hpp"

#include <cstddef>
#include <regex>
#include <sstream>

#include "layering/source_text.hpp"
#include "train/base/text.hpp"

namespace train::layering {
namespace {

constexpr int k_function_lines_max = 70;
constexpr int k_file_lines_max = 500;

// A library's headers begin with `prefix` and belong to these rooms; in every one of them to .cpp files and private
// headers.
struct Home {
  std::string prefix;
  std::set<std::string> rooms;
};

const std::vector<Home>& homes() {
  static const std::vector<Home> all{
      {"curl/", {"http"}},
      {"openssl/", {"auth", "base", "event_log", "sandbox", "signing"}},
      {"yaml-cpp/", {"yaml"}},
      {"CLI/", {"cli"}},
      {"spdlog/", {"cli"}},
      {"date/", {"base"}},
      {"plist/", {"archives", "signing"}},
      {"libdeflate.h", {"zip"}},
      {"zlib.h", {"zip"}},
      {"nlohmann/",
       {"auth", "by_hand", "cli", "definition", "event_log", "flags", "notify", "rehearsal", "sandbox", "signals",
        "source", "stores/app_store", "stores/google_play"}},
  };
  return all;
}

std::string complaint(const SourceFile& file, int line, const std::string& what) {
  return file.path + ":" + std::to_string(line) + ": " + what;
}

bool is_public(const SourceFile& file) { return starts_with(file.path, "include/"); }

// The lines of the code (not of comments or literals) that match, each with what is wrong about it.
Complaints find_in_code(const SourceFile& file, const std::regex& pattern, const std::string& what) {
  Complaints found;
  int number = 0;
  for (const std::string& line : split(code_of(file.text), '\n')) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, pattern)) found.push_back(complaint(file, number, what + ": " + match.str()));
  }
  return found;
}

void collect(const std::string& room, std::set<std::string>& reached) {
  if (!reached.insert(room).second) return;
  const auto links = arrows().find(room);
  if (links == arrows().end()) return;
  for (const std::string& next : links->second) collect(next, reached);
}

}  // namespace

std::string room_of(std::string_view path) {
  for (const std::string_view top : {"include/train/", "src/", "train/"}) {
    if (starts_with(path, top)) {
      path.remove_prefix(top.size());
      break;
    }
  }
  const auto parts = split(path, '/');
  if (parts.size() == 1) return std::string(path.substr(0, path.find('.')));
  if (parts[0] != "stores") return parts[0];
  return "stores/" + parts[1].substr(0, parts[1].find('.'));
}

const std::map<std::string, std::set<std::string>>& arrows() {
  static const std::map<std::string, std::set<std::string>> all{
      {"base", {}},
      {"domain", {"base"}},
      {"yaml", {"base"}},
      {"definition", {"domain", "yaml"}},
      {"engine", {"domain"}},
      {"orders", {"engine"}},
      {"ports", {"domain"}},
      {"runner", {"engine", "ports"}},
      {"preflight", {"engine", "ports"}},
      {"http", {"base"}},
      {"auth", {"http"}},
      {"stores/app_store", {"ports", "auth"}},
      {"stores/google_play", {"ports", "auth"}},
      {"signals", {"ports", "auth"}},
      {"flags", {"ports", "auth"}},
      {"notify", {"ports", "auth"}},
      {"git", {"base"}},
      {"source", {"ports", "auth", "git"}},
      {"zip", {"base"}},
      {"archives", {"ports", "zip"}},
      {"signing", {"archives"}},
      {"event_log", {"ports", "git"}},
      {"sandbox", {"domain"}},
      {"by_hand", {"runner", "orders"}},
      {"rehearsal", {"by_hand", "definition", "sandbox"}},
      {"cli",
       {"rehearsal", "preflight", "event_log", "stores/app_store", "stores/google_play", "signals", "flags", "notify",
        "source", "archives", "signing"}},
      {"main", {"cli"}},
  };
  return all;
}

std::map<std::string, std::set<std::string>> arrows_in_cmake(std::string_view text) {
  static const std::regex call(R"(train_room\(([^)]*)\))");
  const std::string whole(text);
  std::map<std::string, std::set<std::string>> found;
  for (std::sregex_iterator at(whole.begin(), whole.end(), call), end; at != end; ++at) {
    std::istringstream words((*at)[1].str());
    std::string room;
    words >> room;
    auto& links = found[room];
    bool in_links = false;
    for (std::string word; words >> word;) {
      if (word == "LINKS" || word == "PRIVATE") {
        in_links = word == "LINKS";
      } else if (in_links && word.find("::") == std::string::npos) {
        links.insert(word);
      }
    }
  }
  return found;
}

std::set<std::string> reachable(const std::string& room) {
  std::set<std::string> reached;
  collect(room, reached);
  return reached;
}

Complaints check_arrows(const SourceFile& file) {
  const std::string room = room_of(file.path);
  if (arrows().count(room) == 0) return {complaint(file, 1, "room '" + room + "' is not on the map")};
  const auto allowed = reachable(room);
  Complaints found;
  for (const Include& include : includes_of(file.text)) {
    if (include.path.find("..") != std::string::npos) {
      found.push_back(complaint(file, include.line, "climbs out of its folder: " + include.path));
    } else if (starts_with(include.path, "train/") && allowed.count(room_of(include.path)) == 0) {
      found.push_back(complaint(file, include.line, room + " may not include " + include.path));
    } else if (include.quoted && !starts_with(include.path, "train/") && is_public(file)) {
      found.push_back(complaint(file, include.line, "a private header in include/: " + include.path));
    }
  }
  return found;
}

Complaints check_third_party(const SourceFile& file) {
  const std::string room = room_of(file.path);
  Complaints found;
  for (const Include& include : includes_of(file.text)) {
    for (const Home& home : homes()) {
      if (starts_with(include.path, home.prefix) && home.rooms.count(room) == 0) {
        found.push_back(complaint(file, include.line, include.path + " has no home in " + room));
      }
    }
    const bool ours_or_standard = starts_with(include.path, "train/") || include.path.find('/') == std::string::npos;
    if (is_public(file) && !ours_or_standard && include.path != "tl/expected.hpp") {
      found.push_back(complaint(file, include.line, "a third-party header in include/: " + include.path));
    }
  }
  return found;
}

Complaints check_sizes(const SourceFile& file) {
  Complaints found;
  if (const int lines = lines_of(file.text); lines > k_file_lines_max) {
    found.push_back(
        complaint(file, lines, std::to_string(lines) + " lines, at most " + std::to_string(k_file_lines_max)));
  }
  for (const Function& function : functions_of(file.text)) {
    if (function.length <= k_function_lines_max) continue;
    found.push_back(complaint(file, function.line,
                              function.head + " has " + std::to_string(function.length) + " lines, at most " +
                                  std::to_string(k_function_lines_max)));
  }
  return found;
}

Complaints check_purity(const SourceFile& file) {
  static const std::set<std::string> pure{"engine", "orders"};
  const std::string room = room_of(file.path);
  if (pure.count(room) == 0) return {};
  static const std::regex impure(
      R"(_clock::now|\bstd::(cout|cerr|clog|[io]?fstream|thread|random_device|mt19937)|\bgetenv\b|\bnlohmann\b|\btime\(nullptr\))");
  Complaints found = find_in_code(file, impure, room + " is pure");
  static const std::set<std::string> headers{"iostream", "fstream", "thread",  "mutex",
                                             "random",   "cstdio",  "cstdlib", "future"};
  for (const Include& include : includes_of(file.text)) {
    if (headers.count(include.path) > 0)
      found.push_back(complaint(file, include.line, room + " is pure: " + include.path));
  }
  return found;
}

Complaints check_printing(const SourceFile& file) {
  const std::string room = room_of(file.path);
  if (room == "cli" || room == "main") return {};
  static const std::regex printing(
      R"(\bstd::(cout|cerr|clog)\b|\b(fmt::print|std::puts|v?f?printf|fputs|perror)\s*\()");
  return find_in_code(file, printing, "only cli prints");
}

std::vector<std::string> links_of(std::string_view markdown) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  static const std::regex elsewhere(R"(^([a-z]+:|#))");
  const std::string text(markdown);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
    const std::string target = (*at)[1];
    if (!std::regex_search(target, elsewhere)) found.push_back(target.substr(0, target.find('#')));
  }
  return found;
}

}  // namespace train::layering
