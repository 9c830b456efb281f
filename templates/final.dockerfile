{% from "pip.dockerfile" import run_pip %}
{% if run_requirements %}
# The image. Dependencies come first, so that editing the source does not install them again.
{% else %}
# The image.
{% endif %}
FROM {{ runtime_image }}
{% include "arguments.dockerfile" %}
{% if run_requirements %}
COPY requirements/run.txt /requirements/
{{ run_pip(mounts) }} install --requirement /requirements/run.txt
{% endif %}

# The project: its source, and its wheel in the environment.
COPY project/ /src/project/
{# Copied even where a bind mount is understood: podman and buildah do not see that a stage they mount has changed, and up
    to podman 4.3 they find nothing in one that is cached. #}
COPY --from=wheel /wheels/ /wheels/
{% if dependencies_known %}
RUN /nix/runtime/bin/pip install --no-deps --no-index /wheels/*.whl && rm -r /wheels
{% else %}
{{ run_pip(mounts) }} install /wheels/*.whl && rm -r /wheels
{% endif %}
{% if nix %}

# The Nix packages. Their programs are linked next to those of the environment; one that is there already stays.
COPY --from=nix /export/ /nix/
RUN set -eu; \
    while read -r package; do \
      for program in "$package"/bin/*; do \
        link="/nix/runtime/bin/${program##*/}"; \
        if [ -f "$program" ] && [ ! -e "$link" ] && [ ! -L "$link" ]; then ln -s "$program" "$link"; fi; \
      done; \
    done < /nix/.sys-paths/project
{% endif %}
{% if labels %}

{% for label in labels %}
LABEL {{ label.key }}={{ label.value | quote }}
{% endfor %}
{% endif %}
