{% from "steps.dockerfile" import check_server, fetching, then_check, uninstall, unlock %}
{% if dependencies %}
{% set folder = how.mount_point if mounted else how.copied_to %}
{% if not mounted %}
COPY requirements/run/ {{ how.copied_to }}/
{% else %}
# Podman and buildah see by the digest that the mounted requirements have changed.
{% endif %}
{% if dependencies.sync %}
{{ fetching(how, mounted=mounted) }}UV_PROJECT_ENVIRONMENT=/nix/runtime uv sync --project {{ folder }}{{ dependencies.project }} \
      --frozen --inexact --no-install-local --no-default-groups
{%- for extra in extras %} --extra {{ extra }}{% endfor %}
{%- for group in groups %} --group {{ group }}{% endfor %}
{% else %}
{{ fetching(how, mounted=mounted) }}{% if how.uv %}uv pip install{% if dependencies.configured or (dependencies.selection and groups) %} --directory {{ folder }}{% endif %} --python /nix/runtime{% else %}{{ how.pip }}{{ how.pip_target }} install{% endif %}
{%- if dependencies.hashes %} --require-hashes{% endif %}
{%- if dependencies.no_deps %} --no-deps{% endif %}
 --requirement {{ folder }}/{{ dependencies.file }}
{%- if dependencies.selection and how.uv %}
{%- for extra in extras %} --extra {{ extra }}{% endfor %}
{#- uv looks for the group in the lock of its folder; it takes no other file than a pyproject.toml as a path. #}
{%- for group in groups %} --group {{ group }}{% endfor %}
{%- elif dependencies.selection %}
{%- if extras %}"[{% for extra in extras %}{{ extra }}{% if not loop.last %},{% endif %}{% endfor %}]"{% endif %}
{%- for group in groups %} --group {{ folder }}/pylock.toml:{{ group }}{% endfor %}
{%- endif %}
{%- endif %}
{{- then_check(entry_point, "dependencies") }}
{%- if replaced %} && \
    {{ uninstall(how, replaced) }}{% endif %}
{{- unlock(how.uv) }}
{%- if clears %} && \
    rm -r {{ folder }}{% endif %}

{% else %}
# Another version of the project in the base image goes: copying the project does not remove its files.
{{ fetching(how, false) }}{% if entry_point and entry_point.step == "dependencies" %}{{ check_server(entry_point) }} && \
    {%+ endif %}{{ uninstall(how, replaced) }}{{ unlock(how.uv) }}
{% endif %}
