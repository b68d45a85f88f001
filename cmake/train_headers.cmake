# Precompiled headers: the slow ones, once for everything that uses the same set. They save time and allow nothing: the
# layering test reads the includes, and the preset `clang` builds without them, so that every file names what it uses.
set(TRAIN_PLAIN_HEADERS
    <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
    <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

function(train_header_set name)
  cmake_parse_arguments(ARG "" "" "LINKS;HEADERS;DEFINES" ${ARGN})
  file(WRITE "${PROJECT_BINARY_DIR}/${name}.cpp" "")
  add_library(${name} OBJECT "${PROJECT_BINARY_DIR}/${name}.cpp")
  target_link_libraries(${name} PRIVATE train_warnings fmt::fmt tl::expected ${ARG_LINKS})
  target_compile_definitions(${name} PRIVATE ${ARG_DEFINES})
  target_precompile_headers(${name} PRIVATE ${TRAIN_PLAIN_HEADERS} ${ARG_HEADERS})
endfunction()

set(TRAIN_JSON_HEADER "${CMAKE_CURRENT_LIST_DIR}/json/once.hpp")
add_library(train_json_once STATIC "${CMAKE_CURRENT_LIST_DIR}/json/once.cpp")
target_link_libraries(nlohmann_json::nlohmann_json INTERFACE train_json_once)

train_header_set(train_headers_plain)
train_header_set(train_headers_json LINKS nlohmann_json::nlohmann_json HEADERS "${TRAIN_JSON_HEADER}")

# Rooms whose private libraries include nlohmann/json share the set that has it.
function(train_use_headers target)
  if("nlohmann_json::nlohmann_json" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM train_headers_json)
  else()
    target_precompile_headers(${target} REUSE_FROM train_headers_plain)
  endif()
endfunction()
