# Building for another architecture with Debian's cross compiler and a folder that holds its libraries (scripts/cross makes
# one). A toolchain file sets `triple` and `emulator` and includes this; SUMI_SYSROOT is that folder.
set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${triple})
set(CMAKE_C_COMPILER ${triple}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${triple})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SUMI_SYSROOT)
if(NOT SUMI_SYSROOT)
  message(FATAL_ERROR "SUMI_SYSROOT is not set: the folder with the libraries of ${triple}; scripts/test --arch makes one")
endif()
set(CMAKE_SYSROOT ${SUMI_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

# OpenBLAS stands in a folder of its own, to which an installation would have made links.
set(libraries ${SUMI_SYSROOT}/usr/lib/${triple})
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${SUMI_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${libraries}/openblas-openmp/pkgconfig:${libraries}/pkgconfig:${SUMI_SYSROOT}/usr/share/pkgconfig)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath-link,${libraries} -Wl,-rpath,${libraries}/openblas-openmp")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-Wl,-rpath-link,${libraries}")

find_program(SUMI_EMULATOR ${emulator})
if(SUMI_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${SUMI_EMULATOR};-L;${SUMI_SYSROOT})
endif()
