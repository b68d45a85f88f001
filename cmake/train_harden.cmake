# What makes a fault of memory harder to abuse, in every optimised build type, by GCC and by Clang: checked library calls
# (FORTIFY), a program that may lie anywhere (PIE), and tables that are read-only before it starts (full RELRO).
# scripts/hardening-check looks for them in the finished program.
option(TRAIN_HARDEN "Harden optimised builds: FORTIFY, PIE, full RELRO" ON)

add_compile_options(-fstack-protector-strong)
if(NOT TRAIN_HARDEN)
  return()
endif()

set(optimised "$<CONFIG:Release,RelWithDebInfo,MinSizeRel>")
# Some compilers define the level by themselves, and warn of a second one. A builder's own level stays. The sanitizers
# know the plain calls better than the checked ones.
string(TOUPPER "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE}}" own_flags)
if(NOT TRAIN_SANITIZE AND NOT own_flags MATCHES "_FORTIFY_SOURCE")
  add_compile_options("$<${optimised}:SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")
endif()
add_compile_options("$<${optimised}:-fPIE>")
add_link_options("$<${optimised}:SHELL:-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack>")
