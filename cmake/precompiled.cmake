# dj_precompile(<target>): the headers that nearly all files include, compiled once for the modules and once, with gmock, for the
# tests, instead of 3 s for each target. The carrier of a shared header defines no more than its users do, which is what compilers
# ask. OpenMP changes the language: a module that hides it has a header of its own.
set(DJ_COMMON_HEADERS
  <algorithm> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span> <string> <string_view>
  <unordered_map> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

function(dj_precompiled_carrier name)  # + LIBRARIES, HEADERS
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;HEADERS")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${name}.cpp CONTENT "// carries the precompiled header\n")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
  target_link_libraries(${name} PRIVATE fmt::fmt nlohmann_json::nlohmann_json Threads::Threads ${arg_LIBRARIES})
  target_compile_options(${name} PRIVATE ${DJ_WARNINGS})
  target_precompile_headers(${name} PRIVATE ${DJ_COMMON_HEADERS} ${arg_HEADERS})
endfunction()

if(DJ_PCH)
  dj_precompiled_carrier(dj_pch)
  if(BUILD_TESTING)
    dj_precompiled_carrier(dj_test_pch LIBRARIES GTest::gmock HEADERS <gmock/gmock.h>)
    target_compile_options(dj_test_pch PRIVATE ${DJ_TEST_FLAGS})
  endif()
endif()

function(dj_precompile target)  # + TEST, or HIDDEN_LIBRARIES
  cmake_parse_arguments(PARSE_ARGV 1 arg "TEST" "" "HIDDEN_LIBRARIES")
  if(NOT DJ_PCH)
    return()
  elseif("OpenMP::OpenMP_CXX" IN_LIST arg_HIDDEN_LIBRARIES)
    target_precompile_headers(${target} PRIVATE ${DJ_COMMON_HEADERS})
  elseif(arg_TEST)
    target_precompile_headers(${target} REUSE_FROM dj_test_pch)
  else()
    target_precompile_headers(${target} REUSE_FROM dj_pch)
  endif()
endfunction()
