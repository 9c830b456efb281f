{% from "steps.dockerfile" import fetching, then_check %}
COPY requirements/run/ /src/requirements/
{% if dependencies.sync %}
{{ fetching(how) }}UV_PROJECT_ENVIRONMENT=/nix/runtime uv sync --project /src/requirements{{ dependencies.project }} \
      --frozen --inexact --no-install-local --no-default-groups
{%- for extra in extras %} --extra {{ extra }}{% endfor %}
{%- for group in groups %} --group {{ group }}{% endfor %}
{% else %}
{{ fetching(how) }}{% if how.uv %}uv pip install{% if dependencies.configured %} --directory /src/requirements{% endif %} --python /nix/runtime{% else %}/nix/runtime/bin/pip install{% endif %}
{%- if dependencies.hashes %} --require-hashes{% endif %}
{%- if dependencies.no_deps %} --no-deps{% endif %}
 --requirement /src/requirements/{{ dependencies.file }}
{%- if dependencies.selection and how.uv %}
{%- for extra in extras %} --extra {{ extra }}{% endfor %}
{%- for group in groups %} --group /src/requirements/pylock.toml:{{ group }}{% endfor %}
{%- elif dependencies.selection %}
{%- if extras %}"[{% for extra in extras %}{{ extra }}{% if not loop.last %},{% endif %}{% endfor %}]"{% endif %}
{%- for group in groups %} --group /src/requirements/pylock.toml:{{ group }}{% endfor %}
{%- endif %}
{%- endif %}
{{ then_check(entry_point, "dependencies") }}
