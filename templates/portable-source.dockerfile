# The modules of the project, where a task image finds them too.
RUN cp -a /src/project /nix/project && \
    echo /nix/project{{ project_folder }} > "$(echo /nix/runtime/lib/python3*/site-packages)/project.pth"
