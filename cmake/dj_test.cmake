# dj_test(<file> [RANKS 1 2 4] [LABELS ...] [LIBS ...])   one test file as its own program, once per number of ranks
# dj_python_test(<file> [LABELS ...])                     a unittest file; gets DJ_BUILD_DIR and DJ_SOURCE_DIR
# dj_register_tests()                                     all of tests/, by folder: nobody edits CMake to add a test
#
# tests/<folder>/*_test.cpp become one program <folder>_tests, and one ctest entry per file (the program's --file option).
# tests/support/*_preload.cpp become <build>/tests/<name>.so for LD_PRELOAD, the other files there a library of all tests.
# *_mpi_test.cpp have their own program each; a line `// ranks: 1 2 4` in the file replaces that default.
set(DJ_TEST_TIMEOUT_SECONDS 120)
if(DJ_SANITIZE)
  set(DJ_TEST_TIMEOUT_SECONDS 600)
endif()
set(DJ_TEST_ENVIRONMENT
  "DJ_SOURCE_DIR=${PROJECT_SOURCE_DIR}" "DJ_BUILD_DIR=${PROJECT_BINARY_DIR}"
  "PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support" "PYTHONDONTWRITEBYTECODE=1"
  "OMPI_MCA_mpi_yield_when_idle=1" "OMPI_MCA_rmaps_base_oversubscribe=1"
  "OMPI_MCA_btl_vader_single_copy_mechanism=none"
  "OMPI_ALLOW_RUN_AS_ROOT=1" "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
  "ASAN_OPTIONS=detect_leaks=1:protect_shadow_gap=0" "UBSAN_OPTIONS=print_stacktrace=1"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0"
  "TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp"
  "OMP_TOOL_LIBRARIES=/usr/lib/llvm-14/lib/libarcher.so")

set(support ${PROJECT_SOURCE_DIR}/tests/support)
file(GLOB support_sources CONFIGURE_DEPENDS ${support}/*.cpp)
set(preloads ${support_sources})
list(FILTER preloads INCLUDE REGEX "_preload\\.cpp$")
list(FILTER support_sources EXCLUDE REGEX "(_main|_preload|/sanitizer_[a-z_]+)\\.cpp$")
foreach(source IN LISTS preloads)
  cmake_path(GET source STEM name)
  add_library(${name} MODULE ${source})
  target_compile_options(${name} PRIVATE ${DJ_WARNINGS})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endforeach()
if(support_sources)
  add_library(dj_test_support STATIC ${support_sources})
  target_link_libraries(dj_test_support PUBLIC dj::base GTest::gmock)
else()
  add_library(dj_test_support INTERFACE)
endif()

function(dj_test_program name)  # + sources, LIBS
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE ${DJ_WARNINGS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} dj_test_support GTest::gmock)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endfunction()

function(dj_test_properties name)  # + LABELS
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LABELS")
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${DJ_TEST_TIMEOUT_SECONDS} ENVIRONMENT "${DJ_TEST_ENVIRONMENT}")
endfunction()

function(dj_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "RANKS;LABELS;LIBS")
  cmake_path(ABSOLUTE_PATH file)
  cmake_path(GET file STEM name)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  set(program ${folder}_${name})
  if(NOT arg_RANKS)
    dj_test_program(${program} SOURCES ${file} ${support}/gtest_main.cpp LIBS ${arg_LIBS})
    add_test(NAME ${folder}/${name} COMMAND ${program})
    dj_test_properties(${folder}/${name} LABELS ${arg_LABELS})
    return()
  endif()
  dj_test_program(${program} SOURCES ${file} ${support}/gtest_mpi_main.cpp LIBS ${arg_LIBS} MPI::MPI_C)
  foreach(ranks IN LISTS arg_RANKS)
    set(entry ${folder}/${name}/${ranks})
    add_test(NAME ${entry} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:${program}>)
    dj_test_properties(${entry} LABELS ${arg_LABELS})
    set_tests_properties(${entry} PROPERTIES PROCESSORS ${ranks})
  endforeach()
endfunction()

function(dj_python_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LABELS")
  cmake_path(GET file STEM name)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  add_test(NAME ${folder}/${name} COMMAND ${Python3_EXECUTABLE} ${file} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  dj_test_properties(${folder}/${name} LABELS ${arg_LABELS})
  set_tests_properties(${folder}/${name} PROPERTIES PROCESSORS 2)
endfunction()

function(dj_label out folder fallback)
  set(label ${fallback})
  if(folder STREQUAL "recipes")
    set(label recipe)
  elseif(folder MATCHES "^(crash|cluster|cli|fuzz)$")
    set(label ${folder})
  endif()
  set(${out} ${label} PARENT_SCOPE)
endfunction()

# What the tests of a folder link: the module of that name, or everything.
function(dj_tested_library out folder)
  get_property(modules GLOBAL PROPERTY DJ_MODULES)
  set(library dj::cli)
  if(TARGET dj_${folder}_mpi)
    set(library dj::${folder} dj::${folder}_mpi)
  elseif(folder IN_LIST modules)
    set(library dj::${folder})
  endif()
  set(${out} ${library} PARENT_SCOPE)
endfunction()

function(dj_register_folder folder)
  set(root ${PROJECT_SOURCE_DIR}/tests/${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${root}/*_test.cpp)
  file(GLOB_RECURSE scripts CONFIGURE_DEPENDS ${root}/*_test.py)
  dj_tested_library(library ${folder})
  foreach(script IN LISTS scripts)
    dj_label(label ${folder} system)
    dj_python_test(${script} LABELS ${label})
  endforeach()

  set(serial ${sources})
  list(FILTER serial EXCLUDE REGEX "_mpi_test\\.cpp$")
  list(FILTER sources INCLUDE REGEX "_mpi_test\\.cpp$")
  foreach(source IN LISTS sources)
    set(ranks 1 2 4)
    file(STRINGS ${source} line REGEX "^// ranks: [0-9 ]+$" LIMIT_COUNT 1)
    if(line)
      string(REGEX MATCHALL "[0-9]+" ranks "${line}")
    endif()
    dj_label(label ${folder} mpi)
    dj_test(${source} RANKS ${ranks} LABELS ${label} LIBS ${library})
  endforeach()
  if(NOT serial)
    return()
  endif()
  dj_test_program(${folder}_tests SOURCES ${serial} ${support}/gtest_main.cpp LIBS ${library})
  dj_precompile(${folder}_tests)
  dj_label(label ${folder} unit)
  foreach(source IN LISTS serial)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${root} OUTPUT_VARIABLE path)
    string(REGEX REPLACE "\\.cpp$" "" name ${path})
    add_test(NAME ${folder}/${name} COMMAND ${folder}_tests --file=${folder}/${path})
    dj_test_properties(${folder}/${name} LABELS ${label})
  endforeach()
endfunction()

function(dj_register_tests)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/tests/*)
  foreach(folder IN LISTS folders)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/${folder} AND NOT folder STREQUAL "support")
      dj_register_folder(${folder})
    endif()
  endforeach()
endfunction()
