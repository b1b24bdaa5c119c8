# Figures as targets of CMake: include(Connectivity), then
#
#     connectivity_figures(TARGET FILE... [FORMATS svg pdf] [DIRECTORY build/figures] [OPTIONS --theme dark])
#
# draws every figure file as STEM.FORMAT when TARGET is built: again where the file, or anything that it reads, has
# changed, which --deps says. Formats are svg unless said otherwise, the folder is the current binary one.

find_program(CONNECTIVITY_EXECUTABLE connectivity
  HINTS ENV VIRTUAL_ENV PATH_SUFFIXES bin Scripts
  DOC "The command connectivity (pip install layer-connectivity)"
  REQUIRED)

function(connectivity_figures target)
  cmake_parse_arguments(PARSE_ARGV 1 FIGURE "" "DIRECTORY" "FORMATS;OPTIONS")
  if(NOT FIGURE_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "connectivity_figures(${target}): which figure files? Name them, as figures/net.toml")
  endif()
  if(NOT FIGURE_FORMATS)
    set(FIGURE_FORMATS svg)
  endif()
  if(NOT FIGURE_DIRECTORY)
    set(FIGURE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  endif()
  get_filename_component(folder "${FIGURE_DIRECTORY}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  file(MAKE_DIRECTORY "${folder}")

  set(pictures)
  foreach(file IN LISTS FIGURE_UNPARSED_ARGUMENTS)
    get_filename_component(source "${file}" ABSOLUTE)
    get_filename_component(stem "${file}" NAME_WLE)
    set(outputs)
    set(words)
    foreach(format IN LISTS FIGURE_FORMATS)
      list(APPEND outputs "${folder}/${stem}.${format}")
      list(APPEND words -o "${folder}/${stem}.${format}")
    endforeach()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND "${CONNECTIVITY_EXECUTABLE}" draw "${source}" ${words} --deps "${folder}/${stem}.d" -q ${FIGURE_OPTIONS}
      DEPENDS "${source}"
      DEPFILE "${folder}/${stem}.d"
      COMMENT "Drawing ${stem}"
      VERBATIM)
    list(APPEND pictures ${outputs})
  endforeach()
  add_custom_target(${target} ALL DEPENDS ${pictures})
endfunction()
