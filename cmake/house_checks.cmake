# The rules of the house as tests (label house).
function(dj_house_check name)  # + arguments
  add_test(NAME house/${name}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_${name}.py ${ARGN}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(house/${name} PROPERTIES LABELS house TIMEOUT 60 SKIP_RETURN_CODE 77)
endfunction()

dj_house_check(layers ${PROJECT_BINARY_DIR}/generated/module_graph.txt)
dj_house_check(docs)
dj_house_check(budgets)
dj_house_check(format)
if(NOT DJ_SANITIZE)  # sanitizers add globals of their own
  dj_house_check(globals ${CMAKE_ARCHIVE_OUTPUT_DIRECTORY})
endif()
