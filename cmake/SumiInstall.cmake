# Umbrella target, installation, the CMake package and pkg-config files: one of each for every module.
include(CMakePackageConfigHelpers)

add_library(sumi INTERFACE)
add_library(sumi::sumi ALIAS sumi)
target_link_libraries(sumi INTERFACE sumi_summary_graph sumi_summary sumi_tensor sumi_render sumi_events sumi_base)
set_target_properties(sumi PROPERTIES EXPORT_NAME sumi)

get_property(modules GLOBAL PROPERTY SUMI_MODULES)
get_property(include_directories GLOBAL PROPERTY SUMI_INCLUDE_DIRECTORIES)
foreach(directory ${include_directories})
  install(DIRECTORY ${directory}/sumi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
endforeach()
set(targets sumi)
foreach(module ${modules})
  list(APPEND targets sumi_${module})
endforeach()
install(TARGETS ${targets} EXPORT sumiTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
set_target_properties(${targets} PROPERTIES INSTALL_RPATH "$ORIGIN")

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/sumi)
install(EXPORT sumiTargets NAMESPACE sumi:: DESTINATION ${package_directory})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sumiConfig.cmake.in ${PROJECT_BINARY_DIR}/sumiConfig.cmake
  INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sumiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sumiConfig.cmake ${PROJECT_BINARY_DIR}/sumiConfigVersion.cmake
  DESTINATION ${package_directory})

# sumi_pkg_config(<file> <library or ""> <required modules> <private requirements> <description>)
function(sumi_pkg_config file library requires private description)
  set(libs "")
  if(library)
    set(libs "-L\${libdir} -l${library}")
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${file}.pc CONTENT [[
prefix=@CMAKE_INSTALL_PREFIX@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: @file@
Description: @description@
Version: @PROJECT_VERSION@
Requires: @requires@
Requires.private: @private@
Libs: @libs@
Cflags: -I${includedir}
]] @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

sumi_pkg_config(sumi-base sumi_base "" "" "Status codes, memory and views that the other modules share")
sumi_pkg_config(sumi-events sumi_events "sumi-base" "libprotobuf-c" "TensorBoard event files")
sumi_pkg_config(sumi-render sumi_render "sumi-base" "cairo pangocairo libpng zlib" "Labelled prediction pictures")
sumi_pkg_config(sumi-tensor sumi_tensor "sumi-base" "openblas" "Tensor and training engine")
sumi_pkg_config(sumi-summary sumi_summary "sumi-events sumi-render" "" "Training-run logging for TensorBoard")
sumi_pkg_config(sumi-summary-graph sumi_summary_graph "sumi-summary sumi-tensor" "" "Summary ops in graphs")
sumi_pkg_config(sumi "" "sumi-summary-graph" "" "Everything: engine, pictures, event files")
