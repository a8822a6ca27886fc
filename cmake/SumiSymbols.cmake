# What the shared libraries export stands in abi/libsumi_<module>.symbols, one name a line. The tests abi/<module>
# compare; the target sumi_symbols writes the lists anew.
if(NOT BUILD_SHARED_LIBS OR SUMI_SANITIZE)
  return()
endif()
add_custom_target(sumi_symbols)
get_property(modules GLOBAL PROPERTY SUMI_MODULES)
foreach(module ${modules})
  set(compare ${CMAKE_COMMAND} -D NM=${CMAKE_NM} -D LIBRARY=$<TARGET_FILE:sumi_${module}>
    -D LIST=${PROJECT_SOURCE_DIR}/abi/libsumi_${module}.symbols -D BUILD=${PROJECT_BINARY_DIR})
  set(script -P ${PROJECT_SOURCE_DIR}/cmake/compare_symbols.cmake)
  add_test(NAME ${prefix}abi/${module} COMMAND ${compare} ${script})
  set_tests_properties(${prefix}abi/${module} PROPERTIES LABELS abi)
  add_custom_command(TARGET sumi_symbols POST_BUILD COMMAND ${compare} -D WRITE=ON ${script} VERBATIM)
  add_dependencies(sumi_symbols sumi_${module})
endforeach()
