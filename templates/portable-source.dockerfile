# The modules of the project, where a task image finds them too.
RUN cp -a /src/project /nix/project && \
    printf '%s\n' /nix/project{{ project_folder }}{% if has_modules_in_src %} /nix/project{{ project_folder }}/src{% endif %} > "$(echo /nix/runtime/lib/python3*/site-packages)/project.pth"
