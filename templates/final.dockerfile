{% if dependencies %}
# The image. Dependencies come first, so that editing the source does not install them again.
{% else %}
# The image.
{% endif %}
FROM {{ runtime_image }}
{% set uv_here = how.uv and how.mounts %}
{% include "arguments.dockerfile" %}
{% if dependencies and how.uv and not how.mounts %}
COPY --from=dependencies /nix/runtime/ /nix/runtime/
{% elif dependencies %}
{% include "install.dockerfile" %}
{% endif %}

{% include "project.dockerfile" %}
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
