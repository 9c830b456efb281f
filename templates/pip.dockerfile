{% macro run_pip(mounts) %}
RUN {% if mounts %}
--mount=type=cache,target=/var/cache/pip \
    {%+ endif %}
/nix/runtime/bin/pip
{%- endmacro %}
