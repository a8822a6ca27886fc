# sumi_module(<name> [DIRECTORY <dir>] [EXCLUDE <regex>] [PUBLIC <targets>] [PRIVATE <targets>] [SOURCES <files>]
#   [OBJECTS <expressions>])
#
# Every .c file below the module's folder is compiled once and linked twice:
#   sumi_<name>_objects   what is compiled; flags and folders that only the module's own files need are set here
#   sumi_<name>           the library, shared or static, with the public functions (alias sumi::<name>)
#   sumi_<name>_inside    the same objects for tests that call private functions, and the folder of the private
#                         headers (alias sumi::<name>_inside); a program links one of the two, never both
#
# EXCLUDE leaves out files whose path below the folder matches. OBJECTS are compiled elsewhere and linked into both.
#
# Public headers are those in <dir>/include; files see their own module's folder and, through link targets only, the
# public headers of the modules below.
function(sumi_module name)
  cmake_parse_arguments(ARG "" "DIRECTORY;EXCLUDE" "PUBLIC;PRIVATE;SOURCES;OBJECTS" ${ARGN})
  if(NOT ARG_DIRECTORY)
    set(ARG_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(GLOB_RECURSE sources RELATIVE ${ARG_DIRECTORY} CONFIGURE_DEPENDS ${ARG_DIRECTORY}/*.c)
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${ARG_EXCLUDE})
  endif()
  list(TRANSFORM sources PREPEND ${ARG_DIRECTORY}/)
  set(target sumi_${name})
  set(public_headers $<BUILD_INTERFACE:${ARG_DIRECTORY}/include>)

  add_library(${target}_objects OBJECT ${sources} ${ARG_SOURCES})
  target_include_directories(${target}_objects
    PRIVATE ${ARG_DIRECTORY} ${ARG_DIRECTORY}/include ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${target}_objects PRIVATE ${ARG_PUBLIC} ${ARG_PRIVATE} sumi_options)

  add_library(${target} $<TARGET_OBJECTS:${target}_objects> ${ARG_OBJECTS})
  add_library(sumi::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${public_headers} $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name} OUTPUT_NAME sumi_${name} VERSION ${SUMI_SOVERSION}.${PROJECT_VERSION} SOVERSION ${SUMI_SOVERSION})

  add_library(${target}_inside STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${target}_objects> ${ARG_OBJECTS})
  add_library(sumi::${name}_inside ALIAS ${target}_inside)
  target_include_directories(${target}_inside PUBLIC ${ARG_DIRECTORY} ${public_headers})

  foreach(library ${target} ${target}_inside)
    target_link_libraries(${library} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:sumi_options>)
    set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
  endforeach()
  set_property(GLOBAL APPEND PROPERTY SUMI_MODULES ${name})
  set_property(GLOBAL APPEND PROPERTY SUMI_INCLUDE_DIRECTORIES ${ARG_DIRECTORY}/include)
endfunction()
