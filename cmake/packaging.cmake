# cmake --install: programs in bin/, licences in share/doc/, and in lib/ the Arrow libraries that came with the build, found by
# $ORIGIN. Libraries of the machine outside its standard folders (an MPI from modules, say) are found where they were at build time.
get_property(programs GLOBAL PROPERTY DJ_PROGRAMS)
if(programs)
  set_target_properties(${programs} PROPERTIES
    INSTALL_RPATH "$ORIGIN/../lib" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ${programs} RUNTIME DESTINATION bin)
endif()
if(DJ_ARROW_BUNDLE)
  install(PROGRAMS ${DJ_ARROW_BUNDLE} DESTINATION lib)
endif()
# The word lists are compiled in: their licences go where the program goes.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/share/words/LICENSE.stopwords-iso
  ${PROJECT_SOURCE_DIR}/share/words/LICENSE.naughty-words DESTINATION share/doc/dj-mpi)
install(FILES ${PROJECT_SOURCE_DIR}/share/words/README.md DESTINATION share/doc/dj-mpi RENAME word-lists.md)
