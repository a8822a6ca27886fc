# The library is C; a C++ compiler is looked for only by what can be in C++ (tests and examples), and is never required.
if((CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 9)
   OR (CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 11))
  message(FATAL_ERROR "${CMAKE_C_COMPILER} is ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}: "
    "Sumi needs gcc 9, clang 11 or newer; name one with -DCMAKE_C_COMPILER=… in an empty build folder.")
endif()

try_compile(SUMI_COMPILER_HAS_C11 ${CMAKE_CURRENT_BINARY_DIR}/compiler ${CMAKE_CURRENT_LIST_DIR}/c11.c
  C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
if(NOT SUMI_COMPILER_HAS_C11)
  message(FATAL_ERROR "${CMAKE_C_COMPILER} does not compile C11 with atomics and thread-local variables: "
    "name a newer compiler with -DCMAKE_C_COMPILER=… in an empty build folder.")
endif()

if(SUMI_BUILD_TESTS OR SUMI_BUILD_EXAMPLES)
  include(CheckLanguage)
  if(NOT CMAKE_CXX_COMPILER)
    unset(CMAKE_CXX_COMPILER CACHE) # installed meanwhile, perhaps
  endif()
  check_language(CXX)
  if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
  else()
    message(STATUS "  C++: no compiler; what is written in C++ is not built or tested")
  endif()
  check_language(Fortran)
  if(CMAKE_Fortran_COMPILER)
    enable_language(Fortran)
  else()
    message(STATUS "  Fortran: no compiler; its module is not built or tested")
  endif()
endif()
