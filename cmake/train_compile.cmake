# How everything is compiled: C++20, optimised where nothing else is asked for, hardened where it is optimised, ccache when
# it is there. Warnings are errors in the presets: another compiler, or another level of optimisation, warns of other things.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

find_program(TRAIN_CCACHE ccache)
if(TRAIN_CCACHE)
  # Precompiled headers are only cached when ccache is told that their macros and times do not matter. It reads the list of
  # headers the compiler writes anyway (CCACHE_DEPEND), where it would preprocess each file once more.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 "${TRAIN_CCACHE}")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
endif()

option(TRAIN_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(TRAIN_FUZZ "Build the fuzz targets with libFuzzer, and everything so that it can follow them (Clang)" OFF)
option(TRAIN_FAULTS "Build so that the simulation can put mended faults back (docs/simulation.md); never for use" OFF)
set(TRAIN_TEST_FLAGS "" CACHE STRING "How the tests are compiled after what the build type says, such as -O0")
option(TRAIN_WERROR "Treat warnings as errors (the presets do)" OFF)

if(TRAIN_FAULTS)
  add_compile_definitions(TRAIN_FAULTS)
endif()

add_library(train_warnings INTERFACE)
target_compile_options(train_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                                -Wimplicit-fallthrough -Wswitch-enum -Wno-missing-field-initializers)
if(TRAIN_WERROR)
  target_compile_options(train_warnings INTERFACE -Werror)
endif()

# Built in batches (CMAKE_UNITY_BUILD), GCC takes what a file keeps to itself for something of a header's.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-subobject-linkage)
endif()
# The linker of LLVM is several times faster than the default, where it is there.
find_program(TRAIN_LLD ld.lld)
if(TRAIN_LLD)
  add_link_options(-fuse-ld=lld)
endif()

include(train_harden)
if(TRAIN_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(TRAIN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
