# dj::arrow: Arrow and Parquet, from an installation (conda, spack, modules), else from the pyarrow wheel in DJ_DEPS_DIR.
find_package(Arrow QUIET CONFIG)
find_package(Parquet QUIET CONFIG)
add_library(dj_arrow INTERFACE)
add_library(dj::arrow ALIAS dj_arrow)
set(DJ_ARROW_BUNDLE "")  # what `cmake --install` must take along

if(Arrow_FOUND AND Parquet_FOUND)
  message(STATUS "Arrow ${Arrow_VERSION}: ${Arrow_DIR}")
  target_link_libraries(dj_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
  return()
endif()

set(wheel ${DJ_DEPS_DIR}/pyarrow)
file(GLOB arrow_so ${wheel}/libarrow.so.[0-9]*)
file(GLOB parquet_so ${wheel}/libparquet.so.[0-9]*)
if(NOT arrow_so OR NOT parquet_so)
  message(FATAL_ERROR "Arrow not found: neither an installed ArrowConfig.cmake nor ${wheel}. Run tools/setup.sh.")
endif()
message(STATUS "Arrow: ${arrow_so}")
foreach(library arrow parquet)
  add_library(dj_dep_${library} SHARED IMPORTED)
  set_target_properties(dj_dep_${library} PROPERTIES
    IMPORTED_LOCATION ${${library}_so}
    INTERFACE_INCLUDE_DIRECTORIES ${wheel}/include)
endforeach()
target_link_libraries(dj_dep_parquet INTERFACE dj_dep_arrow)
target_link_libraries(dj_arrow INTERFACE dj_dep_parquet dj_dep_arrow)
set(DJ_ARROW_BUNDLE ${arrow_so} ${parquet_so})
