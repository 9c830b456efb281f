{% from "steps.dockerfile" import check_server %}
# The Nix packages. Their programs are linked next to those of the environment; one that is there already stays.
COPY --from={% if nix.plugins %}nix-plugins{% else %}nix{% endif %} /export/ /nix/
RUN set -eu; \
    while read -r package; do \
      for program in "$package"/bin/*; do \
        link="/nix/runtime/bin/${program##*/}"; \
        if [ -f "$program" ] && [ ! -e "$link" ] && [ ! -L "$link" ]; then ln -s "$program" "$link"; fi; \
      done; \
    done < /nix/.sys-paths/{% if nix.plugins %}all{% else %}project{% endif %}

{%- if entry_point and entry_point.step == "nix" %}
; \
    {{ check_server(entry_point) }}
{%- endif %}

