# sumi_module(<name> [DIRECTORY <dir>] [EXCLUDE <regex>] [PUBLIC <targets>] [PRIVATE <targets>])
#
# The library target sumi_<name> (alias sumi::<name>) made of every .c file below the module's folder. Public headers
# are those in <dir>/include; files see their own module's folder and, through link targets only, the public headers
# of the modules below.
function(sumi_module name)
  cmake_parse_arguments(ARG "" "DIRECTORY;EXCLUDE" "PUBLIC;PRIVATE;SOURCES" ${ARGN})
  if(NOT ARG_DIRECTORY)
    set(ARG_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ARG_DIRECTORY}/*.c)
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${ARG_EXCLUDE})
  endif()
  set(target sumi_${name})
  add_library(${target} ${sources} ${ARG_SOURCES})
  add_library(sumi::${name} ALIAS ${target})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${ARG_DIRECTORY}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${ARG_DIRECTORY} ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:sumi_options>)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} OUTPUT_NAME sumi_${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  set_property(GLOBAL APPEND PROPERTY SUMI_MODULES ${name})
  set_property(GLOBAL APPEND PROPERTY SUMI_INCLUDE_DIRECTORIES ${ARG_DIRECTORY}/include)
endfunction()
