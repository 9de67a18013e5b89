# dj::simdjson, compiled from the amalgamation. libparquet exports a simdjson of its own: another namespace and hidden
# symbols keep the two apart.
set(amalgamation ${DJ_DEPS_DIR}/simdjson)
if(NOT EXISTS ${amalgamation}/simdjson.cpp)
  message(FATAL_ERROR "simdjson not found in ${amalgamation}. Run tools/setup.sh.")
endif()
add_library(dj_simdjson STATIC ${amalgamation}/simdjson.cpp)
add_library(dj::simdjson ALIAS dj_simdjson)
target_compile_definitions(dj_simdjson PUBLIC simdjson=simdjson_dj)
target_include_directories(dj_simdjson SYSTEM PUBLIC ${amalgamation})
# Fast in every build but the instrumented ones, where -O3 would take a minute to compile.
set(simdjson_flags -O3)
if(DJ_SANITIZE)
  set(simdjson_flags -O1 -fno-sanitize=undefined)
endif()
target_compile_options(dj_simdjson PRIVATE ${simdjson_flags} -fvisibility=hidden -w)
