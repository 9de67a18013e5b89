# dj::lexbor, the parser of HTML, compiled from the sources that come with the Python package selectolax, by which Data-Juicer
# reads HTML: Debian 12 has no package of it, and another version reads some documents differently.
set(lexbor ${DJ_DEPS_DIR}/lexbor)
if(NOT EXISTS ${lexbor}/source/lexbor/html/html.h)
  message(FATAL_ERROR "lexbor not found in ${lexbor}. Run tools/setup.sh.")
endif()
file(GLOB_RECURSE lexbor_sources ${lexbor}/source/lexbor/*.c)
add_library(dj_lexbor STATIC ${lexbor_sources})
add_library(dj::lexbor ALIAS dj_lexbor)
target_compile_definitions(dj_lexbor PUBLIC LEXBOR_STATIC)
target_include_directories(dj_lexbor SYSTEM PUBLIC ${lexbor}/source)
set_target_properties(dj_lexbor PROPERTIES C_STANDARD 99 POSITION_INDEPENDENT_CODE ON)
target_compile_options(dj_lexbor PRIVATE -O3 -fvisibility=hidden -w)
