# dj_test_program(<name> SOURCES ... LIBS ... LABELS ...)        a program of tests in <build>/tests
# dj_mpi_test(<file> RANKS 1 2 4 LABELS ... LIBS ...)            one file as its own program, one ctest entry per number of ranks
# dj_python_test(<file> LABELS ...)                              a unittest file; gets DJ_BUILD_DIR and DJ_SOURCE_DIR
# test_tree.cmake calls them for all of tests/.
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
  "UBSAN_OPTIONS=print_stacktrace=1"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0"
  "TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp"
  "OMP_TOOL_LIBRARIES=/usr/lib/llvm-14/lib/libarcher.so")

# Where DJ_MPI has chosen among several MPIs, tests that say `mpirun` mean its own.
set(DJ_TEST_PATH "")
if(MPI_EXECUTABLE_SUFFIX)
  find_program(DJ_MPIRUN mpirun${MPI_EXECUTABLE_SUFFIX} REQUIRED)
  set(DJ_TEST_PATH ${PROJECT_BINARY_DIR}/tests/bin)
  file(MAKE_DIRECTORY ${DJ_TEST_PATH})
  file(CREATE_LINK ${DJ_MPIRUN} ${DJ_TEST_PATH}/mpirun SYMBOLIC)
endif()

set(support ${PROJECT_SOURCE_DIR}/tests/support)
file(GLOB support_sources CONFIGURE_DEPENDS ${support}/*.cpp)
set(preloads ${support_sources})
list(FILTER preloads INCLUDE REGEX "_preload\\.cpp$")
list(FILTER support_sources EXCLUDE REGEX "(_main|_preload|/sanitizer_[a-z_]+)\\.cpp$")
foreach(source IN LISTS preloads)
  cmake_path(GET source STEM name)
  add_library(${name} MODULE ${source})
  # It is loaded into programs that have no sanitizer, or bring their own.
  target_compile_options(${name} PRIVATE ${DJ_WARNINGS} -fno-sanitize=all)
  target_link_options(${name} PRIVATE -fno-sanitize=all)
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endforeach()
if(support_sources)
  add_library(dj_test_support STATIC ${support_sources})
  target_compile_options(dj_test_support PRIVATE ${DJ_WARNINGS} ${DJ_TEST_FLAGS})
  target_include_directories(dj_test_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
  dj_precompile(dj_test_support TEST)
  target_link_libraries(dj_test_support PUBLIC dj::base GTest::gmock PRIVATE dj::zstd)
else()
  add_library(dj_test_support INTERFACE)
endif()

add_library(dj_gtest_main OBJECT ${support}/gtest_main.cpp)
add_library(dj_gtest_mpi_main OBJECT ${support}/gtest_mpi_main.cpp)
target_link_libraries(dj_gtest_mpi_main PRIVATE MPI::MPI_C)
foreach(main dj_gtest_main dj_gtest_mpi_main)
  target_compile_options(${main} PRIVATE ${DJ_WARNINGS} ${DJ_TEST_FLAGS})
  target_link_libraries(${main} PRIVATE dj::base PUBLIC GTest::gmock)
  dj_precompile(${main} TEST)
endforeach()

# What the sanitizers build within minutes, by label; see test_tree.cmake.
add_custom_target(memory_tests)
add_custom_target(threads_tests)

function(dj_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS;LABELS")
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE ${DJ_WARNINGS} ${DJ_TEST_FLAGS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} dj_test_support GTest::gmock)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  dj_precompile(${name} TEST)
  foreach(label IN ITEMS memory threads)
    if(label IN_LIST arg_LABELS)
      add_dependencies(${label}_tests ${name})
    endif()
  endforeach()
endfunction()

function(dj_test_properties name)  # + LABELS
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LABELS")
  set(asan_options "detect_leaks=1:protect_shadow_gap=0")
  # Open MPI's libraries have no frame pointers: only the slow unwinder finds who is to blame for their leaks.
  if(name MATCHES "_mpi_test/" OR NOT name MATCHES "^(base|text|spec|data|format|ops|plan|events|storage|recipe|report)/")
    string(APPEND asan_options ":fast_unwind_on_malloc=0")
  endif()
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${DJ_TEST_TIMEOUT_SECONDS}
    ENVIRONMENT "${DJ_TEST_ENVIRONMENT};ASAN_OPTIONS=${asan_options}")
  if(DJ_TEST_PATH)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:${DJ_TEST_PATH}")
  endif()
endfunction()

function(dj_mpi_test file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "RANKS;LABELS;LIBS")
  cmake_path(GET file STEM name)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME folder)
  set(program ${folder}_${name})
  dj_test_program(${program} SOURCES ${file} LIBS ${arg_LIBS} dj_gtest_mpi_main MPI::MPI_C
    LABELS ${arg_LABELS})
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
  # A system test starts many jobs; a cluster test owns the machine's network bridge and Slurm's ports.
  math(EXPR seconds "${DJ_TEST_TIMEOUT_SECONDS} * 5")
  set_tests_properties(${folder}/${name} PROPERTIES TIMEOUT ${seconds})
  if("cluster" IN_LIST arg_LABELS)
    set_tests_properties(${folder}/${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()
