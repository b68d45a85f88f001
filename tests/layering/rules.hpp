// The rules of docs/architecture.md as functions of a file's path and text, so that each can be tried on a made-up
// file. Every complaint is "path:line: what is wrong".
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace train::layering {

struct SourceFile {
  std::string path;  // from the top of the tree, with forward slashes
  std::string text;
};
using Complaints = std::vector<std::string>;

// The room of a path below src/ or include/train/: "engine", "stores/app_store"; "main" for src/main.cpp.
std::string room_of(std::string_view path);

// Which rooms a room links, directly. This is the one place where the arrows are stated besides CMakeLists.txt.
const std::map<std::string, std::set<std::string>>& arrows();
// The same as CMakeLists.txt states them: the rooms after LINKS of every train_room(…).
std::map<std::string, std::set<std::string>> arrows_in_cmake(std::string_view text);
// What a room may include: itself and all that can be reached along the arrows.
std::set<std::string> reachable(const std::string& room);

Complaints check_arrows(const SourceFile& file);       // includes of other rooms, and of private headers
Complaints check_third_party(const SourceFile& file);  // each library in its rooms, none in include/
Complaints check_sizes(const SourceFile& file);        // functions of 70 lines, files of 500
Complaints check_purity(const SourceFile& file);    // engine, orders: no clock, stream, environment, disk, JSON, chance
Complaints check_printing(const SourceFile& file);  // only cli and main print

// Relative links of a Markdown file, without their #anchors.
std::vector<std::string> links_of(std::string_view markdown);

}  // namespace train::layering
