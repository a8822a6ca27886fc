# sumi-<module>.pc for every module, and sumi.pc for all of them. The prefix is found from where the file stands, so an
# installation can be made anywhere and moved. Of a static build they name what the libraries need; a shared library
# brings that itself, and its users need none of those packages.

file(RELATIVE_PATH to_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")

# sumi_pc_path(<out> <directory>): as written into a .pc file
function(sumi_pc_path out directory)
  if(IS_ABSOLUTE "${directory}")
    set(${out} ${directory} PARENT_SCOPE)
  else()
    set(${out} "\${prefix}/${directory}" PARENT_SCOPE)
  endif()
endfunction()

# sumi_pkg_config(<module or ""> <description> [REQUIRES <modules>] [NEEDS <pkg-config modules>] [LIBS <linker arguments>])
function(sumi_pkg_config module description)
  cmake_parse_arguments(ARG "" "" "REQUIRES;NEEDS;LIBS" ${ARGN})
  set(name sumi)
  set(library "")
  if(module)
    string(REPLACE "_" "-" name "sumi-${module}")
    set(library "-L\${libdir} -lsumi_${module}")
  endif()
  set(private_packages "")
  set(private_libraries "")
  if(NOT BUILD_SHARED_LIBS)
    list(JOIN ARG_NEEDS " " private_packages)
    list(JOIN ARG_LIBS " " private_libraries)
  endif()
  list(JOIN ARG_REQUIRES " " requires)
  set(prefix "\${pcfiledir}/${to_prefix}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(prefix ${CMAKE_INSTALL_PREFIX})
  endif()
  sumi_pc_path(libdir ${CMAKE_INSTALL_LIBDIR})
  sumi_pc_path(includedir ${CMAKE_INSTALL_INCLUDEDIR})
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${name}.pc CONTENT [[
prefix=@prefix@
libdir=@libdir@
includedir=@includedir@

Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
Requires: @requires@
Requires.private: @private_packages@
Libs: @library@
Libs.private: @private_libraries@
Cflags: -I${includedir}
]] @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# What a program needs for OpenBLAS's own static library, where this machine can link that; else for its shared one:
# the Fortran run-time library comes with a Fortran compiler, which OpenBLAS's package does not ask for.
function(sumi_openblas_libraries out)
  include(CheckCSourceCompiles)
  set(CMAKE_REQUIRED_QUIET ON)
  set(program "int main(void) { return 0; }")
  set(CMAKE_REQUIRED_LIBRARIES -lgfortran)
  check_c_source_compiles("${program}" SUMI_HAVE_GFORTRAN)
  set(CMAKE_REQUIRED_LIBRARIES -lquadmath)
  check_c_source_compiles("${program}" SUMI_HAVE_QUADMATH)
  set(libraries ${SUMI_OPENBLAS_LDFLAGS})
  if(SUMI_HAVE_GFORTRAN)
    set(libraries ${SUMI_OPENBLAS_STATIC_LDFLAGS} -lgfortran)
    if(SUMI_HAVE_QUADMATH)
      list(APPEND libraries -lquadmath)
    endif()
    # LAPACK brings Fortran's files, which are closed at exit. Their run-time library asks for threads by weak symbols, for which a
    # static libc's members are not linked: without these the program ends by calling nothing.
    foreach(function mutex_init mutex_destroy cond_init cond_destroy cond_wait cond_broadcast)
      list(APPEND libraries -Wl,--undefined=pthread_${function})
    endforeach()
  endif()
  set(${out} ${libraries} PARENT_SCOPE)
endfunction()

set(render_needs pangocairo cairo libpng zlib)
if(SUMI_HAVE_JANSSON)
  list(APPEND render_needs jansson)
endif()
set(tensor_needs libpng zlib)
if(SUMI_HAVE_LIBDEFLATE)
  list(APPEND tensor_needs libdeflate)
endif()
if(SUMI_HAVE_JPEG)
  list(APPEND tensor_needs libjpeg)
endif()
if(SUMI_HAVE_JANSSON)
  list(APPEND tensor_needs jansson)
endif()
set(tensor_libraries)
if(NOT BUILD_SHARED_LIBS)
  sumi_openblas_libraries(tensor_libraries)
endif()
if(SUMI_HAVE_ONEDNN)
  get_filename_component(directory ${SUMI_ONEDNN_LIBRARY} DIRECTORY)
  list(PREPEND tensor_libraries -L${directory} -ldnnl)
endif()
foreach(library ${OpenMP_C_LIB_NAMES})
  list(APPEND tensor_libraries -l${library})
endforeach()

sumi_pkg_config(base "Status codes, memory and views that the other modules share" LIBS -lm)
sumi_pkg_config(events "TensorBoard event files" REQUIRES sumi-base NEEDS libprotobuf-c LIBS -pthread)
sumi_pkg_config(render "Labelled prediction pictures" REQUIRES sumi-base NEEDS ${render_needs} LIBS -pthread -lm)
sumi_pkg_config(tensor "Tensor and training engine" REQUIRES sumi-base NEEDS ${tensor_needs} LIBS ${tensor_libraries} -pthread -lm)
sumi_pkg_config(summary "Training-run logging for TensorBoard" REQUIRES sumi-events sumi-render LIBS -pthread -lm)
sumi_pkg_config(summary_graph "Summary ops in graphs" REQUIRES sumi-summary sumi-tensor LIBS -lm)
sumi_pkg_config("" "Everything: engine, pictures, event files" REQUIRES sumi-summary-graph)
