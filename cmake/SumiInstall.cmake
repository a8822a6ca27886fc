# Headers, libraries, the CMake package, pkg-config files (SumiPkgConfig), and what people read.
include(CMakePackageConfigHelpers)
include(SumiPkgConfig)

get_property(modules GLOBAL PROPERTY SUMI_MODULES)
get_property(include_directories GLOBAL PROPERTY SUMI_INCLUDE_DIRECTORIES)
foreach(directory ${include_directories})
  install(DIRECTORY ${directory}/sumi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
endforeach()
list(TRANSFORM modules PREPEND sumi_ OUTPUT_VARIABLE targets)
set_target_properties(${targets} PROPERTIES INSTALL_RPATH "$ORIGIN")
install(TARGETS sumi ${targets} EXPORT sumiTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/sumi)
install(EXPORT sumiTargets NAMESPACE sumi:: DESTINATION ${package_directory})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sumiConfig.cmake.in ${PROJECT_BINARY_DIR}/sumiConfig.cmake
  INSTALL_DESTINATION ${package_directory} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sumiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sumiConfig.cmake ${PROJECT_BINARY_DIR}/sumiConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/SumiFindOneDNN.cmake DESTINATION ${package_directory})

file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md ${PROJECT_SOURCE_DIR}/*.md)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${pages} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/bindings/fortran/sumi.f90 DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/fortran)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  PATTERN "__pycache__" EXCLUDE)
foreach(section 1 3 7)
  file(GLOB manual CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.${section})
  install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
