# What `cmake --install` puts where: the program, its pages and licence, an example, and what completes it in a shell.
include(GNUInstallDirs)

install(TARGETS train)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs config DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# The program writes its own completions, so that they cannot fall behind; one built for another machine cannot run here.
if(NOT CMAKE_CROSSCOMPILING)
  set(completions "${PROJECT_BINARY_DIR}/completions")
  file(MAKE_DIRECTORY "${completions}")
  foreach(shell bash zsh fish)
    install(CODE "execute_process(COMMAND \"$<TARGET_FILE:train>\" completion ${shell} OUTPUT_FILE \"${completions}/train.${shell}\"
                                  COMMAND_ERROR_IS_FATAL ANY)")
  endforeach()
  install(FILES "${completions}/train.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME train)
  install(FILES "${completions}/train.zsh" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" RENAME _train)
  install(FILES "${completions}/train.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
endif()
