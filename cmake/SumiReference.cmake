# sumi_reference: the reference of all public headers and the pages of docs/ as HTML in <build>/reference/html. It is no part of
# the default build; where it was made, it is installed.
find_program(SUMI_DOXYGEN doxygen)
find_package(Python3 COMPONENTS Interpreter QUIET)
if(NOT SUMI_DOXYGEN OR NOT Python3_FOUND)
  return()
endif()

set(SUMI_MAKE_REFERENCE ${CMAKE_COMMAND} -E env DOXYGEN=${SUMI_DOXYGEN} PYTHON=${Python3_EXECUTABLE}
  ${PROJECT_SOURCE_DIR}/docs/reference/make ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${PROJECT_VERSION})
add_custom_target(sumi_reference COMMAND ${SUMI_MAKE_REFERENCE} ${PROJECT_BINARY_DIR}/reference
  COMMENT "Making the reference" VERBATIM)
add_dependencies(sumi_reference sumi_ops sumi_summary_ops)

if(SUMI_INSTALL)
  install(DIRECTORY ${PROJECT_BINARY_DIR}/reference/html DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
endif()
