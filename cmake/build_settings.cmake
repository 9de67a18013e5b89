# Compiler, flags and places that every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

option(DJ_WERROR "Warnings are errors" ON)
option(DJ_PCH "Precompile the common headers" ON)
set(DJ_SANITIZE "" CACHE STRING "Sanitizers, for example address;undefined or thread")
# What all processors since 2013 (AVX2) have makes the scans a third faster; an older machine builds for itself. A program
# that meets a processor it was not built for says so (src/cli/processor_check.cpp).
set(default_arch "")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  include(CheckCXXSourceRuns)
  check_cxx_source_runs("int main() {
    __builtin_cpu_init();
    return __builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"bmi2\") && __builtin_cpu_supports(\"fma\") ? 0 : 1;
  }" DJ_HOST_HAS_AVX2)
  if(DJ_HOST_HAS_AVX2)
    set(default_arch x86-64-v3)
  else()
    set(default_arch x86-64-v2)
  endif()
endif()
set(DJ_ARCH "${default_arch}" CACHE STRING "-march of our own code; simdjson chooses at run time anyway")
set(DJ_DEPS_DIR ${PROJECT_SOURCE_DIR}/.deps CACHE PATH "Where tools/setup.sh unpacks Arrow and simdjson")

set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
if(DJ_ARCH)
  add_compile_options(-march=${DJ_ARCH})
endif()
add_compile_definitions(DJ_VERSION="${PROJECT_VERSION}")
# One answer on every machine: no fused multiply-add that only some processors have.
add_compile_options(-ffp-contract=off)
# A program needs only the libraries it calls: dj-tools then starts without libmpi.
add_link_options(-Wl,--as-needed)
if(DJ_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -D_GLIBCXX_ASSERTIONS")  # lines suffice for a report; a third less to compile
  list(JOIN DJ_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  if("address" IN_LIST DJ_SANITIZE)
    add_library(dj_keep_libraries OBJECT tests/support/sanitizer_keep_libraries.cpp)
    link_libraries($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_OBJECTS:dj_keep_libraries>>)
  endif()
endif()

# For our own code only; dependencies are SYSTEM.
# Designated initialisers leave fields out on purpose.
set(DJ_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of GCC 12's optimiser: the inline buffer of a moved std::string is taken for out of bounds (GCC bug 105651),
  # the value of an engaged std::optional for uninitialised (80635). The sanitizers look at the same things at run time.
  list(APPEND DJ_WARNINGS
    -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(DJ_WERROR)
  list(APPEND DJ_WARNINGS -Werror)
endif()

set(DJ_TEST_FLAGS -O0)  # tests need not run fast, but must compile fast

find_program(DJ_CCACHE ccache)
if(DJ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths let build folders and clones share the cache. The sloppiness is what ccache asks for where headers are
  # precompiled.
  set(ccache_base ${PROJECT_SOURCE_DIR})
  cmake_path(IS_PREFIX PROJECT_SOURCE_DIR ${PROJECT_BINARY_DIR} built_inside)
  if(NOT built_inside)
    set(ccache_base /)
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${ccache_base} CCACHE_NOHASHDIR=1 ${DJ_CCACHE})
endif()
