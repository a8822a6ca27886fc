# Defines sumi::onednn where a oneDNN is there of version 2 or 3 (kernels/onednn_api.h). By file, because its own CMake package asks for OpenCL's headers, which Sumi
# has no use for. Installed beside sumiConfig.cmake, which needs it for static libraries.
find_library(SUMI_ONEDNN_LIBRARY dnnl)
find_path(SUMI_ONEDNN_INCLUDE_DIR oneapi/dnnl/dnnl.h)
mark_as_advanced(SUMI_ONEDNN_LIBRARY SUMI_ONEDNN_INCLUDE_DIR)
set(SUMI_ONEDNN_MAJOR "")
if(EXISTS "${SUMI_ONEDNN_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h")
  file(STRINGS "${SUMI_ONEDNN_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h" version REGEX "define DNNL_VERSION_MAJOR")
  string(REGEX REPLACE "[^0-9]" "" SUMI_ONEDNN_MAJOR "${version}")
endif()
if(SUMI_ONEDNN_LIBRARY AND SUMI_ONEDNN_MAJOR MATCHES "^[23]$" AND NOT TARGET sumi::onednn)
  add_library(sumi::onednn UNKNOWN IMPORTED)
  set_target_properties(sumi::onednn PROPERTIES
    IMPORTED_LOCATION ${SUMI_ONEDNN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SUMI_ONEDNN_INCLUDE_DIR})
endif()
